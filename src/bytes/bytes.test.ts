import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { address, readAddress, readIPv4 } from './addresses.ts';
import { CsvFields } from './csv.ts';
import { Json, JsonFields } from './json-fields.ts';
import { cursor, decimal, fraction, hexadecimal, port, readDecimal } from './numbers.ts';
import { formatMicros, IsoTimes, NcsaTimes, readEpoch } from './times.ts';
import { YearlessTimes } from './yearless.ts';
import { Zone } from './zone.ts';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const utc = new Zone('UTC');
const berlin = new Zone('Europe/Berlin');
const iso = (micros: number): string => formatMicros(micros);

test('numbers: whole range or nothing', () => {
  const one = (text: string): number => decimal(ascii(text), 0, text.length);
  expect(one('65535')).toBe(65_535);
  expect([one(''), one('12a'), one('-1'), one('99999999999999999999')]).toEqual([-1, -1, -1, -1]);
  expect([port(ascii('65536'), 0, 5), port(ascii('000080'), 0, 6)]).toEqual([-1, -1]);
  expect(readDecimal(ascii('123 '), 0, 4)).toBe(123);
  expect(cursor.at).toBe(3);
  expect([hexadecimal(ascii('0x1F'), 0, 4), hexadecimal(ascii('g'), 0, 1)]).toEqual([31, -1]);
  expect([fraction(ascii('-1.5'), 0, 4), fraction(ascii('2.'), 0, 2)]).toEqual([-1.5, 2]);
  expect(fraction(ascii('1e5'), 0, 3)).toBeNaN();
});

test('addresses agree with ipaddr.js', () => {
  const words = new Uint32Array(4);
  // ipaddr.js takes the deprecated '::192.0.2.1' for a mapped address; RFC 4291 does not.
  const v6 = fc.ipV6().filter((text) => ipaddr.IPv6.isValid(text) && !/^::\d+\./.test(text));
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), v6), (text) => {
      const bytes = ascii(text);
      expect(address(bytes, 0, bytes.length, words)).toBe(true);
      const parsed = ipaddr.parse(text);
      const whole = (
        parsed.kind() === 'ipv4' ? (parsed as ipaddr.IPv4).toIPv4MappedAddress() : parsed
      ).toByteArray();
      const mine = [...words].flatMap((word) => [
        word >>> 24,
        (word >>> 16) & 255,
        (word >>> 8) & 255,
        word & 255,
      ]);
      expect(mine).toEqual(whole);
    }),
    { numRuns: 2000, seed: 1595 },
  );
});

test('addresses: zone ids dropped, ports and brackets left alone, nonsense refused', () => {
  const words = new Uint32Array(4);
  const whole = (text: string): boolean => address(ascii(text), 0, text.length, words);
  expect(whole('fe80::1%eth0')).toBe(true);
  expect([...words]).toEqual([0xfe800000, 0, 0, 1]);
  expect(whole('[2001:db8::1]')).toBe(true);
  const bad = [
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    '1.2.3.4x',
    '::1::',
    ':1',
    '1:2:3:4:5:6:7',
    'g::',
    '12345::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '',
    '::1.2.3',
    '1.2.3.0004',
  ];
  expect(bad.filter(whole)).toEqual([]);
  expect(readAddress(ascii('192.0.2.1:443'), 0, 13, words)).toBe(true);
  expect(cursor.at).toBe(9);
  expect(readIPv4(ascii('10.0.0.1,'), 0, 9)).toBe(0x0a00_0001);
});

test('random bytes never make an address out of range', () => {
  const words = new Uint32Array(4);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcf:.%[]')), maxLength: 50 }),
      (text) => {
        expect(address(ascii(text), 0, text.length, words)).toBe(ipaddrSays(text));
      },
    ),
    { numRuns: 20_000, seed: 7 },
  );
});

// ipaddr.js also takes octal, hexadecimal and short IPv4 forms, which no log writes.
function ipaddrSays(text: string): boolean {
  const bare = text.startsWith('[') && text.endsWith(']') && text.length > 2 ? text.slice(1, -1) : text;
  if (bare.includes(':')) {
    const percent = bare.indexOf('%');
    const zone = percent < 0 ? '' : bare.slice(percent + 1);
    return ipaddr.IPv6.isValid(percent < 0 ? bare : bare.slice(0, percent)) && !/[^\w.-]/.test(zone);
  }
  const octets = bare.split('.');
  return (
    bare === text &&
    octets.length === 4 &&
    octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256)
  );
}

