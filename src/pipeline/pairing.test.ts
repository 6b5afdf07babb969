import { describe, expect, test } from 'vitest';
import {
  EventBatch,
  EventKind,
  Flag,
  Outcome,
  outcomeNames,
  Proto,
  Role,
  roleNames,
} from '../model/event.ts';
import { Pairing, roleByPorts } from './pairing.ts';

const client = 0xc0000207;
const server = 0xc6336404;

interface Row {
  readonly time: number;
  readonly back?: boolean;
  readonly role?: keyof typeof Role;
  readonly outcome?: keyof typeof Outcome;
  readonly flags?: number;
  readonly ports?: readonly [number, number];
  readonly proto?: number;
}

function batchOf(rows: readonly Row[]): EventBatch {
  const batch = new EventBatch();
  for (const {
    time,
    back = false,
    role = 'unpaired',
    outcome = 'unknown',
    flags = 0,
    ports,
    proto,
  } of rows) {
    const [from, to] = ports ?? [40_000, 443];
    const row = batch.length++;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = 1_767_000_000_000_000 + time * 1_000_000;
    batch.source[row] = back ? server : client;
    batch.target[row] = back ? client : server;
    batch.sourcePort[row] = back ? to : from;
    batch.targetPort[row] = back ? from : to;
    batch.proto[row] = proto ?? Proto.udp;
    batch.role[row] = Role[role];
    batch.outcome[row] = Outcome[outcome];
    batch.flags[row] = flags | Flag.oneSided;
  }
  return batch;
}

function paired(...batches: readonly (readonly Row[])[]): string[] {
  const pairing = new Pairing();
  const made = batches.map(batchOf);
  for (const batch of made) pairing.add(batch);
  return made.flatMap((batch) =>
    Array.from(
      { length: batch.length },
      (_, row) => `${roleNames[batch.role[row]]} ${outcomeNames[batch.outcome[row]]}`,
    ),
  );
}

describe('reversed five-tuples within 60 s are one conversation', () => {
  test('the earlier start began, in whatever order they come', () => {
    expect(paired([{ time: 0 }, { time: 0.1, back: true }])).toEqual([
      'originator answered',
      'responder unknown',
    ]);
    expect(paired([{ time: 0.1, back: true }, { time: 0 }])).toEqual([
      'responder unknown',
      'originator answered',
    ]);
    expect(paired([{ time: 0.1, back: true }], [{ time: 0 }])).toEqual([
      'responder unknown',
      'originator answered',
    ]);
  });
  test('of equal starts the one with the ephemeral port', () => {
    expect(paired([{ time: 0, back: true }, { time: 0 }])).toEqual([
      'responder unknown',
      'originator answered',
    ]);
  });
  test('61 s apart they are two', () => {
    expect(paired([{ time: 0 }, { time: 61, back: true }])).toEqual(['unpaired unknown', 'unpaired unknown']);
  });
  test('a reset without a SYN refuses, a SYN-ACK answers', () => {
    const probe: Row = {
      time: 0,
      role: 'originator',
      flags: Flag.tcpFlags | Flag.syn | Flag.rst,
      proto: Proto.tcp,
    };
    const reply = (flags: number): Row => ({
      time: 0,
      back: true,
      role: 'responder',
      flags: Flag.tcpFlags | flags,
      proto: Proto.tcp,
    });
    expect(paired([probe, reply(Flag.rst | Flag.ack)])[0]).toBe('originator refused');
    expect(paired([probe, reply(Flag.syn | Flag.ack)])[0]).toBe('originator answered');
  });
  test('an ICMP reply has another type than its request', () => {
    const rows: Row[] = [
      { time: 0, role: 'originator', proto: Proto.icmp, ports: [0, 0x0800] },
      { time: 0.01, back: true, role: 'responder', proto: Proto.icmp, ports: [0, 0] },
    ];
    expect(paired(rows)[0]).toBe('originator answered');
  });
  test('a word stronger than silence stands', () => {
    expect(
      paired([
        { time: 0, outcome: 'denied' },
        { time: 1, back: true },
      ])[0],
    ).toBe('originator denied');
  });
  test('what the reply sent is what the originator got: a greeting that nobody asked for', () => {
    const pairing = new Pairing();
    const batch = batchOf([
      { time: 0, role: 'originator', proto: Proto.tcp },
      { time: 0, back: true, flags: Flag.sentData, proto: Proto.tcp },
      { time: 5, role: 'originator', proto: Proto.tcp, ports: [40_001, 443] },
      { time: 5, back: true, proto: Proto.tcp, ports: [40_001, 443] },
    ]);
    pairing.add(batch);
    expect(batch.flags[0] & (Flag.gotData | Flag.sentData)).toBe(Flag.gotData);
    expect(batch.flags[2] & (Flag.gotData | Flag.sentData)).toBe(0);
  });
  test('a reply that is known to refuse does, without flags', () => {
    expect(
      paired([
        { time: 0, proto: Proto.tcp },
        { time: 0, back: true, role: 'responder', outcome: 'refused', proto: Proto.tcp },
      ])[0],
    ).toBe('originator refused');
  });
  test('a row that has gone is not touched', () => {
    const pairing = new Pairing();
    const first = batchOf([{ time: 0 }]);
    pairing.add(first);
    first.clear();
    const second = batchOf([{ time: 1, back: true }]);
    pairing.add(second);
    expect([first.role[0], roleNames[second.role[0]]]).toEqual([0, 'responder']);
  });
});

test.each([
  [[40_000, 443], 'originator'],
  [[443, 40_000], 'responder'],
  [[5_000, 53], 'originator'],
  [[40_000, 50_000], 'unknown'],
  [[5_000, 6_000], 'unknown'],
] as const)('alone, ports %j make it %s', (ports, role) => {
  expect(roleNames[roleByPorts(batchOf([{ time: 0, ports }]), 0)]).toBe(role);
});

test('alone and without ports, a few bytes to one host are their sender’s; tunnels, groups and ICMP are not', () => {
  const role = (proto: number, size: number, flags = 0, target = server): string => {
    const batch = batchOf([{ time: 0, proto, ports: [0, 0], flags: Flag.hasSize | flags }]);
    batch.size[0] = size;
    batch.target[0] = target;
    return roleNames[roleByPorts(batch, 0)];
  };
  expect(role(132 + 1, 20)).toBe('originator');
  expect(role(47, 192)).toBe('originator');
  expect(role(47, 193)).toBe('unknown');
  expect(role(50, 120_000)).toBe('unknown');
  expect(role(89, 64, 0, 0xe000_0005)).toBe('unknown');
  expect(role(2, 32, 0, 0xffff_ffff)).toBe('unknown');
  expect(role(Proto.icmp, 20)).toBe('unknown');
  const paired = batchOf([{ time: 0, proto: 47, ports: [0, 0], flags: Flag.hasSize }]);
  paired.size[0] = 20;
  paired.flags[0] &= ~Flag.oneSided;
  expect(roleNames[roleByPorts(paired, 0)]).toBe('unknown');
});
