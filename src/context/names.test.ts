import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyNames } from './names.ts';
import type { Lookup, NameSettings } from './names.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-names-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const settings = (more: Partial<NameSettings> = {}): NameSettings => ({
  timeout: 0.2,
  limit: 50,
  cache: undefined,
  servers: [],
  ...more,
});
const now = Date.UTC(2026, 5, 1) * 1000;
const day = 86_400_000_000;

function zone(
  reverse: Readonly<Record<string, readonly string[]>>,
  forward: Readonly<Record<string, readonly string[]>>,
): Lookup & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = async (
    from: Readonly<Record<string, readonly string[]>>,
    key: string,
  ): Promise<string[]> => {
    asked.push(key);
    if (from[key]?.[0] === 'silence') await new Promise((resolve) => setTimeout(resolve, 1000));
    if (!from[key]) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [...from[key]];
  };
  return { asked, reverse: (address) => answer(reverse, address), forward: (name) => answer(forward, name) };
}

const google = zone(
  {
    '192.0.2.1': ['crawl-1.googlebot.com.'],
    '203.0.113.9': ['crawl-1.googlebot.com'],
    '203.0.113.10': ['crawl-10.googlebot.com'],
    '2001:db8::1': ['crawl-6.googlebot.com'],
    '192.0.2.99': ['silence'],
    '192.0.2.98': ['slow.example.org'],
  },
  {
    'crawl-1.googlebot.com': ['192.0.2.1'],
    'crawl-6.googlebot.com': ['2001:0db8:0::1'],
    'slow.example.org': ['silence'],
  },
);

test('a name that leads back is confirmed, a forged one is not, no name is an answer, silence is none', async () => {
  const addresses = [
    '192.0.2.1',
    '203.0.113.9',
    '203.0.113.10',
    '2001:db8::1',
    '192.0.2.50',
    '192.0.2.99',
    '192.0.2.98',
  ];
  const found = await verifyNames(addresses, settings(), now, google);
  expect(Object.fromEntries(found)).toEqual({
    '192.0.2.1': { claimed: ['crawl-1.googlebot.com'], confirmed: ['crawl-1.googlebot.com'], failed: '' },
    '203.0.113.9': { claimed: ['crawl-1.googlebot.com'], confirmed: [], failed: '' },
    '203.0.113.10': { claimed: ['crawl-10.googlebot.com'], confirmed: [], failed: '' },
    '2001:db8::1': { claimed: ['crawl-6.googlebot.com'], confirmed: ['crawl-6.googlebot.com'], failed: '' },
    '192.0.2.50': { claimed: [], confirmed: [], failed: '' },
    '192.0.2.99': { claimed: [], confirmed: [], failed: 'timed out' },
    '192.0.2.98': { claimed: ['slow.example.org'], confirmed: [], failed: 'timed out' },
  });
});

test('no more are asked than the limit says, the first ones first', async () => {
  const lookup = zone({}, {});
  await verifyNames(
    ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.1'],
    settings({ limit: 2 }),
    now,
    lookup,
  );
  expect(lookup.asked.sort()).toEqual(['192.0.2.1', '192.0.2.2']);
});

test('answers are kept for a week, silence is not, and a broken cache is an empty one', async () => {
  const cache = join(folder, 'deep', 'names.json');
  await verifyNames(['192.0.2.1', '192.0.2.99'], settings({ cache }), now, google);
  expect(Object.keys(JSON.parse(readFileSync(cache, 'utf8')) as object)).toEqual(['192.0.2.1']);
  const later = zone({}, {});
  const known = await verifyNames(['192.0.2.1'], settings({ cache }), now + 6 * day, later);
  expect(known.get('192.0.2.1')?.confirmed).toEqual(['crawl-1.googlebot.com']);
  expect(later.asked).toEqual([]);
  await verifyNames(['192.0.2.1'], settings({ cache }), now + 8 * day, later);
  expect(later.asked).toEqual(['192.0.2.1']);
  writeFileSync(cache, '{"192.0.2.1":{"at":1,"claimed":"x"}');
  await verifyNames(['192.0.2.1'], settings({ cache }), now, later);
  expect(later.asked).toHaveLength(2);
});

test('asks the configured resolver by DNS, both ways', async () => {
  // Answers PTR with crawl.example.org and A with 192.0.2.1, whatever was asked.
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const type = query.readUInt16BE(end - 4);
    const data =
      type === 12
        ? Buffer.from('\u0005crawl\u0007example\u0003org\u0000', 'latin1')
        : Buffer.from([192, 0, 2, 1]);
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
    const reply = Buffer.concat([query.subarray(0, end), record, data]);
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 6);
    reply.writeUInt16BE(0, 10);
    socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  try {
    const servers = [`127.0.0.1:${socket.address().port}`];
    const found = await verifyNames(['192.0.2.1', '192.0.2.2'], settings({ servers, timeout: 5 }), now);
    expect(found.get('192.0.2.1')?.confirmed).toEqual(['crawl.example.org']);
    expect(found.get('192.0.2.2')).toEqual({ claimed: ['crawl.example.org'], confirmed: [], failed: '' });
  } finally {
    socket.close();
  }
});
