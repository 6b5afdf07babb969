import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pcap } from '../../src/formats/pcap.ts';
import { formatWords } from '../../src/model/address.ts';
import { Packet } from '../../src/wire/packet.ts';
import { isPcapng, PcapngReader } from '../../src/wire/pcapng-file.ts';
import { PcapReader } from '../../src/wire/pcap-file.ts';
import { ja4Of } from '../../src/wire/tls.ts';
import { epoch, readCapture, TestSink } from '../packets.ts';
import type { Row } from '../packets.ts';
import { askTshark, parseTshark, tsharkVersion } from './tshark.ts';
import type { TsharkOutput, TsharkRow } from './tshark.ts';

/*
 * The same captures through tshark and through Offtrail, record for record. The committed capture (record-packets.sh) is
 * compared with tshark's committed output, and live where tshark is installed; OFFTRAIL_CAPTURES names further files
 * for a comparison by hand.
 */

const folder = import.meta.dirname;
const capture = join(folder, 'packets.pcapng');
const version = tsharkVersion();
if (version === undefined) console.log('tshark is not installed: compared with its committed output only');

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly peer: TsharkOutput;
}
const committed = parseTshark(readFileSync(join(folder, 'packets.tshark.tsv'), 'utf8'));
const extra = (process.env.OFFTRAIL_CAPTURES ?? '')
  .split(' ')
  .filter((file) => file !== '' && existsSync(file));
const subjects: Subject[] = [
  { name: `committed output of ${committed.version}`, file: capture, peer: committed },
  ...(version === undefined
    ? []
    : [capture, ...extra].map((file) => ({
        name: `${version} on ${file}`,
        file,
        peer: parseTshark(askTshark(file)),
      }))),
];

const number = (text: string): number => Number(text === '' ? Number.NaN : text);

/** What tshark says of a frame, in the terms of Packet; undefined: nothing that Offtrail looks at. */
function expectedPacket(row: TsharkRow): Row | undefined {
  const time = Number(row['frame.time_epoch'].replace('.', '').slice(0, 16));
  if (row['arp.opcode'] !== '')
    return {
      time,
      source: row['arp.src.proto_ipv4'],
      target: row['arp.dst.proto_ipv4'],
      proto: 255,
      sourcePort: 0,
      targetPort: 0,
    };
  const v6 = row['ipv6.src'] !== '' && row['ip.src'] === '';
  const source = v6 ? row['ipv6.src'] : row['ip.src'];
  if (source === '') return undefined;
  const base = {
    time,
    source,
    target: v6 ? row['ipv6.dst'] : row['ip.dst'],
    ttl: number(v6 ? row['ipv6.hlim'] : row['ip.ttl']),
    ...(v6 ? {} : { ipId: number(row['ip.id']) }),
  };
  const proto = number(row['ip.proto']);
  if (row['icmpv6.type'] !== '' && (v6 || proto === 58)) {
    const type = number(row['icmpv6.type']);
    if (type >= 130) return undefined;
    const id = number(row['icmpv6.echo.identifier']);
    const sequence = number(row['icmpv6.echo.sequence_number']);
    const icmp = type * 256 + number(row['icmpv6.code']);
    const ports = type === 128 ? [id, sequence] : type === 129 ? [sequence, id] : [0, icmp];
    return { ...base, proto: 58, icmp, sourcePort: ports[0], targetPort: ports[1] };
  }
  if (proto === 1) {
    const type = number(row['icmp.type']);
    const id = number(row['icmp.ident']);
    const sequence = number(row['icmp.seq']);
    const icmp = type * 256 + number(row['icmp.code']);
    const request = type === 8 || type === 13;
    const reply = type === 0 || type === 14;
    const ports = request ? [id, sequence] : reply ? [sequence, id] : [0, icmp];
    return { ...base, proto: 1, icmp, sourcePort: ports[0], targetPort: ports[1] };
  }
  const from = (name: string): Row => ({
    ...base,
    sourcePort: number(row[`${name}.srcport`]),
    targetPort: number(row[`${name}.dstport`]),
  });
  if (row['tcp.srcport'] !== '')
    return {
      ...from('tcp'),
      proto: 6,
      flags: number(row['tcp.flags']) & 255,
      sequence: number(row['tcp.seq_raw']),
      window: number(row['tcp.window_size_value']),
      payloadLength: number(row['tcp.len']),
    };
  if (row['udp.srcport'] !== '')
    return { ...from('udp'), proto: 17, payloadLength: number(row['udp.length']) - 8 };
  if (row['sctp.srcport'] !== '') return { ...from('sctp'), proto: 132 };
  return Number.isNaN(proto) ? undefined : { ...base, proto, sourcePort: 0, targetPort: 0 };
}

