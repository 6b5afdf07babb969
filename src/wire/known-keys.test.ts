import { expect, test } from 'vitest';
import { KnownKeys } from './known-keys.ts';

/** Room behind the line, as a chunk of a file has it. */
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text.padEnd(text.length + 64, '\n'));

/** Reads the keys of 'key=value key=value' and returns those that were known before they were searched. */
function foreseen(keys: KnownKeys, line: string, fieldOf: (key: string) => number): Record<string, number> {
  const bytes = bytesOf(line);
  const known: Record<string, number> = {};
  keys.begin(bytes, line.length);
  for (
    let at = 0;
    at < line.length;
    at = line.indexOf(' ', at) < 0 ? line.length : line.indexOf(' ', at) + 1
  ) {
    const sign = line.indexOf('=', at);
    const key = line.slice(at, sign);
    const behind = keys.behind(at);
    if (behind > 0) {
      expect(behind).toBe(sign + 1);
      known[key] = keys.field;
    } else if (!keys.find(at, sign)) keys.add(at, sign, fieldOf(key));
  }
  return known;
}

const names = ['a', 'src', 'action', 'a-much-longer-key'];
const fieldOf = (key: string): number => names.indexOf(key);

test('keys of any length are foreseen in the order of the line before, with their fields', () => {
  const keys = new KnownKeys();
  const line = 'a=1 in=2 src=3 port=4 action=5 a-much-longer-key=6';
  expect(foreseen(keys, line, fieldOf)).toEqual({});
  const all = { a: 0, in: -1, src: 1, port: -1, action: 2, 'a-much-longer-key': 3 };
  expect(foreseen(keys, line, fieldOf)).toEqual(all);
  expect(foreseen(keys, line.replaceAll(/\d/g, '77'), fieldOf)).toEqual(all);
});

test('a key that differs in any one byte is another key', () => {
  const key = 'a-much-longer-key';
  for (let at = 0; at < key.length; at++) {
    const keys = new KnownKeys();
    foreseen(keys, `${key}=1`, fieldOf);
    expect(foreseen(keys, `${key.slice(0, at)}X${key.slice(at + 1)}=1`, () => 9)).toEqual({});
  }
  const keys = new KnownKeys();
  foreseen(keys, 'in=1', fieldOf);
  expect(foreseen(keys, 'id=1', fieldOf)).toEqual({});
  expect(foreseen(keys, 'in:=1', fieldOf)).toEqual({});
});

test('a key whose sign would stand behind the line is not foreseen', () => {
  const keys = new KnownKeys();
  foreseen(keys, 'src=1', fieldOf);
  const bytes = bytesOf('src=1');
  keys.begin(bytes, 3);
  expect(keys.behind(0)).toBe(0);
  keys.begin(bytes, 4);
  expect(keys.behind(0)).toBe(4);
});

test('keys with bytes that might part pairs are never remembered', () => {
  const keys = new KnownKeys();
  for (let i = 0; i < 2; i++) expect(foreseen(keys, 'a,b=1 "c=2 d\te=3', fieldOf)).toEqual({});
});

test('more keys than there is room for: all are forgotten, none is mistaken', () => {
  const keys = new KnownKeys();
  for (let i = 0; i < 2000; i++) foreseen(keys, `key${i}=1`, () => i);
  expect(foreseen(keys, 'key1=1', () => 4711)).toEqual({});
  expect(foreseen(keys, 'key1=1', () => 4712)).toEqual({ key1: 4711 });
});
