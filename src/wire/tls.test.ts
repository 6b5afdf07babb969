import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { expect, test } from 'vitest';
import { bytesOf, clientHello, exampleHello, exampleJa4, u16 } from '../../test/packets.ts';
import { helloLength, ja4Of, readClientHello } from './tls.ts';

const read = (bytes: Uint8Array): ReturnType<typeof readClientHello> =>
  readClientHello(bytes, 0, bytes.length);

test("JA4 of the specification's worked example", () => {
  expect(read(exampleHello('example.com'))).toEqual({ serverName: 'example.com', ja4: exampleJa4 });
});

test('a hello over several records, and told how much is missing', () => {
  const bytes = exampleHello('example.com', 1500, 700);
  expect(read(bytes)?.ja4).toBe(exampleJa4);
  for (let end = 9; end < bytes.length; end += 97) {
    const need = helloLength(bytes, 0, end);
    expect(need).toBeGreaterThan(end);
    expect(need).toBeLessThanOrEqual(bytes.length);
    expect(readClientHello(bytes, 0, end)).toBeUndefined();
  }
  expect(helloLength(bytes, 0, bytes.length)).toBe(bytes.length);
});

test('fields of JA4 at their edges, as the specification says them', () => {
  const ja4 = (
    version: number,
    alpn: readonly number[],
    extensions: number[],
    signatures: number[] = [],
  ): string => ja4Of(version, [0x1301], extensions, signatures, Uint8Array.from(alpn));
  expect(ja4(0x0301, [], []).slice(0, 10)).toBe('t10i010000');
  expect(ja4(0x0300, [], []).slice(0, 3)).toBe('ts3');
  expect(ja4(0x7f17, [], []).slice(0, 3)).toBe('t00');
  expect(ja4(0x0303, [], []).endsWith('_000000000000')).toBe(true);
  expect(ja4(0x0303, [], [0, 16]).endsWith('_000000000000')).toBe(true);
  expect(ja4Of(0x0303, [], [], [], new Uint8Array(0))).toBe('t12i000000_000000000000_000000000000');
  const letters = (alpn: readonly number[]): string => ja4(0x0304, alpn, []).slice(8, 10);
  expect(letters([])).toBe('00');
  expect(letters([0x68, 0x74, 0x74, 0x70, 0x2f, 0x31, 0x2e, 0x31])).toBe('h1');
  expect(letters([0x61])).toBe('aa');
  expect(letters([0xab])).toBe('ab');
  expect(letters([0xab, 0xcd])).toBe('ad');
  expect(letters([0x30, 0xab])).toBe('3b');
  expect(letters([0x30, 0x31, 0xab, 0xcd])).toBe('3d');
  expect(letters([0x30, 0xab, 0xcd, 0x31])).toBe('01');
  const many = Array.from({ length: 120 }, (_, i) => i + 0x100);
  expect(ja4Of(0x0304, many, many, [], new Uint8Array(0)).slice(0, 8)).toBe('t13i9999');
  // The extensions of the worked example without signature algorithms.
  const named = [5, 10, 11, 13, 18, 21, 23, 27, 35, 43, 45, 51, 0x4469, 0xff01];
  expect(ja4(0x0304, [], named).endsWith('_6d807ffa2a79')).toBe(true);
});

test('broken hellos are refused', () => {
  const good = exampleHello('example.com');
  expect(helloLength(bytesOf('GET / HTTP/1.1\r\n\r\n'), 0, 18)).toBe(0);
  for (let at = 0; at < good.length; at++)
    for (const value of [0, 0x7f, 0xff]) {
      const changed = good.slice();
      changed[at] = value;
      const found = read(changed);
      if (found !== undefined)
        expect(found.ja4).toMatch(/^t..[di]\d\d\d\d[0-9a-zA-Z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/);
    }
  const overrun = clientHello({ ciphers: [1], extensions: [[0, bytesOf(u16(200), 0, u16(190), 'short')]] });
  expect(read(overrun)?.serverName).toBe('');
});

test('hellos that real TLS stacks send', async () => {
  const seen: Buffer[] = [];
  let got = (): void => undefined;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      seen.push(data);
      socket.destroy();
      got();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const next = (): Promise<void> => new Promise((resolve) => (got = resolve));
  let arrived = next();
  tlsConnect({ port, host: '127.0.0.1', servername: 'node.test', ALPNProtocols: ['http/1.1'] }).on(
    'error',
    () => undefined,
  );
  await arrived;
  arrived = next();
  const plain = connect(port, '127.0.0.1');
  plain.on('error', () => undefined);
  plain.write('not tls at all');
  await arrived;
  server.close();
  const hello = readClientHello(seen[0], 0, seen[0].length);
  expect(hello?.serverName).toBe('node.test');
  expect(hello?.ja4).toMatch(/^t13d\d{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$/);
  expect(readClientHello(seen[1], 0, seen[1].length)).toBeUndefined();
});
