import { describe, expect, test } from 'vitest';
import {
  arp,
  bytesOf,
  dnsMessage,
  echo,
  ethernet,
  exampleHello,
  exampleJa4,
  icmpError,
  ip,
  mss,
  pcapFile,
  pick,
  readCapture,
  tcp,
  udp,
} from '../../test/packets.ts';
import type { Frame, Row, TcpOptions, TestSink } from '../../test/packets.ts';
import { v5 } from '../../test/flows.ts';
import { recognise } from '../pipeline/recognise.ts';
import { netflow } from './netflow.ts';
import { pcap } from './pcap.ts';

const client = '192.0.2.7';
const server = '198.51.100.4';

/** Frames of a conversation: who, TCP flags, more. `>` is the client's, `<` the server's. */
function talk(
  steps: readonly (readonly [number, '>' | '<', string, TcpOptions?])[],
  ports: readonly [number, number] = [40000, 22],
): Frame[] {
  return steps.map(([at, direction, flags, more]) => ({
    at,
    bytes: ethernet(
      direction === '>'
        ? ip(client, server, 6, tcp(ports[0], ports[1], flags, more))
        : ip(server, client, 6, tcp(ports[1], ports[0], flags, more)),
    ),
  }));
}

const later: Frame = { at: 30, bytes: ethernet(ip('203.0.113.1', '203.0.113.2', 17, udp(5000, 5001))) };
const quietEnd = (frames: readonly Frame[]): Frame[] => [...frames, later];
const read = (frames: readonly Frame[]): TestSink => readCapture(pcap, pcapFile(frames));
const rows = (frames: readonly Frame[]): Row[] =>
  read(quietEnd(frames)).rows.filter((row) => row.source !== '203.0.113.1');
const brief = (row: Row | undefined): Row => pick(row, 'source', 'role', 'outcome', 'flags', 'targetPort');

const handshake = talk([
  [0, '>', 'S', { options: mss }],
  [0.01, '<', 'SA', { sequence: 1 }],
  [0.02, '>', 'A', { sequence: 1001 }],
]);

describe('TCP', () => {
  test('a handshake without data: answered once five seconds have passed', () => {
    expect(rows(handshake)).toEqual([
      {
        kind: 'contact',
        time: 0,
        record: 1,
        source: client,
        target: server,
        role: 'originator',
        outcome: 'answered',
        sourcePort: 40000,
        targetPort: 22,
        proto: 6,
        ttl: 64,
        window: 1024,
        ipId: 1,
        sequence: 1000,
        flags: 'syn',
      },
    ]);
  });

  test('outcomes: refused by RST, by ICMP; unanswered; unknown when the capture ends too soon', () => {
    const syn = talk([[0, '>', 'S']]);
    const row = (outcome: string): Row => ({
      source: client,
      role: 'originator',
      outcome,
      flags: 'syn noOptions',
      targetPort: 22,
    });
    expect(rows([...syn, ...talk([[0.1, '<', 'RA']])]).map(brief)).toEqual([row('refused')]);
    const quote = ip(client, server, 6, tcp(40000, 22, 'S'));
    const error = { at: 0.1, bytes: ethernet(ip('192.0.2.1', client, 1, icmpError(3, 13, quote))) };
    expect(rows([...syn, error]).map(brief)).toEqual([row('refused')]);
    expect(
      rows([
        ...syn,
        ...talk([
          [1, '>', 'S'],
          [3, '>', 'S'],
          [7, '>', 'S'],
        ]),
      ]).map(brief),
    ).toEqual([row('unanswered')]);
    expect(read(syn).rows.map(brief)).toEqual([row('unknown')]);
  });

  test('time exceeded is a traceroute on its way, not a refusal', () => {
    const quote = ip(client, server, 17, udp(40000, 33435));
    const found = rows([
      { at: 0, bytes: ethernet(quote) },
      { at: 0.1, bytes: ethernet(ip('192.0.2.1', client, 1, icmpError(11, 0, quote))) },
    ]);
    expect(found.map((row) => row.outcome)).toEqual(['unanswered']);
  });

  test('stealth: FIN, NULL, Xmas, Maimon and ACK probes', () => {
    const probes: [string, string][] = [
      ['F', 'fin'],
      ['', ''],
      ['FPU', 'fin psh urg'],
      ['SF', 'fin syn'],
      ['FA', 'fin ack'],
      ['A', 'ack'],
    ];
    for (const [flags, words] of probes) {
      const probe = talk([[0, '>', flags, { options: mss }]]);
      const expected = (outcome: string): Row => ({
        source: client,
        role: 'originator',
        outcome,
        flags: `${words} stealth`.trim(),
        targetPort: 22,
      });
      expect(rows(probe).map(brief)).toEqual([expected('unanswered')]);
      expect(rows([...probe, ...talk([[0.1, '<', 'R']])]).map(brief)).toEqual([expected('refused')]);
    }
  });

  test('backscatter is a reply, never a probe', () => {
    for (const flags of ['SA', 'R', 'RA']) {
      const found = rows(talk([[0, '<', flags]]));
      expect(found.map((row) => pick(row, 'source', 'role', 'outcome'))).toEqual([
        { source: server, role: 'responder', outcome: 'unknown' },
      ]);
    }
  });

  test('half-seen connections belong to nobody, and the side of the high port stands as source', () => {
    const data = { payload: 'data' };
    for (const steps of [
      talk([[0, '>', 'PA', data]]),
      talk([
        [0, '<', 'PA', data],
        [0.1, '>', 'A'],
      ]),
      talk([
        [0, '>', 'A'],
        [0.1, '<', 'A'],
      ]),
      talk([
        [0, '<', 'A'],
        [0.1, '>', 'FA'],
      ]),
      talk([
        [0, '<', 'FA'],
        [1, '<', 'FA'],
        [3, '<', 'FA'],
      ]),
    ]) {
      expect(rows(steps).map((row) => pick(row, 'role'))).toEqual([{ role: 'unknown' }]);
    }
    expect(rows(talk([[0, '<', 'PA', data]]))[0]).toMatchObject({ source: client, targetPort: 22 });
  });

  test('a SYN that stands after its SYN-ACK still began it', () => {
    const swapped = talk([
      [0.00002, '<', 'SA'],
      [0.00003, '>', 'S'],
    ]);
    expect(rows(swapped).map(brief)).toMatchObject([
      { source: client, role: 'originator', outcome: 'answered' },
    ]);
  });

  test('only the originator seen: its data after the SYN says that it was answered', () => {
    const oneSide = talk([
      [0, '>', 'S'],
      [0.1, '>', 'PA', { sequence: 1001, payload: 'hello' }],
    ]);
    expect(rows(oneSide).map(brief)).toMatchObject([
      { outcome: 'answered', flags: 'syn sentData noOptions oneSided' },
    ]);
  });

  test('one contact per flow; the ports used again are another', () => {
    const again = talk([
      [0, '>', 'S', { sequence: 1 }],
      [0.1, '<', 'RA'],
      [2, '>', 'S', { sequence: 1 }],
      [4, '>', 'S', { sequence: 900 }],
      [4.1, '<', 'RA'],
    ]);
    expect(rows(again).map((row) => pick(row, 'time', 'record'))).toEqual([
      { time: 0, record: 1 },
      { time: 4_000_000, record: 4 },
    ]);
  });
});