test('times: epoch in seconds, ms, µs, ns', () => {
  const read = (text: string): number => readEpoch(ascii(text), 0, text.length);
  expect(iso(read('1379288667.706265'))).toBe('2013-09-15T23:44:27.706265Z');
  expect(read('1379288667.7062659')).toBe(1_379_288_667_706_265);
  expect(read('1379288667706')).toBe(1_379_288_667_706_000);
  expect(read('1379288667706265')).toBe(1_379_288_667_706_265);
  expect(read('1379288667706265123')).toBe(1_379_288_667_706_265);
  expect(read('1379288667706.5')).toBe(1_379_288_667_706_500);
  expect(read('137928866')).toBe(137_928_866_000_000);
  expect(read('13792886677')).toBe(13_792_886_677_000_000);
  expect(read('0379288667')).toBe(379_288_667_000_000);
  for (const odd of [
    '13792886677062651',
    '9999999999999999',
    '13792886677062651234',
    '0000000001379288667',
    '9795307548250000000',
  ])
    expect(read(odd)).toBeNaN();
  expect(read('x')).toBeNaN();
});

test('times: ISO 8601 with and without zone', () => {
  const read = (text: string, zone = utc): string => {
    const micros = new IsoTimes(zone).read(ascii(text), 0, text.length);
    return Number.isNaN(micros) ? 'NaN' : iso(micros);
  };
  expect(read('2026-11-22T00:32:11.123456+01:00')).toBe('2026-11-21T23:32:11.123456Z');
  expect(read('2022-07-10T23:50:05.533101+0000')).toBe('2022-07-10T23:50:05.533101Z');
  expect(read('2026-11-22 00:32:11', berlin)).toBe('2026-11-21T23:32:11.000000Z');
  expect(read('2026-07-22T00:32:11,5', berlin)).toBe('2026-07-21T22:32:11.500000Z');
  expect(read('2026-02-29T00:00:00Z')).toBe('NaN');
  expect(read('2026-01-01T24:00:00Z')).toBe('NaN');
  expect(read('2016-12-31T23:59:60Z')).toBe('2017-01-01T00:00:00.000000Z');
});