/** Every frame as Packet decodes it; frames that it refuses, with the reason. */
function decoded(file: string): { packets: Map<number, Row>; refused: Map<number, string> } {
  const bytes = readFileSync(file);
  const packets = new Map<number, Row>();
  const refused = new Map<number, string>();
  const packet = new Packet();
  const reader = isPcapng(bytes) ? new PcapngReader() : new PcapReader();
  const address = (at: number): string => {
    const words = Uint32Array.from(packet.address.subarray(at, at + 4));
    return formatWords(words[0], words[1], words[2], words[3]);
  };
  reader.read(
    new TestSink(),
    {
      frame(from, view, start, end, time, link, record) {
        packet.time = time;
        const problem = packet.decode(from, view, start, end, link);
        if (problem !== '') refused.set(record, problem);
        else
          packets.set(record, {
            time,
            source: address(0),
            target: address(4),
            proto: packet.proto,
            sourcePort: packet.sourcePort,
            targetPort: packet.targetPort,
            ttl: packet.ttl,
            ipId: packet.ipId,
            flags: packet.flags,
            sequence: packet.sequence >>> 0,
            window: packet.window,
            payloadLength: packet.payloadLength,
            icmp: packet.icmp,
          });
      },
    },
    bytes,
    0,
    bytes.length,
    true,
  );
  return { packets, refused };
}

