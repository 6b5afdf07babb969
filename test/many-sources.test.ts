import { expect, test } from 'vitest';
import { inputOf, runOver } from './run-in-memory.ts';

const start = Date.UTC(2026, 0, 5, 8);
const stamp = (seconds: number): string => {
  const iso = new Date(start + seconds * 1000).toISOString();
  return `05/Jan/2026:${iso.slice(11, 19)} +0000`;
};
const letters = (n: number): string =>
  n.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]);
const miss = (seconds: number, source: string, path: string): string =>
  `${source} - - [${stamp(seconds)}] "GET ${path} HTTP/1.1" 404 153 "-" "Mozilla/5.0 (X11; Linux x86_64)"`;

// In turns: whoever remembers fewer sources forgets each before it comes again.
test('a word list shared out by twenty thousand sources in turns is one campaign', async () => {
  const sources = 20_000;
  const lines: string[] = [];
  for (let i = 0; i < sources * 5; i++) {
    const s = (i * 7919) % sources;
    const path = `/${letters(7919 * (i + 40))}/${letters(i + 900)}.php`;
    lines.push(miss(i / 10, `${11 + (s % 180)}.${s >> 8}.${s & 255}.9`, path));
  }
  const { dossiers } = await runOver({ 'access.log': `${lines.join('\n')}\n` }, []);
  const findings = dossiers.flatMap((dossier) => dossier.findings);
  expect(findings.map(({ kind }) => kind)).toEqual(['campaign', 'wordlist']);
  expect(new Set(findings[0].members).size).toBe(1024);
});

test('a log without contacts is not taken for one that holds refusals only; a log of drops is', async () => {
  const drop =
    '2026-01-05T08:00:00Z gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.7 DST=203.0.113.4 LEN=44 TOS=0x00 PREC=0x00 TTL=51 ID=1 PROTO=TCP SPT=40000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0\n';
  const { facts } = await runOver({ 'access.log': `${miss(0, '192.0.2.7', '/a')}\n`, 'fw.log': drop }, []);
  expect(facts.inputs.map(({ name, dropsOnly }) => [name, dropsOnly])).toEqual([
    ['access.log', false],
    ['fw.log', true],
  ]);
});

test('what comes through a pipe is read once, in this thread, however large the inputs are', async () => {
  const line = (n: number): string =>
    `2026-06-01T00:00:${String(n % 60).padStart(2, '0')}Z gw kernel: [1.0] DROP IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.${n % 250} LEN=40 TTL=50 PROTO=TCP SPT=1 DPT=22 WINDOW=1024 SYN\n`;
  const text = Array.from({ length: 2000 }, (_, n) => line(n)).join('');
  const files: Record<string, string> = { '/dev/fd/63': text, '-': text };
  for (let i = 0; i < 12; i++) files[`fw${i}.log`] = text;
  const opened: string[] = [];
  const { inputs } = await runOver(files, ['192.0.2.0/24'], {
    cores: 2,
    workerFrom: 0,
    workerScript: new URL('file:///no/such/worker.js'),
    open: (path) => {
      opened.push(path);
      const input = inputOf(path, Buffer.from(files[path]));
      const piped = path === '-' || path.startsWith('/dev/');
      return Promise.resolve(piped ? Object.assign(input, { size: undefined }) : input);
    },
  });
  expect(inputs.map(({ records }) => records)).toEqual(inputs.map(() => 2000));
  expect(opened.filter((path) => !path.endsWith('.log'))).toEqual(['/dev/fd/63', '-']);
});