test('times: a repeated hour is the first, a skipped one uses the offset before', () => {
  const times = new IsoTimes(berlin);
  const read = (text: string): string => iso(times.read(ascii(text), 0, text.length));
  expect(read('2026-10-25T01:59:59')).toBe('2026-10-24T23:59:59.000000Z');
  expect(read('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000000Z');
  expect(read('2026-10-25T03:00:00')).toBe('2026-10-25T02:00:00.000000Z');
  expect(read('2026-03-29T02:30:00')).toBe('2026-03-29T01:30:00.000000Z');
  expect(read('2026-03-29T03:00:00')).toBe('2026-03-29T01:00:00.000000Z');
});

test('times: a repeated hour is the second once its times step back; lines that come a little late do not', () => {
  const times = new IsoTimes(new Zone('Europe/Berlin'));
  const read = (clock: string): string => iso(times.read(ascii(`2026-10-25T${clock}`), 0, 19)).slice(11, 19);
  expect(['02:10:00', '02:59:30', '02:58:00', '02:59:59'].map(read)).toEqual([
    '00:10:00', '00:59:30', '00:58:00', '00:59:59',
  ]); // prettier-ignore
  expect(['02:00:00', '02:30:00', '02:59:59', '03:00:05', '02:59:58'].map(read)).toEqual([
    '01:00:00', '01:30:00', '01:59:59', '02:00:05', '01:59:58',
  ]); // prettier-ignore
  expect(iso(times.read(ascii('2027-10-31T02:30:00'), 0, 19))).toBe('2027-10-31T00:30:00.000000Z');
});

test('times: NCSA', () => {
  const times = new NcsaTimes(berlin);
  const read = (text: string): number => times.read(ascii(text), 0, text.length);
  expect(iso(read('22/Nov/2026:00:32:11 +0100'))).toBe('2026-11-21T23:32:11.000000Z');
  expect(iso(read('22/Nov/2026:00:32:12 -0530'))).toBe('2026-11-22T06:02:12.000000Z');
  expect(iso(read('22/Nov/2026:00:32:12]'))).toBe('2026-11-21T23:32:12.000000Z');
  expect(read('32/Nov/2026:00:32:11 +0100')).toBeNaN();
});

test('year-less stamps: latest year not after the file date, December to January steps on', () => {
  const modified = Date.UTC(2026, 0, 10) * 1000;
  const times = new YearlessTimes(utc, modified);
  const read = (text: string): string => iso(times.read(ascii(text), 0, text.length));
  expect(read('Nov 22 00:32:11 host')).toBe('2025-11-22T00:32:11.000000Z');
  expect(read('Dec 31 23:59:59 host')).toBe('2025-12-31T23:59:59.000000Z');
  expect(read('Jan  1 00:00:00 host')).toBe('2026-01-01T00:00:00.000000Z');
  expect(read('Dec 31 23:59:59 host')).toBe('2025-12-31T23:59:59.000000Z');
  expect(read('Jan  2 00:00:00 host')).toBe('2026-01-02T00:00:00.000000Z');
  const dayAhead = new YearlessTimes(utc, modified);
  expect(iso(dayAhead.read(ascii('Jan 10 23:00:00 x'), 0, 17))).toBe('2026-01-10T23:00:00.000000Z');
  const later = new YearlessTimes(utc, modified);
  expect(iso(later.read(ascii('Jan 12 00:00:00 x'), 0, 17))).toBe('2025-01-12T00:00:00.000000Z');
  const leap = new YearlessTimes(utc, modified);
  expect(iso(leap.read(ascii('Feb 29 00:00:00 x'), 0, 17))).toBe('2024-02-29T00:00:00.000000Z');
  expect(times.read(ascii('Foo 12 00:00:00 x'), 0, 17)).toBeNaN();
});

test('CSV: quotes, doubled quotes, empty fields', () => {
  const csv = new CsvFields();
  const line = ascii('a,"b,""c""",,d');
  expect(csv.split(line, 0, line.length, 44)).toBe(4);
  expect([0, 1, 2, 3].map((i) => csv.text(line, i))).toEqual(['a', 'b,"c"', '', 'd']);
  const open = ascii('a,"b');
  expect(csv.split(open, 0, open.length, 44)).toBe(0);
});

test('JSON: fields by nested key, first elements, escapes, later duplicates win', () => {
  const json = new JsonFields(['a', 'b/c', 'id.orig_h', 'l/[0]/n', 'missing', 'é']);
  const line = ascii(
    '{"x":{"a":[1,"}"]},"a":"q\\u00e9\\n\\ud83d\\ude00","b":{"d":1,"c":-2.5e1},"id.orig_h":"::1","l":[{"n":7},{"n":8}],"é":true,"a":"z"} ',
  );
  for (let i = 0; i < 2; i++) {
    expect(json.read(line, 0, line.length)).toBe(true);
    expect([...json.kind]).toEqual([
      Json.string,
      Json.number,
      Json.string,
      Json.number,
      Json.absent,
      Json.true,
    ]);
  }
  expect([json.text(0), json.number(1), json.text(2), json.integer(3)]).toEqual(['z', -25, '::1', 7]);
});

test('JSON: what JSON.parse reads of an object is read the same', () => {
  const json = new JsonFields(['a', 'b/a', 'b/b/a']);
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie('object'),
      fc.array(tie('any'), { maxLength: 3 }),
    ),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'a"\\'), tie('any'), { maxKeys: 4 }),
  }));
  const see = (found: unknown): string =>
    typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
  fc.assert(
    fc.property(value.object, (object) => {
      const line = ascii(JSON.stringify(object));
      expect(json.read(line, 0, line.length)).toBe(true);
      const parsed = JSON.parse(JSON.stringify(object)) as Record<
        string,
        Record<string, Record<string, unknown>>
      >;
      const wanted = [parsed.a, parsed.b?.a, parsed.b?.b?.a];
      for (const [field, found] of wanted.entries()) {
        const kind = json.kind[field];
        const scalar = kind === Json.string || kind === Json.escaped || kind === Json.number;
        expect(scalar ? json.text(field) : '').toBe(see(found));
      }
    }),
    { numRuns: 3000, seed: 3 },
  );
});

test('JSON: what is not one whole object is refused', () => {
  const json = new JsonFields(['a']);
  const bad = [
    '',
    '[]',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1}}',
    '{"a":"x}',
    '{a:1}',
    '{"a":1,}',
    '{"a" 1}',
    '{"b":nul}',
    `{"b":${'['.repeat(100)}${']'.repeat(100)}}`,
  ];
  expect(bad.filter((text) => json.read(ascii(text), 0, ascii(text).length))).toEqual([]);
});
