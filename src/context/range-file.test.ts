import { describe, expect, test } from 'vitest';
import { blocksOf } from './address-range.ts';
import { fileProblemText, Problems } from './context-file.ts';
import { listDate } from './list-date.ts';
import { readRanges } from './range-file.ts';
import { addressesOf } from './stix.ts';

interface Read {
  readonly items: string[];
  readonly head: Readonly<Record<string, string>>;
  readonly wrong: string[];
}

function read(text: string): Read {
  const problems = new Problems();
  const { items, head } = readRanges('list', Buffer.from(text), problems);
  const day = (micros: number): string =>
    Number.isNaN(micros) ? '' : new Date(micros / 1000).toISOString().slice(0, 10);
  return {
    items: items.map(({ block, date, label }) => `${block.text} ${day(date)} ${label}`.trim()),
    head,
    wrong: problems.list.map((problem) => fileProblemText(problem)),
  };
}

describe('one entry a line', () => {
  test('netsets, with comments, notes and ranges', () => {
    expect(
      read(
        '# name: Mine\n# date: 2026-06-30\n\n192.0.2.0/24\r\n198.51.100.7\n203.0.113.4-203.0.113.6\n2001:db8::/32\n',
      ),
    ).toEqual({
      items: ['192.0.2.0/24', '198.51.100.7', '203.0.113.4/31', '203.0.113.6', '2001:db8::/32'],
      head: { name: 'Mine', date: '2026-06-30' },
      wrong: [],
    });
    expect(read('; Spamhaus DROP List\n192.0.2.0/24 ; SBL1\n198.51.100.0/24 ; SBL2\n').items).toEqual([
      '192.0.2.0/24  SBL1',
      '198.51.100.0/24  SBL2',
    ]);
    expect(read('192.0.2.7 # seen by us\n').items).toEqual(['192.0.2.7  seen by us']);
  });

  test('what is no address is said with its line; what is too large means nothing', () => {
    const { items, wrong } = read('192.0.2.1\nexample.org\n0.0.0.0/0\n::/0\n192.0.2.2\n');
    expect(items).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(wrong).toEqual([
      'list:2: not an address or a network: "example.org"',
      'list:3: 0.0.0.0/0 is too large to mean anything',
      'list:4: ::/0 is too large to mean anything',
    ]);
  });
});

test('CSV with a header: address, the day it was last seen, what it is', () => {
  const text =
    '"first_seen_utc","dst_ip","dst_port","last_online","malware"\n"2026-01-02 03:04:05","192.0.2.7","443","2026-05-06","Emotet"\n';
  expect(read(text).items).toEqual(['192.0.2.7 2026-05-06 Emotet']);
  expect(read('ip;date\n192.0.2.7;2026-05-06\n').items).toEqual(['192.0.2.7 2026-05-06']);
  expect(read('192.0.2.7,2026-05-06,botnet\n192.0.2.8,,other\n').items).toEqual([
    '192.0.2.7 2026-05-06 botnet',
    '192.0.2.8  other',
  ]);
});

describe('JSON', () => {
  test('as Google and Bing publish their crawlers', () => {
    const text = JSON.stringify({
      creationTime: '2026-05-06T14:46:26.000000',
      prefixes: [{ ipv6Prefix: '2001:db8:4801:10::/64' }, { ipv4Prefix: '192.0.2.0/27' }],
    });
    expect(read(text)).toEqual({
      items: ['2001:db8:4801:10::/64', '192.0.2.0/27'],
      head: { date: '2026-05-06T14:46:26.000000' },
      wrong: [],
    });
  });

  test('MISP warning lists, and a bare list', () => {
    const text = JSON.stringify({
      name: 'Mine',
      description: 'why',
      version: 20260506,
      list: ['192.0.2.0/27'],
    });
    expect(read(text)).toMatchObject({
      items: ['192.0.2.0/27'],
      head: { name: 'Mine', source: 'why', date: '20260506' },
    });
    expect(read('["192.0.2.1", 7]').items).toEqual(['192.0.2.1']);
  });

  test('what is none of these is refused', () => {
    expect(read('{"a":1}').wrong[0]).toMatch(/JSON of an unknown shape/);
    expect(read('{"a":').wrong[0]).toMatch(/not JSON/);
  });
});

