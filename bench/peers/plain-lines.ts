// The floor of reading lines in JavaScript, nothing done with what is read. FILE text|JSON ROUNDS
// JSON: JSON.parse of each line from its first brace on. Text: node:readline, and each line split at its blanks.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [file, kind, rounds] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round++) {
  const start = performance.now();
  const records = kind === 'JSON' ? parsed() : await split();
  console.log(JSON.stringify({ records, seconds: (performance.now() - start) / 1000 }));
}

function parsed(): number {
  const bytes = readFileSync(file);
  let records = 0;
  for (let at = 0; at < bytes.length;) {
    const stop = bytes.indexOf(10, at);
    const brace = bytes.indexOf(0x7b, at);
    const record = JSON.parse(bytes.toString('utf8', brace, stop)) as object | null;
    if (record !== null) records++;
    at = stop + 1;
  }
  return records;
}

async function split(): Promise<number> {
  let fields = 0;
  for await (const line of createInterface({ input: createReadStream(file) }))
    fields += line.split(' ').length;
  return fields;
}
