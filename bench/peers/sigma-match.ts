import { EventRules } from '../../src/sigma/event-rules.ts';
import { sigmaRules, webBatch } from '../sigma-rules.ts';

// sigma-match RULES EVENTS: matches seeded rules against web events on one core; prints what the matching alone took.
const [rules, events] = process.argv.slice(2).map(Number);
const bound = new EventRules(sigmaRules(rules), () => undefined);
const batch = webBatch();
let hits = 0;
let seen = 0;
const pass = (): void => {
  for (let row = 0; row < batch.length; row++) if (bound.matches(batch, row)) hits++;
  seen += batch.length;
};
pass();
hits = 0;
seen = 0;
const start = process.hrtime.bigint();
for (let left = events; left > 0; left -= batch.length) pass();
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(JSON.stringify({ rules, events: seen, hits, seconds }));