describe('datagrams', () => {
  const question = (sport: number, dport: number, payload = 'x'): Frame => ({
    at: 0,
    bytes: ethernet(ip(client, server, 17, udp(sport, dport, payload))),
  });
  const reply = (sport: number, dport: number, payload = 'yy'): Frame => ({
    at: 0.1,
    bytes: ethernet(ip(server, client, 17, udp(sport, dport, payload))),
  });

  test('UDP: answered by payload, refused by ICMP, else unanswered', () => {
    expect(rows([question(40000, 161), reply(161, 40000)])).toMatchObject([
      { outcome: 'answered', role: 'originator', size: 2, flags: 'sentData gotData hasSize' },
    ]);
    expect(rows([question(40000, 161), reply(161, 40000, '')])).toMatchObject([{ outcome: 'unanswered' }]);
    const quote = ip(client, server, 17, udp(40000, 161, 'x'));
    const error = { at: 0.1, bytes: ethernet(ip(server, client, 1, icmpError(3, 3, quote))) };
    expect(rows([question(40000, 161), error])).toMatchObject([{ outcome: 'refused', targetPort: 161 }]);
    expect(rows([question(40000, 161, '')])).toMatchObject([{ outcome: 'unanswered', flags: '' }]);
  });

  test('UDP: an unasked reply of a service to a high port is not its first word', () => {
    for (const port of [53, 123, 443, 1900])
      expect(rows([question(port, 40000)])).toMatchObject([{ role: 'unknown' }]);
    expect(rows([question(53, 161)])).toMatchObject([{ role: 'originator' }]);
    expect(rows([question(500, 500)])).toMatchObject([{ role: 'originator' }]);
    expect(rows([question(5353, 5353)])).toMatchObject([{ role: 'originator' }]);
  });

  test("what goes to a group is nobody's probe", () => {
    const group = ip(client, '239.255.255.250', 17, udp(40000, 1900, 'M-SEARCH'));
    const group6 = ip('2001:db8::1', 'ff02::fb', 17, udp(5353, 5353, 'x'));
    expect(
      rows([
        { at: 0, bytes: ethernet(group) },
        { at: 0.1, bytes: ethernet(group6) },
      ]).map(({ role }) => role),
    ).toEqual(['unknown', 'unknown']);
  });

  test('UDP: after a minute of silence it is a new contact', () => {
    const at = (seconds: number): Frame => ({ ...question(40000, 161), at: seconds });
    const found = read([at(0), at(30), at(80), at(200), { ...later, at: 300 }]).rows;
    expect(found.filter((row) => row.targetPort === 161).map((row) => row.time)).toEqual([0, 200e6]);
  });

  test('ICMP echo is matched by identifier and sequence; other requests likewise', () => {
    const ping = (at: number, type: number, id: number, sequence: number): Frame => ({
      at,
      bytes: ethernet(
        type === 8 || type === 13
          ? ip(client, server, 1, echo(type, id, sequence))
          : ip(server, client, 1, echo(type, id, sequence)),
      ),
    });
    expect(rows([ping(0, 8, 7, 1), ping(0.1, 0, 7, 1)])).toMatchObject([
      { outcome: 'answered', targetPort: 2048, proto: 1, sequence: 7 * 65536 + 1 },
    ]);
    const wrong = rows([ping(0, 8, 7, 1), ping(0.1, 0, 7, 2)]);
    expect(wrong.map((row) => pick(row, 'source', 'role', 'outcome'))).toEqual([
      { source: client, role: 'originator', outcome: 'unanswered' },
      { source: server, role: 'responder', outcome: 'unknown' },
    ]);
    expect(rows([ping(0, 13, 7, 1), ping(0.1, 14, 7, 1)])).toMatchObject([
      { outcome: 'answered', targetPort: 13 * 256 },
    ]);
  });

  test('IPv6: TCP, and echo of ICMPv6', () => {
    const there = '2001:db8::1';
    const back = '2001:db8::2';
    const frames = [
      ip(there, back, 6, tcp(40000, 22, 'S')),
      ip(back, there, 6, tcp(22, 40000, 'RA')),
      ip(there, back, 58, echo(128, 1, 1)),
      ip(back, there, 58, echo(129, 1, 1)),
    ];
    expect(rows(frames.map((bytes, i) => ({ at: i / 10, bytes: ethernet(bytes) })))).toMatchObject([
      { source: there, target: back, targetPort: 22, outcome: 'refused', flags: 'syn v6 noOptions' },
      { source: there, target: back, targetPort: 128 * 256, proto: 58, outcome: 'answered' },
    ]);
  });

  test('ARP, SCTP and protocols without ports', () => {
    expect(
      rows([
        { at: 0, bytes: arp(1, client, '192.0.2.9') },
        { at: 0.1, bytes: arp(2, '192.0.2.9', client) },
      ]),
    ).toMatchObject([{ source: client, target: '192.0.2.9', proto: 255, outcome: 'answered' }]);
    expect(rows([{ at: 0, bytes: arp(1, client, '192.0.2.9') }])).toMatchObject([
      { proto: 255, outcome: 'unanswered' },
    ]);
    const sctp = (source: number, target: number, chunk: number): Uint8Array =>
      bytesOf([source >> 8, source & 255, target >> 8, target & 255], new Uint8Array(8), [chunk, 0, 0, 4]);
    const sctpRows = (first: number, answer: number): Row[] =>
      rows([
        { at: 0, bytes: ethernet(ip(client, server, 132, sctp(40000, 2905, first))) },
        { at: 0.1, bytes: ethernet(ip(server, client, 132, sctp(2905, 40000, answer))) },
      ]);
    expect(sctpRows(1, 2)).toMatchObject([{ outcome: 'answered', targetPort: 2905, proto: 132 }]);
    expect(sctpRows(1, 6)).toMatchObject([{ outcome: 'refused', flags: 'sentData gotData hasSize' }]);
    expect(sctpRows(10, 6)).toMatchObject([
      { outcome: 'refused', flags: expect.stringContaining('stealth') as string },
    ]);
    const gre = { at: 0, bytes: ethernet(ip(client, server, 47, bytesOf([0, 0, 8, 0]))) };
    const no = {
      at: 0.1,
      bytes: ethernet(ip(server, client, 1, icmpError(3, 2, ip(client, server, 47, bytesOf([0, 0, 8, 0]))))),
    };
    expect(rows([gre, no])).toMatchObject([{ proto: 47, outcome: 'refused' }]);
  });

  test('IP protocols without payload: refused by errors that quote nothing but the header, for both families', () => {
    const pair = { '4': [client, server], '6': ['2001:db8::7', '2001:db8:1::4'] } as const;
    for (const [family, icmp, type, code, header] of [
      ['4', 1, 3, 2, 20],
      ['6', 58, 4, 1, 40],
    ] as const) {
      const [there, back] = pair[family];
      const probe = ip(there, back, 46, new Uint8Array(0));
      const found = rows([
        { at: 0, bytes: ethernet(probe) },
        { at: 0.1, bytes: ethernet(ip(back, there, icmp, icmpError(type, code, probe, header))) },
      ]);
      expect(found.map((row) => pick(row, 'source', 'proto', 'role', 'outcome'))).toEqual([
        { source: there, proto: 46, role: 'originator', outcome: 'refused' },
      ]);
    }
  });
});

