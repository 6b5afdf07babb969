import type { FormatFixture } from '../../test/format-fixture.ts';
import { bytesOf, dnsMessage, u32 } from '../../test/packets.ts';

// ---- Protocol Buffers and Frame Streams, as small as a fixture needs them.

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const fixed = (field: number, value: number): number[] => [...varint(field * 8 + 5), ...u32(value).reverse()];
const some = (field: number, bytes: Uint8Array | readonly number[]): Uint8Array =>
  bytesOf(varint(field * 8 + 2), varint(bytes.length), bytes);

interface Told {
  /** AUTH_QUERY 1, AUTH_RESPONSE 2, RESOLVER_QUERY 3, CLIENT_QUERY 5, CLIENT_RESPONSE 6. */
  readonly type: number;
  readonly message: Uint8Array;
  readonly protocol?: number;
  readonly client?: readonly number[];
  readonly server?: readonly number[] | undefined;
  readonly port?: number;
  /** Seconds behind 2026-11-22T00:32:11.25Z; undefined: no time of the query. */
  readonly at?: number | undefined;
  readonly answeredAt?: number;
}

const second = 1_795_307_531;
const home = [198, 51, 100, 2];

const stamp = (seconds: number, nanos: number, at: number): number[] => [
  ...number(seconds, second + Math.floor(at + 0.25)),
  ...fixed(nanos, Math.round(((at + 0.25) % 1) * 1e9)),
];

export function dnstapFrame(told: Told): Uint8Array {
  const { type, message, protocol = 1, client = [192, 0, 2, 7], port = 40_000 } = told;
  const server = 'server' in told ? told.server : home;
  const at = 'at' in told ? told.at : 0;
  const payload = bytesOf(
    number(1, type),
    number(2, client.length === 4 ? 1 : 2),
    number(3, protocol),
    some(4, client),
    server === undefined ? [] : some(5, server),
    number(6, port),
    number(7, 53),
    at === undefined ? [] : stamp(8, 9, at),
    type % 2 === 1 ? some(10, message) : some(14, message),
    told.answeredAt === undefined ? [] : stamp(12, 13, told.answeredAt),
  );
  const frame = bytesOf(some(1, bytesOf('ns1')), number(15, 1), some(14, payload));
  return bytesOf(u32(frame.length), frame);
}

const control = (type: number, ...fields: readonly Uint8Array[]): Uint8Array => {
  const body = bytesOf(u32(type), ...fields);
  return bytesOf(u32(0), u32(body.length), body);
};
const contentType = bytesOf('protobuf:dnstap.Dnstap');
export const dnstapStart = control(2, bytesOf(u32(1), u32(contentType.length), contentType));
export const dnstapStop = control(3);

const base = {
  kind: 'query',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.2',
  sourcePort: 40_000,
  targetPort: 53,
  proto: 17,
  outcome: 'answered',
  role: 'originator',
  flags: ['gotData'],
} as const;
const v6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];

export const fixture: FormatFixture = {
  format: 'dnstap',
  cases: [
    {
      name: 'query and response become one question with its answer, at the time of the query',
      input: bytesOf(
        dnstapStart,
        dnstapFrame({ type: 1, message: dnsMessage(7, 'vpn.example.com', 28) }),
        dnstapFrame({ type: 2, message: dnsMessage(7, 'vpn.example.com', 28, 3), answeredAt: 0.5 }),
        dnstapFrame({ type: 5, message: dnsMessage(8, 'www.example.com', 1), at: 1, protocol: 4 }),
        dnstapFrame({ type: 6, message: dnsMessage(8, 'www.example.com', 1, 0), at: 1, answeredAt: 1.5, protocol: 4 }),
        dnstapStop,
      ),
      events: [
        { ...base, record: 1, status: 3, queryType: 28, texts: { name: 'vpn.example.com' } },
        { ...base, record: 3, time: '2026-11-22T00:32:12.250000Z', proto: 6, status: 0, queryType: 1, texts: { name: 'www.example.com' } },
      ],
    },
    {
      name: 'an answer alone, with no time but its own; IPv6; a zone transfer that was refused; the root',
      input: bytesOf(
        dnstapStart,
        dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0), at: undefined, answeredAt: 0 }),
        dnstapFrame({ type: 2, message: dnsMessage(7, 'b.example.com', 1, 0), client: v6, server: undefined }),
        dnstapFrame({ type: 2, message: dnsMessage(9, 'example.com', 252, 5), protocol: 2 }),
        dnstapFrame({ type: 2, message: dnsMessage(9, '', 2, 0) }),
      ),
      events: [
        { ...base, status: 0, queryType: 1, texts: { name: 'a.example.com' } },
        { ...base, source: '2001:db8:a::7', target: '-', flags: ['noTarget', 'gotData'], status: 0, queryType: 1, texts: { name: 'b.example.com' } },
        { ...base, status: 5, queryType: 252, proto: 6, texts: { name: 'example.com' } },
        { ...base, status: 0, queryType: 2, texts: { name: '.' } },
      ],
    },
    {
      name: 'nobody answers: five seconds later, and at the end; asked again; the resolver’s own questions',
      input: bytesOf(
        dnstapStart,
        dnstapFrame({ type: 1, message: dnsMessage(7, 'a.example.com', 1) }),
        dnstapFrame({ type: 1, message: dnsMessage(7, 'a.example.com', 1), at: 1 }),
        dnstapFrame({ type: 3, message: dnsMessage(8, 'www.example.org', 1), at: 2 }),
        dnstapFrame({ type: 1, message: dnsMessage(9, 'b.example.com', 1), at: 6 }),
      ),
      events: [
        { ...base, record: 1, outcome: 'unknown', flags: [], status: 255, queryType: 1, texts: { name: 'a.example.com' } },
        { ...base, record: 4, time: '2026-11-22T00:32:17.250000Z', outcome: 'unknown', flags: [], status: 255, queryType: 1, texts: { name: 'b.example.com' } },
      ],
    },
    {
      name: 'what is broken is counted, and the rest is read',
      input: bytesOf(
        dnstapStart,
        u32(3), [0x72, 0x7f, 0],
        dnstapFrame({ type: 2, message: bytesOf('nonsense') }),
        dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0), client: [1, 2, 3] }),
        dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0), at: undefined }),
        dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0) }),
        dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0) }).subarray(0, 50),
      ),
      events: [{ ...base, record: 5, status: 0, queryType: 1, texts: { name: 'a.example.com' } }],
      skipped: {
        'not a dnstap message': 1,
        'DNS message that cannot be read': 1,
        'no address of a client': 1,
        'no time stamp': 1,
      },
      notes: { 'the file ends in the middle of a frame': 1 },
    },
    {
      name: 'a frame longer than any server writes ends the reading',
      input: bytesOf(dnstapStart, dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0) }), u32(0x7fff_ffff), 'rest'),
      events: [{ ...base, status: 0, queryType: 1, texts: { name: 'a.example.com' } }],
      notes: { 'damaged frame: the rest of the file is not read': 1 },
    },
  ],
  malformed: {
    input: bytesOf(dnstapStart, dnstapFrame({ type: 2, message: bytesOf('nonsense') })),
    reason: 'DNS message that cannot be read',
  },
};
