import { expect, test } from 'vitest';
import { TestSink } from '../../test/packets.ts';
import { FlowTable } from './flow-table.ts';

/** Packets by hand: source port and time make them differ. */
function packet(port: number, flags: number, time: number, back = false, sequence = port): Packetish {
  const there = Int32Array.from([0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002]);
  const address = back ? Int32Array.from([...there.slice(4), ...there.slice(0, 4)]) : there;
  return {
    address,
    proto: 6,
    sourcePort: back ? 80 : port,
    targetPort: back ? port : 80,
    ttl: 64,
    ipId: 0,
    flags,
    sequence,
    window: 0,
    noOptions: false,
    fragment: false,
    icmp: 0,
    icmpKind: 0,
    payloadLength: 0,
    quoted: new Int32Array(8),
    quotedProto: -1,
    quotedSourcePort: 0,
    quotedTargetPort: 0,
    time,
    record: port,
  };
}
type Packetish = Parameters<FlowTable['see']>[1];
const syn = 2;
const rst = 4;
const ack = 16;

function finish(table: FlowTable, sink: TestSink): Map<string, number> {
  table.flush(sink);
  sink.take();
  const outcomes = new Map<string, number>();
  for (const { outcome } of sink.rows)
    outcomes.set(String(outcome), (outcomes.get(String(outcome)) ?? 0) + 1);
  return outcomes;
}

test('more waiting flows than slots: the oldest are written as unknown, and counted', () => {
  const table = new FlowTable(16);
  const sink = new TestSink();
  for (let port = 1; port <= 20; port++) table.see(sink, packet(port, syn, port));
  sink.take();
  expect(sink.rows.map(({ sourcePort, outcome }) => `${sourcePort} ${outcome}`)).toEqual([
    '1 unknown',
    '2 unknown',
    '3 unknown',
    '4 unknown',
  ]);
  expect(table.evicted).toBe(4);
  expect(sink.notes.get('flow table full: contacts written before they were decided')).toBe(4);
  expect(finish(table, sink)).toEqual(new Map([['unknown', 20]]));
});

test('a flow that is in use outlives a flood of others, and is not taken for a new one', () => {
  const table = new FlowTable(16);
  const sink = new TestSink();
  const slot = table.see(sink, packet(1, syn, 0));
  for (let port = 2; port <= 500; port++) {
    table.see(sink, packet(port, syn, port));
    expect(table.see(sink, packet(1, ack, port, port % 2 === 0))).toBe(slot);
  }
  finish(table, sink);
  expect(sink.rows.filter(({ sourcePort }) => sourcePort === 1)).toHaveLength(1);
  expect(sink.rows).toHaveLength(500);
});

test('seeded traffic through small tables and one that grows: every opener has one row', () => {
  for (const capacity of [64, 4096, 65_536]) {
    const table = new FlowTable(capacity, 7);
    const sink = new TestSink();
    let random = 12345;
    const next = (n: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return (random >>> 8) % n;
    };
    const answered = new Set<number>();
    let refused = 0;
    for (let port = 1; port <= 9000; port++) {
      table.see(sink, packet(port, syn, port * 1000));
      const kind = next(3);
      if (kind === 0) {
        table.see(sink, packet(port, syn | ack, port * 1000 + 10, true));
        answered.add(port);
      } else if (kind === 1) {
        table.see(sink, packet(port, rst | ack, port * 1000 + 10, true));
        refused++;
      }
    }
    const outcomes = finish(table, sink);
    expect(sink.rows).toHaveLength(9000);
    expect(new Set(sink.rows.map(({ sourcePort }) => sourcePort)).size).toBe(9000);
    expect(outcomes.get('refused')).toBe(refused);
    expect(outcomes.get('answered')).toBe(answered.size);
  }
});

test('rows are written within five seconds of event time, in the order of their deadlines', () => {
  const table = new FlowTable(1024);
  const sink = new TestSink();
  for (let port = 1; port <= 100; port++) table.see(sink, packet(port, syn, port * 1_000_000));
  sink.take();
  expect(sink.rows.map(({ sourcePort }) => sourcePort)).toEqual(Array.from({ length: 95 }, (_, i) => i + 1));
});
