// The floor of line-by-line JavaScript: readline and one regular expression. FILE KIND
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const patterns: Readonly<Record<string, RegExp>> = {
  web: /^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\d+|-)/,
  netfilter: /^(\S+ +\S+ \S+|\S+) .*? SRC=(\S+) DST=(\S+) .*?PROTO=(\S+)(?: SPT=(\d+) DPT=(\d+))?/,
};
const pattern = patterns[process.argv[3]];
const seen = new Map<string, Set<string>>();
let matched = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const found = pattern.exec(line);
  if (found === null) continue;
  matched += 1;
  // Distinct values per source, without windows: less than the others do.
  if (process.argv[3] === 'web' && found[5] !== '404') continue;
  const source = process.argv[3] === 'web' ? found[1] : found[2];
  const value = process.argv[3] === 'web' ? found[4] : `${found[3]} ${found[6]}`;
  const values = seen.get(source);
  if (values === undefined) seen.set(source, new Set([value]));
  else values.add(value);
}
let many = 0;
for (const values of seen.values()) if (values.size >= 20) many += 1;
console.log(matched, many);
