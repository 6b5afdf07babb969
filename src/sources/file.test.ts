import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { listInputs, openInput, packingOf } from './file.ts';

const folder = mkdtempSync(join(tmpdir(), 'offtrail-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function readAll(path: string): Promise<{ text: string; warning: string; position: number }> {
  const input = await openInput(path);
  const pieces: Buffer[] = [];
  const buffer = new Uint8Array(1 << 20);
  for (;;) {
    const answer = input.next(buffer, 0);
    const got = typeof answer === 'number' ? answer : await answer;
    if (got === 0) break;
    pieces.push(Buffer.from(buffer.slice(0, got)));
  }
  input.close();
  return { text: Buffer.concat(pieces).toString('utf8'), warning: input.warning, position: input.position };
}

const long = Array.from({ length: 300_000 }, (_, i) => `line ${i}\n`).join('');

test('a plain file, with its date and size', async () => {
  const path = put('plain.log', long);
  utimesSync(path, 1000, 1000);
  expect(await readAll(path)).toEqual({ text: long, warning: '', position: long.length });
  const input = await openInput(path);
  expect([input.modified, input.size]).toEqual([1_000_000_000, long.length]);
  input.close();
});

test('gzip by content, members joined, compressed bytes as progress', async () => {
  const packed = Buffer.concat([gzipSync(long), gzipSync('tail\n')]);
  const seen = await readAll(put('packed.bin', packed));
  expect(seen).toEqual({ text: `${long}tail\n`, warning: '', position: packed.length });
});

test('gzip that is cut short gives what it has, and a warning', async () => {
  const packed = gzipSync(long);
  const seen = await readAll(put('cut.gz', packed.subarray(0, packed.length >> 1)));
  expect(long.startsWith(seen.text)).toBe(true);
  expect(seen.text.length).toBeGreaterThan(100_000);
  expect(seen.warning).toContain('gzip');
});

test('UTF-16 with a mark becomes UTF-8', async () => {
  expect((await readAll(put('wide.log', Buffer.from('\uFEFFäb\n', 'utf16le')))).text).toBe('äb\n');
});

const message = (n: number): string =>
  `<34>1 2026-11-22T00:00:${10 + (n % 50)}Z host app - - - number ${'x'.repeat(n % 300)}${n}`;
const counted = (text: string): string => `${Buffer.byteLength(text)} ${text}`;
const messages = Array.from({ length: 2000 }, (_, n) => message(n));

test('counted syslog messages with nothing between them become lines, plain, packed and in pieces', async () => {
  const lines = messages.map((text) => `${text}\n`).join('');
  const framed = messages.map(counted).join('');
  expect((await readAll(put('framed.log', framed))).text).toBe(lines);
  expect((await readAll(put('framed.gz', gzipSync(framed)))).text).toBe(lines);
  // Room for a few octets at a time.
  const input = await openInput(put('framed.log', framed));
  let text = '';
  const buffer = new Uint8Array(7);
  for (let got = await input.next(buffer, 0); got > 0; got = await input.next(buffer, 0))
    text += Buffer.from(buffer.subarray(0, got)).toString('latin1');
  input.close();
  expect(text).toBe(lines);
});

test('a line end inside of a counted message is a blank; octets that were lost lose no other message', async () => {
  const [a, b, c] = messages;
  const said = async (text: string): Promise<string[]> =>
    (await readAll(put('lost.log', text))).text.split('\n').filter((line) => line !== '');
  expect(await said(counted(a) + counted(b) + counted('<34>two\nlines') + counted(c))).toEqual([
    a,
    b,
    '<34>two lines',
    c,
  ]);
  expect(await said(`${counted(a)}${counted(b)}5 7 lost 0 <${counted(c)}${counted(a)}`)).toEqual([
    a,
    b,
    '5 7 lost 0 <',
    c,
    a,
  ]);
  expect(await said(`${counted(a)}${counted(b)}lost\n${counted(c)}`)).toEqual([a, b, 'lost', c]);
  expect(await said(`${counted(a)}${counted(b)}123`)).toEqual([a, b, '123']);
});

test('lines that begin with a count or a number stay as they are', async () => {
  for (const text of [
    messages
      .slice(0, 3)
      .map((line) => `${counted(line)}\n`)
      .join(''),
    `12 <34>not as long as it says\n`,
    '0 3 PVEFW-HOST-IN 20/Jun/2022:13:09:14 +0200 policy DROP: IN=fwbr\n',
  ])
    expect((await readAll(put('lines.log', text))).text).toBe(text);
});

test('an empty file', async () => {
  expect((await readAll(put('empty.log', ''))).text).toBe('');
});

test('what packed a file that is not read as it is, and what unpacks it', () => {
  const xz = put('a.xz', Buffer.from('fd377a585a000004', 'hex'));
  expect(packingOf(xz)).toBe(`packed with xz; try: xz -dc ${xz} | offtrail detect -`);
  const tar = Buffer.alloc(512);
  tar.write('ustar', 257);
  expect(packingOf(put('a.tar', tar))).toMatch(/^packed with tar; try: tar -xOf /);
  expect(packingOf(put('some.log', 'BZ and then words'))).toBeUndefined();
  expect(packingOf(put('empty.log', ''))).toBeUndefined();
  expect(packingOf('-')).toBeUndefined();
});

const unexpected = (message: string): void => expect.fail(message);

test('what cannot be read inside a folder is left out, and said', () => {
  put('odd/a.log', '');
  const odd = (name: string): string => join(folder, 'odd', name);
  symlinkSync('nowhere', odd('dangling'));
  symlinkSync('loop', odd('loop'));
  symlinkSync('..', odd('up'));
  symlinkSync('a.log', odd('b.log'));
  const said: string[] = [];
  expect(listInputs([join(folder, 'odd')], (message) => said.push(message))).toEqual([
    odd('a.log'),
    odd('b.log'),
  ]);
  expect(said.sort()).toEqual([
    `cannot read ${odd('dangling')}: no such file or directory; left out`,
    `cannot read ${odd('loop')}: too many symbolic links encountered; left out`,
  ]);
});

test('folders are walked in order, hidden files left out; what does not exist is named', async () => {
  put('tree/b/2.log', '');
  put('tree/a.log', '');
  put('tree/.hidden', '');
  expect(listInputs([join(folder, 'tree'), '-'], unexpected)).toEqual([
    join(folder, 'tree/a.log'),
    join(folder, 'tree/b/2.log'),
    '-',
  ]);
  expect(() => listInputs([join(folder, 'none')], unexpected)).toThrow(
    /cannot read .*none: no such file or directory$/,
  );
  await expect(openInput(join(folder, 'none'))).rejects.toThrow(/cannot read .*none/);
});