describe('STIX 2.1', () => {
  const indicator = (pattern: string, more: object = {}): object => ({
    type: 'indicator',
    spec_version: '2.1',
    pattern_type: 'stix',
    pattern,
    valid_from: '2026-05-06T00:00:00Z',
    ...more,
  });
  const bundle = (...objects: object[]): string =>
    JSON.stringify({ type: 'bundle', id: 'bundle--1', objects });

  test('indicators that are addresses, with their day and labels', () => {
    const { items, wrong } = read(
      bundle(
        { type: 'identity', name: 'somebody' },
        indicator("[ipv4-addr:value = '192.0.2.7']", { name: 'C2', indicator_types: ['malicious-activity'] }),
        indicator(
          "[ipv4-addr:value = '192.0.2.8' OR ipv6-addr:value ISSUBSET '2001:db8::/48'] OR [ipv4-addr:value='192.0.2.9']",
          {
            modified: '2026-06-07T00:00:00.000Z',
          },
        ),
      ),
    );
    expect(items).toEqual([
      '192.0.2.7 2026-05-06 C2, malicious-activity',
      '192.0.2.8 2026-06-07',
      '2001:db8::/48 2026-06-07',
      '192.0.2.9 2026-06-07',
    ]);
    expect(wrong).toEqual([]);
  });

  test('what says more than an address is left out, and counted', () => {
    const { items, wrong } = read(
      bundle(
        indicator("[ipv4-addr:value = '192.0.2.7' AND domain-name:value = 'example.org']"),
        indicator("[ipv4-addr:value = '192.0.2.7'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.8']"),
        indicator("[file:hashes.MD5 = 'x']"),
        indicator("[ipv4-addr:value = '192.0.2.7']", { revoked: true }),
        indicator('alert tcp any', { pattern_type: 'snort' }),
      ),
    );
    expect(items).toEqual([]);
    expect(wrong).toEqual([
      'list: left out 3 times: an indicator that is not addresses alone',
      'list: left out 1 times: a revoked indicator',
      'list: left out 1 times: an indicator whose pattern is not STIX',
    ]);
  });

  test('hostile patterns end soon', () => {
    const began = performance.now();
    expect(addressesOf(`[ipv4-addr:value = '${'1'.repeat(60_000)}']`)).toBeUndefined();
    expect(addressesOf(`[${' '.repeat(60_000)}]`)).toBeUndefined();
    expect(addressesOf('] OR ['.repeat(10_000))).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

test('ranges split into the fewest blocks, of both families', () => {
  const texts = (text: string): string[] | undefined => blocksOf(text)?.map((block) => block.text);
  expect(texts('192.0.2.0-192.0.2.255')).toEqual(['192.0.2.0/24']);
  expect(texts('192.0.2.1-192.0.2.6')).toEqual(['192.0.2.1', '192.0.2.2/31', '192.0.2.4/31', '192.0.2.6']);
  expect(texts('2001:db8::-2001:db8::3')).toEqual(['2001:db8::/126']);
  expect(texts('192.0.2.9-192.0.2.1')).toBeUndefined();
  expect(texts('192.0.2.9-2001:db8::1')).toBeUndefined();
  expect(texts('hello-world')).toBeUndefined();
});

test('dates as lists write them', () => {
  const may = Date.UTC(2026, 4, 6) * 1000;
  for (const text of [
    '2026-05-06',
    '20260506',
    '2026-05-06 00:00:00',
    '2026-05-06T00:00:00Z',
    '2026-05-06 00:00:00 UTC',
    '2026-05-06T02:00:00+02:00',
    String(may / 1e6),
  ]) {
    expect({ text, date: listDate(text) }).toEqual({ text, date: may });
  }
  for (const text of ['', 'never', '2', '26070810x']) expect(listDate(text)).toBeNaN();
});
