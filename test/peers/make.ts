// npx tsx test/peers/make.ts: makes the files that test/flow-peers.test.ts compares with, where the peers are installed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  builtDatagrams,
  joined,
  runNfcapd,
  runNfdump,
  runSoftflowd,
  scanCapture,
  versionOf,
} from '../flow-peers.ts';

const now = Math.floor(Date.now() / 1000) * 1000;
const nfdump = versionOf('nfdump').replace(' ', '-');
const softflowd = versionOf('softflowd').replace(' ', '-');
const folder = join(import.meta.dirname, nfdump);
mkdirSync(folder, { recursive: true });
const write = (name: string, content: Uint8Array | string): void =>
  writeFileSync(join(folder, name), content);

const built = await runNfcapd(builtDatagrams(now));
write('built.nfcapd', built);
write('built.txt', runNfdump(built));
for (const version of [5, 9, 10] as const) {
  const datagrams = await runSoftflowd(scanCapture((now - 60_000) * 1000), version);
  const file = await runNfcapd(datagrams);
  write(`${softflowd}.v${version}.datagrams`, joined(datagrams));
  write(`${softflowd}.v${version}.txt`, runNfdump(file));
}
