// The floor of line-by-line JavaScript: readline and one regular expression. FILE KIND
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const patterns: Readonly<Record<string, RegExp>> = {
  web: /^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\d+|-)/,
  netfilter: / SRC=(\S+) DST=(\S+) .*? PROTO=(\S+)(?: SPT=\d+ DPT=(\d+))?/,
};
const pattern = patterns[process.argv[3]];
const seen = new Map<string, Set<string>>();
let matched = 0;

createInterface({ input: createReadStream(process.argv[2]) })
  .on('line', read)
  .on('close', () => {
    const many = [...seen.values()].filter((values) => values.size >= 20).length;
    console.log(matched, many);
  });

function read(line: string): void {
  const found = pattern.exec(line);
  if (found === null) return;
  matched += 1;
  // Distinct values per source, without windows: less than the others do.
  if (process.argv[3] === 'web' && found[5] !== '404') return;
  const value = process.argv[3] === 'web' ? found[4] : `${found[2]} ${found[4]}`;
  const values = seen.get(found[1]);
  if (values === undefined) seen.set(found[1], new Set([value]));
  else values.add(value);
}