test('an unknown protocol that has ports needs none in the quote; an unreachable port does', () => {
  const init = bytesOf([156, 64, 0, 7], new Uint8Array(8), [1, 0, 0, 4]);
  const probe = (to: string): Frame => ({ at: 0, bytes: ethernet(ip(client, to, 132, init)) });
  const error = (code: number): Frame => ({
    at: 0.1,
    bytes: ethernet(ip(server, client, 1, icmpError(3, code, ip(client, server, 132, init), 20))),
  });
  const told = (code: number): unknown =>
    rows([probe(server), probe('198.51.100.5'), error(code)]).map(
      (row) => `${row.source} > ${row.target} ${row.proto} ${row.role} ${row.outcome}`,
    );
  expect(told(2)).toEqual([
    `${client} > ${server} 132 originator refused`,
    `${client} > 198.51.100.5 132 originator unanswered`,
  ]);
  expect(told(3)).toEqual([
    `${client} > ${server} 132 originator unanswered`,
    `${client} > 198.51.100.5 132 originator unanswered`,
    `${server} > ${client} 1 responder unknown`,
  ]);
});

describe('short snap lengths', () => {
  const cut = (frames: readonly Frame[], length: number): Frame[] =>
    frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, length), wire: frame.bytes.length }));

  test('48 bytes of TCP: who began, and what was answered', () => {
    const frames = [
      ...talk([
        [0, '>', 'S', { options: mss }],
        [0.1, '<', 'RA'],
      ]),
      ...talk(
        [
          [0, '>', 'S'],
          [0.1, '<', 'SA', { options: mss }],
          [0.2, '>', 'R'],
        ],
        [40001, 80],
      ),
    ];
    expect(rows(cut(frames, 48)).map(brief)).toEqual([
      { source: client, role: 'originator', outcome: 'refused', flags: 'syn', targetPort: 22 },
      { source: client, role: 'originator', outcome: 'answered', flags: 'syn noOptions', targetPort: 80 },
    ]);
  });

  test('40 bytes of UDP', () => {
    const frames = [
      { at: 0, bytes: ethernet(ip(client, server, 17, udp(40000, 161, '12345678'))) },
      { at: 0.1, bytes: ethernet(ip(server, client, 17, udp(161, 40000, '12345678'))) },
    ];
    expect(rows(cut(frames, 40))).toMatchObject([{ outcome: 'answered', targetPort: 161, size: 8 }]);
  });

  test("ports without flags are a flow that nobody began: no stealth scan, and not the other side's answer", () => {
    for (const flags of ['S', 'F', '', 'A'])
      for (const length of [40, 47]) {
        const sink = read(quietEnd(cut(talk([[0, '>', flags, { options: mss }]]), length)));
        expect(sink.rows.slice(0, 1)).toEqual([
          expect.objectContaining({ source: client, role: 'unknown', outcome: 'unknown', flags: 'oneSided' }),
        ]);
        expect([...sink.notes]).toEqual([
          [expect.stringMatching(/^packets cut short behind their ports/), 1],
        ]);
        expect([...sink.skips]).toEqual([]);
      }
    const probe = talk([[0, '>', 'F', { options: mss }]]);
    const answer = cut(talk([[0.1, '<', 'R']]), 40);
    expect(rows([...probe, ...answer]).map(brief)).toMatchObject([{ outcome: 'unanswered' }]);
    const sctp = bytesOf([156, 64, 11, 89], new Uint8Array(8), [1, 0, 0, 4]);
    const init = [{ at: 0, bytes: ethernet(ip(client, server, 132, sctp)) }];
    expect(rows(cut(init, 40)).map(brief)).toMatchObject([
      { role: 'unknown', outcome: 'unknown', targetPort: 2905 },
    ]);
    // A whole opener after a glimpse of its ports is somebody's first word again.
    expect(rows([...cut(probe, 40), ...talk([[1, '>', 'S', { sequence: 7 }]])]).map(brief)).toMatchObject([
      { role: 'unknown' },
      { role: 'originator', outcome: 'unanswered' },
    ]);
  });
});

