// Prints one line per outsider: its name, then its addresses. For the script that gives them their namespaces.
import { attacks } from './attacks.ts';
import { benign } from './benign.ts';

const only = process.argv[2]?.split(',');
for (const actor of [...benign, ...attacks]) {
  if (actor.inside !== undefined) continue;
  if (only === undefined || only.includes(actor.id))
    process.stdout.write(`${actor.id} ${actor.sources.join(' ')}\n`);
}
