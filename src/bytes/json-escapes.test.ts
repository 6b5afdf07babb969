import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { unescapeJson } from './json-escapes.ts';
import { announce, decodedLine, forget, place, scratchSize } from './kernel.ts';

const pieces =
  String.raw`a xyz 0123456789abcdef0 é € 😀 \ " \" \ \/ \n \r \t \b \f \u0041 \u00e9 \u20ac \ud83d\ude00 \ud83d \ude00 \u12 \uxyzw \q \uD83D\u0041 \ud83d\uDE0 \ud83d\x \u0000 \udbff\udfff \u \u07ff\u0800`.split(
    ' ',
  );

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** One character after the other. */
function plain(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const letter = text[i + 1];
    if (text[i] !== '\\' || letter === undefined) {
      out += text[i];
      continue;
    }
    i++;
    const unit = /^[0-9a-f]{4}/i.exec(text.slice(i + 1));
    if (letter === 'u' && unit) {
      out += String.fromCharCode(Number.parseInt(unit[0], 16));
      i += 4;
    } else out += letters[letter] ?? letter;
  }
  return Buffer.from(out, 'utf8').toString('utf8');
}

test('escapes are decoded as they would be character by character, wherever the text is and wherever it goes', () => {
  const random = new Random(20_261_122);
  for (let round = 0; round < 6000; round++) {
    const text = Array.from({ length: random.below(12) }, () => pieces[random.below(pieces.length)]).join('');
    const before = 'x'.repeat(random.below(20));
    const from = Buffer.from(`${before}${text}\\n"behind it`, 'utf8');
    const end = before.length + Buffer.byteLength(text);
    if (round % 2 === 0) announce(from, 0, from.length);
    const at = random.below(5);
    const to = new Uint8Array(at + end - before.length);
    const length = unescapeJson(from, before.length, end, to, at);
    const wanted = plain(text);
    expect(Buffer.from(to.subarray(at, at + length)).toString('utf8')).toBe(wanted);
    const line = decodedLine(from);
    expect(unescapeJson(from, before.length, end, line, at)).toBe(length);
    expect(Buffer.from(line.subarray(at, at + length)).toString('utf8')).toBe(wanted);
    expect(line.subarray(at + length, at + length + 64).every((code) => code === 10)).toBe(true);
    forget();
  }
});

test('what JSON.stringify makes of any text is decoded to it again', () => {
  const random = new Random(7);
  for (let round = 0; round < 3000; round++) {
    const points = Array.from({ length: random.below(40) }, () => {
      const point = random.below([0x80, 0x800, 0x1_0000, 0x11_0000][random.below(4)]);
      return point >= 0xd800 && point < 0xe000 ? 0x41 : point;
    });
    const text = String.fromCodePoint(...points);
    const from = Buffer.from(JSON.stringify(text).slice(1, -1), 'utf8');
    const to = new Uint8Array(from.length);
    expect(Buffer.from(to.subarray(0, unescapeJson(from, 0, from.length, to, 0))).toString('utf8')).toBe(
      text,
    );
  }
});

test('a line out of a decoded line goes elsewhere, and both are read where they are', () => {
  const from = Buffer.from('say \\"a \\\\\\"b\\\\\\" c\\"');
  const outer = decodedLine(from);
  const length = unescapeJson(from, 0, from.length, outer, 0);
  expect(Buffer.from(outer.subarray(0, length)).toString()).toBe('say "a \\"b\\" c"');
  const inner = decodedLine(outer);
  expect(inner).not.toBe(outer);
  const size = unescapeJson(outer, 5, length - 1, inner, 0);
  expect(Buffer.from(inner.subarray(0, size)).toString()).toBe('a "b" c');
  expect(Buffer.from(outer.subarray(0, length)).toString()).toBe('say "a \\"b\\" c"');
  expect([place(outer, 0, length), place(inner, 0, size)]).toEqual([outer.byteOffset, inner.byteOffset]);
});

test('of a text longer than its memory as much is decoded as there is room for', () => {
  const from = Buffer.alloc(scratchSize + 100, 'x');
  const line = decodedLine(from);
  announce(from, 0, from.length);
  expect(unescapeJson(from, 0, from.length, line, 50)).toBe(scratchSize - 50);
  forget();
  expect(line[scratchSize - 1]).toBe('x'.charCodeAt(0));
});