describe('captures', () => {
  test('a pipe that delivers any pieces yields the same rows', () => {
    const bytes = pcapFile(
      quietEnd([
        ...handshake,
        ...talk(
          [
            [6, '>', 'S'],
            [6.1, '<', 'RA'],
          ],
          [40001, 80],
        ),
      ]),
    );
    const whole = readCapture(pcap, bytes).rows;
    expect(whole).toHaveLength(3);
    for (const piece of [1, 13, 100]) expect(readCapture(pcap, bytes, piece).rows).toEqual(whole);
  });

  test('a clock that steps back is said, and what waited is written', () => {
    const frames = [...talk([[1000, '>', 'S']]), ...talk([[0, '>', 'S']], [40001, 80]), later];
    const { rows: found, notes } = read(frames);
    expect(found.map((row) => pick(row, 'targetPort', 'outcome'))).toMatchObject([
      { targetPort: 22, outcome: 'unknown' },
      { targetPort: 80, outcome: 'unanswered' },
      {},
    ]);
    expect([...notes]).toEqual([['the clock of the capture stepped back', 1]]);
  });

  test('flow datagrams among other packets are counted, and the flow formats read them out of the same capture', () => {
    const exported = v5({ uptime: 100_000 }, [
      { from: client, to: server, ports: [61000, 22], flags: 2, first: 95_000 },
    ]);
    const frames: Frame[] = [
      { at: 0, bytes: ethernet(ip('203.0.113.9', '203.0.113.10', 17, udp(40000, 2055, exported))) },
      { at: 0.1, bytes: ethernet(ip('203.0.113.9', '203.0.113.10', 17, udp(40000, 2055, 'no flows'))) },
      ...talk([[1, '>', 'S']], [40000, 80]),
      ...talk([[1.1, '>', 'S']], [40001, 81]),
      later,
    ];
    const capture = pcapFile(frames);
    expect(recognise(capture, 'x', [pcap, netflow]).format).toBe(pcap);
    const packets = readCapture(pcap, capture);
    expect([...packets.notes]).toEqual([
      ["NetFlow, IPFIX or sFlow datagrams: '--format netflow' reads the flows", 1],
    ]);
    expect(packets.rows.filter((row) => row['proto'] === 6)).toHaveLength(2);
    const flows = readCapture(netflow, capture);
    expect(flows.rows.map((row) => pick(row, 'source', 'target', 'targetPort'))).toEqual([
      { source: client, target: server, targetPort: 22 },
    ]);
  });

  test('recognised by content', () => {
    const sample = (bytes: Uint8Array): number => pcap.recognise({ bytes, lines: [], name: 'x' });
    expect(sample(pcapFile([]))).toBeGreaterThan(0.8);
    expect(sample(bytesOf('Jan  1 00:00:00 host kernel: …'))).toBe(0);
    expect(sample(new Uint8Array(0))).toBe(0);
  });
});