describe.each(subjects)('$name', ({ file, peer }) => {
  const rows = readCapture(pcap, readFileSync(file)).rows;

  test('every packet: addresses, ports, flags, lengths', () => {
    const { packets, refused } = decoded(file);
    let compared = 0;
    for (const row of peer.packets) {
      const record = number(row['frame.number']);
      const expected = expectedPacket(row);
      const seen = packets.get(record);
      if (seen === undefined) {
        // Whatever is refused must be nothing to tshark, or one of the kinds that are named here.
        if (expected !== undefined)
          expect([record, refused.get(record)]).toEqual([
            record,
            expect.stringMatching(/^(later fragment|fragment without the header|ARP announcement|router, )/),
          ]);
        continue;
      }
      compared++;
      const keys = Object.keys(expected ?? {});
      expect([record, Object.fromEntries(keys.map((key) => [key, seen[key]]))]).toEqual([record, expected]);
    }
    expect(packets.size + refused.size).toBe(peer.packets.length);
    expect(compared).toBe(packets.size);
  });

  test('every TCP connection that a SYN began: one contact, its first packet, its outcome', () => {
    const last = Number(peer.packets.at(-1)?.['frame.time_epoch']);
    interface Stream {
      first: TsharkRow;
      complete: number;
      unreachable: boolean;
    }
    const streams = new Map<string, Stream>();
    const tuple = (row: TsharkRow, back: boolean): string => {
      const v6 = row['ip.src'] === '';
      const there = `${row[v6 ? 'ipv6.src' : 'ip.src']} ${row['tcp.srcport']}`;
      const other = `${row[v6 ? 'ipv6.dst' : 'ip.dst']} ${row['tcp.dstport']}`;
      return back ? `${other} ${there}` : `${there} ${other}`;
    };
    const isIcmp = (row: TsharkRow): boolean => row['icmp.type'] !== '' || row['icmpv6.type'] !== '';
    for (const row of peer.packets) {
      if (row['tcp.srcport'] === '' || isIcmp(row)) continue;
      const stream = row['tcp.stream'];
      const flags = number(row['tcp.flags']);
      const known = streams.get(stream);
      if (known === undefined) {
        if ((flags & 0x17) === 2) streams.set(stream, { first: row, complete: 1, unreachable: false });
      } else if (tuple(row, true) === tuple(known.first, false)) {
        // Completeness as tshark counts it, of what came back only.
        if ((flags & 0x12) === 0x12) known.complete |= 2;
        if ((flags & 4) !== 0) known.complete |= 32;
      }
    }
    for (const row of peer.packets) {
      if (row['icmp.type'] !== '3' || row['tcp.srcport'] === '') continue;
      for (const stream of streams.values())
        if (
          stream.first['tcp.srcport'] === row['tcp.srcport'] &&
          stream.first['tcp.dstport'] === row['tcp.dstport']
        )
          stream.unreachable = true;
    }
    const expected = [...streams.values()].map(({ first, complete, unreachable }) => {
      const waited = last - Number(first['frame.time_epoch']) >= 5;
      const outcome =
        (complete & 2) !== 0
          ? 'answered'
          : (complete & 32) !== 0 || unreachable
            ? 'refused'
            : waited
              ? 'unanswered'
              : 'unknown';
      return `${first['frame.number']} ${tuple(first, false)} ${outcome}`;
    });
    const seen = rows
      .filter(
        ({ kind, proto, flags }) => kind === 'contact' && proto === 6 && /(^| )syn( |$)/.test(String(flags)),
      )
      .filter(({ flags, role }) => role === 'originator' && !String(flags).includes('stealth'))
      .map(
        (row) =>
          `${row.record} ${row.source} ${row.sourcePort} ${row.target} ${row.targetPort} ${row.outcome}`,
      );
    expect(seen.sort(byText)).toEqual(expected.sort(byText));
  });

  test('every HTTP request, with its response', () => {
    const responses = new Map(
      peer.packets.filter((row) => row['http.request_in'] !== '').map((row) => [row['http.request_in'], row]),
    );
    const expected = peer.packets
      .filter((row) => row['http.request.method'] !== '' && row['icmp.type'] === '')
      .map((row) => {
        const response = responses.get(row['frame.number']);
        return [
          row['frame.number'],
          row['http.request.method'],
          row['http.request.uri'],
          row['http.host'],
          row['http.user_agent'],
          row['http.referer'],
          response?.['http.response.code'] ?? '',
          response?.['http.server'] ?? '',
          response?.['http.content_length_header'] ?? '',
        ].join(' | ');
      });
    const seen = rows
      .filter(({ kind }) => kind === 'request')
      .map((row) => {
        const has = String(row.flags).includes('hasSize');
        const uri = `${row.path ?? ''}${row.query === undefined ? '' : `?${row.query}`}`;
        const fields = [
          row.record,
          row.method,
          uri,
          row.host,
          row.agent,
          row.referer,
          row.status,
          row.detail,
        ];
        return [...fields.map((field) => field ?? ''), has ? (row.size ?? 0) : ''].join(' | ');
      });
    expect(seen.sort(byText)).toEqual(expected.sort(byText));
  });

  test('every DNS query, with its answer', () => {
    const unicast = (row: TsharkRow): boolean =>
      row['icmp.type'] === '' && [row['udp.dstport'], row['tcp.dstport'], row['udp.srcport']].includes('53');
    const answers = new Map(
      peer.packets.filter((row) => row['dns.response_to'] !== '').map((row) => [row['dns.response_to'], row]),
    );
    const expected = peer.packets
      .filter((row) => row['dns.flags.response'] === '0' && row['dns.qry.type'] !== '' && unicast(row))
      .map((row) => {
        const rcode = answers.get(row['frame.number'])?.['dns.flags.rcode'] ?? '255';
        const name = row['dns.qry.name'] === '<Root>' ? '' : row['dns.qry.name'];
        return `${row['frame.number']} ${name} ${row['dns.qry.type']} ${rcode}`;
      });
    const seen = rows
      .filter(({ kind, role }) => kind === 'query' && role === 'originator')
      .map((row) => `${row.record} ${row.name ?? ''} ${row.queryType} ${row.status ?? 0}`);
    expect(seen.sort(byText)).toEqual(expected.sort(byText));
  });

  test('every TLS client: server name, and JA4 from the lists that tshark reads', () => {
    const firstOf = new Map<string, string>();
    for (const row of peer.packets)
      if (row['tcp.stream'] !== '' && !firstOf.has(row['tcp.stream']))
        firstOf.set(row['tcp.stream'], row['frame.number']);
    const list = (text: string): number[] => text.split(';').filter(Boolean).map(Number);
    const kept = (text: string): number[] =>
      list(text).filter((value) => !((value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 255)));
    const expected = peer.hellos.map((row) => {
      const versions = kept(row['tls.handshake.extensions.supported_version']);
      const ja4 = ja4Of(
        versions.length > 0 ? Math.max(...versions) : list(row['tls.handshake.version'])[0],
        kept(row['tls.handshake.ciphersuite']),
        kept(row['tls.handshake.extension.type']),
        kept(row['tls.handshake.sig_hash_alg']),
        Buffer.from(row['tls.handshake.extensions_alpn_str'].split(';')[0]),
      );
      return `${firstOf.get(row['tcp.stream'])} ${row['tls.handshake.extensions_server_name']} ${ja4}`;
    });
    const seen = rows
      .filter(({ fingerprint }) => fingerprint !== undefined)
      .map((row) => `${row.record} ${row.detail ?? ''} ${row.fingerprint}`);
    expect(seen.sort(byText)).toEqual(expected.sort(byText));
  });
});

test('the capture shows what a scanner does', () => {
  const rows = readCapture(pcap, readFileSync(capture)).rows;
  const shown = new Set(rows.map(({ kind, proto, outcome }) => `${kind} ${proto} ${outcome ?? ''}`.trim()));
  for (const kind of [
    'contact 6 answered',
    'contact 6 refused',
    'contact 6 unanswered',
    'contact 17 refused',
    'contact 1 answered',
    'contact 255 unanswered',
    'contact 132 refused',
    'request 6',
    'query 17',
    'query 6',
  ])
    expect([...shown]).toContain(kind);
  const stealth = rows.filter(({ flags }) => String(flags).includes('stealth'));
  const shapes = new Set(
    stealth.map(({ flags }) => String(flags).replace(/ ?(stealth|noOptions|hasSize|gotData|sentData)/g, '')),
  );
  expect([...shapes].sort(byText)).toEqual(
    expect.arrayContaining(['', 'ack', 'fin', 'fin ack', 'fin psh urg']),
  );
  expect(rows.every(({ time }) => Number(time) + epoch > 0)).toBe(true);
});

function byText(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
