import { describe, expect, test } from 'vitest';
import { formatWords } from '../model/address.ts';
import { proxied, readProxyHeader } from './proxy-header.ts';

const words = new Uint32Array(4);
const magic = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10];

function read(bytes: Uint8Array): { length: number; client: string; port: number } {
  words.fill(0);
  const length = readProxyHeader(bytes, 0, bytes.length, words);
  const client = proxied.port < 0 ? '-' : formatWords(words[0], words[1], words[2], words[3]);
  return { length, client, port: proxied.port };
}
const line = (text: string): ReturnType<typeof read> => read(Buffer.from(text));
const binary = (command: number, family: number, body: number[]): ReturnType<typeof read> =>
  read(Uint8Array.from([...magic, command, family, body.length >> 8, body.length & 255, ...body]));
const none = { length: 0, client: '-', port: -1 };

describe('version 1', () => {
  test.each([
    [
      'PROXY TCP4 192.0.2.7 198.51.100.4 61000 443\r\nGET /',
      { length: 45, client: '192.0.2.7', port: 61_000 },
    ],
    [
      'PROXY TCP6 2001:db8::7 2001:db8:1::4 61000 443\r\n',
      { length: 48, client: '2001:db8::7', port: 61_000 },
    ],
    ['PROXY UNKNOWN\r\n', { length: 15, client: '-', port: -1 }],
    ['PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', { length: 35, client: '-', port: -1 }],
    ['PROXY TCP4 192.0.2.7 198.51.100.4 61000 443', none],
    ['PROXY TCP4 192.0.2.700 198.51.100.4 61000 443\r\n', none],
    ['PROXY TCP4 192.0.2.7 198.51.100.4 70000 443\r\n', none],
    ['PROXY TCP4 192.0.2.7\r\n', none],
    [`PROXY TCP4 ${'1'.repeat(200)}\r\n`, none],
    ['PROPFIND / HTTP/1.1\r\n', none],
    ['', none],
  ])('%j', (text, expected) => {
    expect(line(text)).toEqual(expected);
  });
});

describe('version 2', () => {
  const four = [192, 0, 2, 7, 198, 51, 100, 4, 0xee, 0x48, 1, 0xbb];
  test('TCP over IPv4, further values behind it', () => {
    expect(binary(0x21, 0x11, [...four, 3, 0, 1, 0])).toEqual({
      length: 32,
      client: '192.0.2.7',
      port: 61_000,
    });
  });
  test('TCP over IPv6', () => {
    const six = [0x20, 1, 0x0d, 0xb8, ...Array.from({ length: 11 }, () => 0), 7];
    expect(binary(0x21, 0x21, [...six, ...six, 0xee, 0x48, 1, 0xbb])).toEqual({
      length: 52,
      client: '2001:db8::7',
      port: 61_000,
    });
  });
  test('LOCAL, sockets of the same host: no client', () => {
    expect(binary(0x20, 0x11, four)).toEqual({ length: 28, client: '-', port: -1 });
    expect(
      binary(
        0x21,
        0x31,
        Array.from({ length: 216 }, () => 0),
      ),
    ).toEqual({ length: 232, client: '-', port: -1 });
  });
  test('cut, of another version, too short for its family', () => {
    expect(read(Uint8Array.from([...magic, 0x21, 0x11, 0, 12, 192, 0]))).toEqual(none);
    expect(read(Uint8Array.from(magic))).toEqual(none);
    expect(binary(0x31, 0x11, four)).toEqual(none);
    expect(binary(0x21, 0x11, [1, 2, 3])).toEqual({ length: 19, client: '-', port: -1 });
  });
});