describe('payloads', () => {
  /** A connection whose data follows the handshake; sequence numbers are kept. */
  function connection(
    port: number,
    data: readonly (readonly ['>' | '<', string | Uint8Array, number?])[],
    clientPort = 40000,
  ): Frame[] {
    const sequence = { '>': 1001, '<': 1 };
    const ports = [clientPort, port] as const;
    return [
      ...talk(
        [
          [0, '>', 'S', { options: mss }],
          [0.01, '<', 'SA', { sequence: 0 }],
          [0.02, '>', 'A', { sequence: 1001 }],
        ],
        ports,
      ),
      ...data.flatMap(([direction, payload, at], i) => {
        const frames = talk(
          [[at ?? 0.03 + i / 100, direction, 'PA', { payload, sequence: sequence[direction] }]],
          ports,
        );
        sequence[direction] += payload.length;
        return frames;
      }),
    ];
  }
  const get = (path: string, agent = 'probe/1.0'): string =>
    `GET ${path} HTTP/1.1\r\nHost: www.test:8080\r\nUser-Agent: ${agent}\r\n\r\n`;
  const ok = (status: number, length: number): string =>
    `HTTP/1.1 ${status} X\r\nServer: nginx\r\nContent-Length: ${length}\r\n\r\n`;
  const texts = (row: Row): Row =>
    pick(row, 'kind', 'time', 'method', 'path', 'status', 'size', 'detail', 'host', 'agent');

  test('a banner stands on the contact of the server that spoke first', () => {
    expect(rows(connection(22, [['<', 'SSH-2.0-OpenSSH_9.2p1\r\nrest']]))).toMatchObject([
      {
        kind: 'contact',
        time: 0,
        outcome: 'answered',
        size: 27,
        flags: 'syn gotData hasSize',
        detail: 'SSH-2.0-OpenSSH_9.2p1',
      },
    ]);
    expect(rows(connection(4444, [['>', 'hello']]))).toMatchObject([
      { flags: 'syn sentData', outcome: 'answered' },
    ]);
    expect(rows(connection(4444, [['<', 'z'.repeat(1000)]]))[0].detail).toBe('z'.repeat(256));
  });

  test('requests of one connection, each with its response; the last gets none', () => {
    const found = rows(
      connection(80, [
        ['>', get('/a?x=1')],
        ['<', ok(404, 153)],
        ['<', 'body of the page'],
        ['>', get('/b')],
        ['<', 'HTTP/1.1 100 Continue\r\n\r\n'],
        ['<', ok(200, 9)],
        ['>', get('/c')],
      ]),
    );
    expect(found[0]).toMatchObject({ kind: 'contact', flags: 'syn sentData', targetPort: 80 });
    const common = { kind: 'request', method: 'GET', host: 'www.test', agent: 'probe/1.0' };
    expect(found.slice(1).map(texts)).toEqual([
      { ...common, time: 30_000, path: '/a', status: 404, size: 153, detail: 'nginx' },
      { ...common, time: 60_000, path: '/b', status: 200, size: 9, detail: 'nginx' },
      { ...common, time: 90_000, path: '/c', status: undefined, size: undefined, detail: undefined },
    ]);
    expect(found[1]).toMatchObject({
      source: client,
      target: server,
      sourcePort: 40000,
      role: 'originator',
      query: 'x=1',
    });
  });

  test('heads over several segments, copies of segments, and several heads in one', () => {
    const head = get('/split');
    const split = connection(80, [
      ['>', head.slice(0, 20)],
      ['>', head.slice(20)],
      ['<', ok(200, 1)],
    ]);
    expect(rows(split).slice(1).map(texts)).toMatchObject([
      { path: '/split', agent: 'probe/1.0', status: 200 },
    ]);
    const once = connection(80, [
      ['>', head],
      ['<', ok(200, 1)],
    ]);
    const copied = [...once.slice(0, 4), once[3], ...once.slice(4)];
    expect(rows(copied).slice(1)).toHaveLength(1);
    const pipelined = connection(80, [
      ['>', get('/1') + get('/2') + get('/3')],
      ['<', ok(200, 1)],
      ['<', ok(404, 2)],
    ]);
    expect(
      rows(pipelined)
        .slice(1)
        .map((row) => `${row.path} ${row.status}`),
    ).toEqual(['/1 200', '/2 404', '/3 undefined']);
  });

  /** A client's segments of one text in the order given, each [from, to) of it, then what the server says. */
  function shuffled(
    text: string,
    pieces: readonly (readonly [number, number])[],
    answer: string,
    sequence = 1000,
  ): Frame[] {
    return talk(
      [
        [0, '>', 'S', { options: mss, sequence }],
        [0.01, '<', 'SA', { sequence: 0 }],
        ...pieces.map(
          ([from, to], i) =>
            [
              0.03 + i / 100,
              '>',
              'PA',
              { payload: text.slice(from, to), sequence: (sequence + 1 + from) >>> 0 },
            ] as const,
        ),
        [1, '<', 'PA', { payload: answer, sequence: 1 }],
      ],
      [40000, 80],
    );
  }
  const admin = get('/admin/index.php?x=1', 'scanner/1.0');
  const end = admin.length;
  /** Inside the path, behind the request line, inside the agent. */
  const [a, b, c] = [8, admin.indexOf('Host'), admin.indexOf('canner')];
  const asked = { path: '/admin/index.php', agent: 'scanner/1.0', host: 'www.test', status: 404, size: 7 };

  test('segments out of order, copies, and such as overlap make up one request', () => {
    const orders: (readonly (readonly [number, number])[])[] = [
      [
        [a, end],
        [0, a],
      ],
      [
        [0, a],
        [c, end],
        [a, c],
      ],
      [
        [c, end],
        [b, c],
        [a, b],
        [0, a],
      ],
      [
        [b, c],
        [0, a],
        [c, end],
        [a, b],
      ],
      [
        [c, end],
        [c, end],
        [0, a],
        [0, a],
        [a, c],
      ],
      [
        [0, a],
        [b, end],
        [0, c],
      ],
      [
        [0, a],
        [0, end],
      ],
      [
        [0, a],
        [a - 4, c],
        [a, b],
        [c - 9, end],
      ],
      [
        [a, end],
        [0, b],
      ],
      [
        [b, c],
        [a, end],
        [0, a],
      ],
    ];
    for (const pieces of orders) {
      const found = rows(shuffled(admin, pieces, ok(404, 7)));
      expect([pieces, found.map(({ kind }) => kind)]).toEqual([pieces, ['contact', 'request']]);
      expect([pieces, found[1]]).toEqual([pieces, expect.objectContaining({ ...asked, query: 'x=1' })]);
      // Where the 32 bits wrap.
      expect(rows(shuffled(admin, pieces, ok(404, 7), 0xffff_ffff - 20))[1]).toMatchObject(asked);
    }
  });

  test('a request that begins in the SYN', () => {
    const frames = talk(
      [
        [0, '>', 'S', { options: mss, payload: admin.slice(0, a) }],
        [0.01, '<', 'SA', { sequence: 0 }],
        [0.02, '>', 'PA', { sequence: 1001 + a, payload: admin.slice(a) }],
        [0.03, '<', 'PA', { sequence: 1, payload: ok(404, 7) }],
      ],
      [40000, 80],
    );
    expect(rows(frames)).toMatchObject([
      { kind: 'contact', outcome: 'answered' },
      { kind: 'request', ...asked },
    ]);
  });

  test('seeded: however a request is cut, copied and shuffled, it is read whole and once', () => {
    let seed = 0x0ff7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 0x1_0000_0000) * below);
    };
    for (let round = 0; round < 300; round++) {
      // 'GET /' is what a request is known by.
      const cuts = [0, ...Array.from({ length: 4 }, () => 5 + random(end - 5)), end].sort((x, y) => x - y);
      const pieces = cuts
        .slice(1)
        .map((to, i) => [Math.max(0, cuts[i] - random(9)), to] as const)
        .filter(([from, to]) => to > from);
      for (let i = random(3); i > 0; i--) pieces.push(pieces[random(pieces.length)]);
      for (let i = pieces.length - 1; i > 0; i--) {
        const k = random(i + 1);
        [pieces[i], pieces[k]] = [pieces[k], pieces[i]];
      }
      const found = rows(shuffled(admin, pieces, ok(404, 7)));
      expect([pieces, found.slice(1)]).toEqual([pieces, [expect.objectContaining(asked)]]);
    }
  });

  test('a gap that nobody fills: nothing is said of what stood in it', () => {
    const request = (pieces: readonly (readonly [number, number])[]): Row =>
      pick(
        rows(shuffled(admin, pieces, ok(404, 7)))[1],
        'kind',
        'method',
        'path',
        'query',
        'host',
        'agent',
        'status',
      );
    const nothing = {
      kind: 'request',
      method: 'GET',
      path: undefined,
      query: undefined,
      host: undefined,
      agent: undefined,
      status: 404,
    };
    expect(
      request([
        [0, a],
        [b, end],
      ]),
    ).toEqual(nothing);
    expect(request([[0, a]])).toEqual(nothing);
    expect(request([[0, b]])).toEqual({ ...nothing, path: '/admin/index.php', query: 'x=1' });
    expect(request([[0, c]])).toEqual({
      ...nothing,
      path: '/admin/index.php',
      query: 'x=1',
      host: 'www.test',
    });
    expect(rows(shuffled(admin, [[a, end]], ok(404, 7))).map(({ kind }) => kind)).toEqual(['contact']);
    // A segment that came too late is not waited for.
    const pieces = [
      [a, end],
      [0, a],
    ] as const;
    const late = shuffled(admin, pieces, '')
      .slice(0, -1)
      .map((frame, i, all) => (i === all.length - 1 ? { ...frame, at: 9 } : frame));
    const found = read([...late, { ...later, at: 40 }]).rows.filter(({ kind }) => kind === 'request');
    expect(found.map((row) => pick(row, 'method', 'path'))).toEqual([{ method: 'GET', path: undefined }]);
  });

  test('early segments are held of one flow and of all up to a limit, and what is beyond is counted', () => {
    const text = get('/' + 'x'.repeat(200));
    const letters = Array.from({ length: 9 }, (_, i) => [20 + 10 * i, 30 + 10 * i] as const);
    const sink = read(quietEnd(shuffled(text, [...letters, [0, 20], [110, text.length]], ok(200, 1))));
    const note = 'segments out of order beyond what can be held: requests may lack what they said';
    expect([...sink.notes]).toEqual([[note, 1]]);
    expect(sink.rows[1]).toMatchObject({ kind: 'request', method: 'GET', status: 200 });
    expect(sink.rows[1].path).toBeUndefined();
    const frames: Frame[] = [];
    for (let i = 0; i < 600; i++)
      frames.push(
        ...connection(80, [['>', admin]], 10_000 + i)
          .map((frame, k) =>
            k < 3
              ? frame
              : talk([[0, '>', 'PA', { sequence: 1001 + a, payload: admin.slice(a) }]], [10_000 + i, 80])[0],
          )
          .map((frame) => ({ ...frame, at: i / 10_000 })),
      );
    for (let i = 0; i < 600; i++)
      frames.push(
        ...talk(
          [[0.1 + i / 10_000, '>', 'PA', { sequence: 1001, payload: admin.slice(0, a) }]],
          [10_000 + i, 80],
        ),
      );
    const many = read(quietEnd(frames));
    expect([...many.notes]).toEqual([[note, 600 - 512]]);
    const requests = many.rows.filter(({ kind }) => kind === 'request');
    expect(requests).toHaveLength(600);
    expect(requests.filter(({ path, agent }) => path === asked.path && agent === asked.agent)).toHaveLength(
      512,
    );
    expect(requests.filter(({ path }) => path === undefined)).toHaveLength(600 - 512);
  });

  test('a request in the middle of a connection whose beginning was not seen', () => {
    const middle = connection(80, [
      ['>', get('/late')],
      ['<', ok(403, 5)],
    ]).slice(3);
    expect(rows(middle)).toMatchObject([
      { kind: 'contact', role: 'unknown' },
      { kind: 'request', path: '/late', status: 403, source: client },
    ]);
  });

  test('more unanswered requests than are kept: the oldest are written, and counted', () => {
    const frames: Frame[] = [];
    for (let i = 0; i < 5000; i++)
      frames.push(
        ...connection(80, [['>', get(`/${i}`)]], 10_000 + i).map((frame) => ({ ...frame, at: i / 10_000 })),
      );
    const sink = read(quietEnd(frames));
    expect(sink.rows.filter(({ kind }) => kind === 'request')).toHaveLength(5000);
    expect([...sink.notes]).toEqual([[expect.stringMatching(/^more unanswered requests/), 904]]);
  });

  test('TLS: server name and JA4, whole, over segments, and cut by the snap length', () => {
    const tls = { kind: 'contact', detail: 'www.example.com', fingerprint: exampleJa4, outcome: 'answered' };
    expect(rows(connection(443, [['>', exampleHello('www.example.com')]]))).toMatchObject([tls]);
    const long = exampleHello('www.example.com', 2000);
    expect(
      rows(
        connection(443, [
          ['>', long.subarray(0, 1400)],
          ['>', long.subarray(1400)],
        ]),
      ),
    ).toMatchObject([tls]);
    const stuck = rows(connection(443, [['>', long.subarray(0, 1400)]]));
    expect(stuck).toHaveLength(1);
    expect(stuck[0].fingerprint).toBeUndefined();
    const cut = connection(443, [['>', long]]).map((frame) => ({
      ...frame,
      bytes: frame.bytes.subarray(0, 200),
    }));
    expect(rows(cut)).toMatchObject([{ kind: 'contact', flags: 'syn sentData' }]);
  });

  test('TLS: a hello whose segments stand out of order; what a server says behind one is no banner', () => {
    const hello = Buffer.from(exampleHello('www.example.com', 2000)).toString('latin1');
    const tls = { kind: 'contact', detail: 'www.example.com', fingerprint: exampleJa4, outcome: 'answered' };
    const end = hello.length;
    for (const pieces of [
      [
        [1000, end],
        [0, 1000],
      ],
      [
        [0, 1000],
        [1500, end],
        [990, 1600],
      ],
      [
        [1500, end],
        [1000, 1500],
        [0, 1000],
      ],
    ] as const)
      expect(rows(shuffled(hello, pieces, 'later'))).toEqual([expect.objectContaining(tls)]);
    for (const pieces of [[[0, 1000]], [[1000, end]]] as const) {
      const found = rows(shuffled(hello, pieces, 'no banner'));
      expect(found).toMatchObject([{ outcome: 'answered', flags: 'syn sentData gotData hasSize', size: 9 }]);
      expect(found[0].detail).toBeUndefined();
    }
  });

  const ask = (at: number, id: number, name: string, type = 1): Frame => ({
    at,
    bytes: ethernet(ip(client, server, 17, udp(5353 + 40000, 53, dnsMessage(id, name, type)))),
  });
  const reply = (at: number, id: number, name: string, rcode: number, type = 1): Frame => ({
    at,
    bytes: ethernet(ip(server, client, 17, udp(53, 5353 + 40000, dnsMessage(id, name, type, rcode)))),
  });
  const queries = (frames: readonly Frame[]): Row[] =>
    rows(frames)
      .filter(({ kind }) => kind === 'query')
      .map((row) => pick(row, 'time', 'name', 'queryType', 'status', 'role', 'source'));
  const query = (time: number, name: string, status: number | undefined): Row => ({
    time,
    name,
    queryType: 1,
    status,
    role: 'originator',
    source: client,
  });

  test('DNS over one socket: each query joined to its answer by id; repeats count once', () => {
    expect(
      queries([
        ask(0, 1, 'a.test'),
        ask(0.1, 2, 'b.test'),
        ask(0.15, 1, 'a.test'),
        reply(0.2, 2, 'b.test', 3),
        reply(0.3, 1, 'a.test', 0),
        ask(0.4, 3, 'c.test'),
      ]),
    ).toEqual([query(100_000, 'b.test', 3), query(0, 'a.test', undefined), query(400_000, 'c.test', 255)]);
  });

  test('DNS: an answer without its question is half of something', () => {
    expect(queries([reply(0, 9, 'victim.test', 0)])).toEqual([
      { ...query(0, 'victim.test', undefined), role: 'unknown' },
    ]);
  });

  test('DNS over TCP: a zone transfer, its length in a segment of its own', () => {
    const transfer = dnsMessage(7, 'example.test', 252);
    const refused = dnsMessage(7, 'example.test', 252, 5);
    const length = (message: Uint8Array): Uint8Array => bytesOf(0, message.length);
    for (const data of [
      [
        ['>', bytesOf(length(transfer), transfer)],
        ['<', bytesOf(length(refused), refused)],
      ],
      [
        ['>', length(transfer)],
        ['>', transfer],
        ['<', length(refused)],
        ['<', refused],
      ],
    ] as const)
      expect(rows(connection(53, data)).slice(1)).toMatchObject([
        { kind: 'query', name: 'example.test', queryType: 252, status: 5, proto: 6 },
      ]);
  });

  test('DNS over TCP behind a PROXY header, in the same segment or one of its own', () => {
    const header = Buffer.from('PROXY TCP4 203.0.113.99 198.51.100.9 61000 53\r\n');
    const message = dnsMessage(7, 'example.test', 252);
    const query = bytesOf(0, message.length, message);
    const answer = dnsMessage(7, 'example.test', 252, 5);
    const reply = ['<', bytesOf(0, answer.length, answer)] as const;
    for (const data of [
      [['>', bytesOf(header, query)], reply],
      [['>', header], ['>', query], reply],
    ] as const)
      expect(rows(connection(53, data)).slice(1)).toMatchObject([
        { kind: 'query', name: 'example.test', queryType: 252, status: 5 },
      ]);
  });

  test('garbage on port 53 is counted, and changes nothing', () => {
    const sink = read(
      quietEnd([{ at: 0, bytes: ethernet(ip(client, server, 17, udp(40000, 53, 'not dns'))) }]),
    );
    expect(sink.rows.filter(({ kind }) => kind === 'query')).toEqual([]);
    expect(sink.notes.get('DNS messages that cannot be read')).toBe(1);
  });

  test('a DNS message that the snap length cut is not called broken', () => {
    const sink = read(
      quietEnd(
        [ask(0, 1, 'a-name-of-some-length.test')].map((frame) => ({
          ...frame,
          bytes: frame.bytes.subarray(0, 60),
        })),
      ),
    );
    expect([...sink.notes]).toEqual([['DNS messages that the capture cut short', 1]]);
  });

  test('all of it the same from a pipe', () => {
    const frames = quietEnd([
      ...connection(
        80,
        [
          ['>', get('/a')],
          ['<', ok(404, 153)],
          ['>', get('/b')],
        ],
        40001,
      ),
      ...connection(22, [['<', 'SSH-2.0-x\r\n']], 40002),
      ...connection(443, [['>', exampleHello('www.example.com')]], 40003),
      ask(1, 1, 'a.test'),
      reply(1.1, 1, 'a.test', 3),
    ]);
    const bytes = pcapFile(frames);
    const whole = readCapture(pcap, bytes).rows;
    expect(whole.map(({ kind }) => String(kind)).sort((x, y) => (x < y ? -1 : 1))).toEqual([
      'contact',
      'contact',
      'contact',
      'contact',
      'contact',
      'query',
      'request',
      'request',
    ]);
    for (const piece of [1, 29, 333]) expect(readCapture(pcap, bytes, piece).rows).toEqual(whole);
  });
});
