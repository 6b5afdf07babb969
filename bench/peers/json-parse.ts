// The floor of JSON lines in JavaScript: JSON.parse of each, nothing done with the result. FILE
import { readFileSync } from 'node:fs';

const bytes = readFileSync(process.argv[2]);
let records = 0;
let flows = 0;
for (let at = 0; at < bytes.length;) {
  const stop = bytes.indexOf(10, at);
  const record = JSON.parse(bytes.toString('utf8', at, stop)) as { event_type?: string };
  if (record.event_type === 'flow') flows += 1;
  records += 1;
  at = stop + 1;
}
console.log(JSON.stringify({ records, flows }));
