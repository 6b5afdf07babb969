import { describe, expect, test } from 'vitest';
import {
  address,
  commonFields,
  commonRecord,
  ipfix,
  optionsTemplate,
  optionsTemplate9,
  set,
  sflow,
  sflowSample,
  template,
  u64,
  v5,
  v9,
} from '../../test/flows.ts';
import type { Field } from '../../test/flows.ts';
import { RowCollector } from '../../test/flow-rows.ts';
import { ethernet, ip, tcp, u16, u32 } from '../../test/packets.ts';
import { FlowDatagrams, messageKind } from './flow-capture.ts';
import { NetflowDecoder } from './netflow.ts';
import type { FlowLimits } from './flow-exporter.ts';

const scanner = '192.0.2.7';
const host = '198.51.100.4';
const uptime = 100_000;
const record = commonRecord({ from: scanner, to: host, ports: [61000, 22], flags: 2, first: 95_000 });
const exporter = (number: number): number[] => [0, 0, 0xffff, 0x0a00_0000 + number];

/** A decoder with small limits, fed datagram by datagram. */
class Fed {
  readonly collector = new RowCollector();
  readonly decoder: NetflowDecoder;
  #record = 0;

  constructor(limits: Partial<FlowLimits> = {}) {
    this.decoder = new NetflowDecoder(limits);
  }

  send(datagram: Uint8Array, from = 1): this {
    this.decoder.datagram(this.collector, datagram, 0, datagram.length, exporter(from), -1, ++this.#record);
    return this;
  }

  end(): RowCollector {
    this.decoder.finish(this.collector);
    this.collector.flush();
    return this.collector;
  }
}

describe('caps', () => {
  const define = (id: number): Uint8Array => v9({ uptime }, set(0, template(id, commonFields)));
  const data = (id: number): Uint8Array => v9({ uptime, sequence: 1 }, set(id, record));

  test('exporters: the longest silent one is forgotten with its templates', () => {
    const fed = new Fed({ exporters: 2 });
    fed.send(define(256), 1).send(define(256), 2).send(data(256), 1).send(define(256), 3);
    expect(fed.decoder.exporters.size).toBe(2);
    fed.send(data(256), 1).send(data(256), 2);
    const { rows, skipped, notes } = fed.end();
    expect(rows).toHaveLength(2);
    expect(skipped).toEqual({ 'data whose template never came': 1 });
    expect(notes['exporters forgotten: more than the limit']).toBe(2);
  });

  test('templates of one exporter; a template again is no further one', () => {
    const fed = new Fed({ templates: 2 });
    fed
      .send(define(256))
      .send(define(257))
      .send(define(256))
      .send(define(258))
      .send(data(257))
      .send(data(258));
    const { rows, skipped } = fed.end();
    expect(rows).toHaveLength(1);
    expect(skipped).toEqual({
      'more templates than one exporter may have': 1,
      'data whose template never came': 1,
    });
  });

  test('fields of a template and of all templates', () => {
    expect(new Fed({ fields: 9 }).send(define(256)).end().skipped).toEqual({
      'template with more fields than are read': 1,
    });
    const fed = new Fed({ allFields: 25 });
    for (let from = 1; from <= 5; from++) fed.send(define(256), from);
    expect(fed.decoder.exporters.fields).toBe(20);
    expect(fed.decoder.exporters.size).toBe(2);
  });

  test('data that waits: per exporter and in all, the oldest goes first', () => {
    const fed = new Fed({ pending: 120, allPending: 200 });
    for (let i = 0; i < 5; i++) fed.send(data(256), 1);
    expect(fed.decoder.exporters.pendingBytes).toBeLessThanOrEqual(120);
    for (let from = 2; from < 12; from++) fed.send(data(256), from);
    expect(fed.decoder.exporters.pendingBytes).toBeLessThanOrEqual(200);
    fed.send(define(256), 11);
    expect(fed.collector.skipped['data whose template never came']).toBeGreaterThan(8);
    const { rows } = fed.end();
    expect(rows).toHaveLength(1);
    expect(fed.decoder.exporters.pendingBytes).toBe(0);
  });

  test('samplers of one exporter', () => {
    const fed = new Fed({ samplers: 2 });
    const options = optionsTemplate9(
      300,
      [[1, 4]],
      [
        [48, 2],
        [50, 4],
      ],
    );
    const samplers = [1, 2, 3].map((id) => [...u32(0), ...u16(id), ...u32(id === 3 ? 1 : 100)]);
    fed.send(
      v9(
        { uptime },
        set(1, options),
        set(300, ...samplers),
        set(0, template(256, [...commonFields, [48, 2]])),
      ),
    );
    // Sampler 3 was not kept: what is known of the exporter as a whole decides, and its last word was "all".
    fed.send(v9({ uptime, sequence: 1 }, set(256, record, u16(1), record, u16(3))));
    expect(fed.end().rows.map(({ outcome }) => outcome)).toEqual(['unknown', 'unanswered']);
  });
});

describe('sequence numbers', () => {
  const flow = { from: scanner, to: host, ports: [61000, 22], flags: 2, first: 95_000 } as const;
  const numbered = (sequence: number): Uint8Array => v5({ uptime, sequence }, [flow, flow]);
  const notesOf = (...sequences: number[]): Record<string, number> => {
    const fed = new Fed();
    for (const sequence of sequences) fed.send(numbered(sequence));
    return fed.end().notes;
  };

  test('no gap, also where the 32 bits wrap', () => {
    expect(notesOf(0xffff_fffe, 0, 2, 4)).toEqual({});
  });
  test('a gap is counted; what comes late fills it', () => {
    expect(notesOf(0, 2, 8, 10)).toEqual({ 'lost before the collector, of exporter 10.0.0.1 id 0': 4 });
    expect(notesOf(0, 2, 6, 4, 8)).toEqual({});
  });
  test('a restart is no loss', () => {
    expect(notesOf(3_000_000_000, 0, 2)).toEqual({ 'sequence numbers started anew': 1 });
  });
  test('per exporter', () => {
    const fed = new Fed();
    fed.send(numbered(0), 1).send(numbered(50), 2).send(numbered(2), 1).send(numbered(52), 2);
    expect(fed.end().notes).toEqual({});
  });
});

test('an exporter whose clock is off is noted once', () => {
  const fed = new Fed();
  const datagram = v5({ uptime }, []);
  for (let i = 0; i < 3; i++)
    fed.decoder.datagram(fed.collector, datagram, 0, datagram.length, exporter(1), 0, i);
  expect(fed.end().notes).toEqual({ 'clock of exporter 10.0.0.1 id 0 is more than five minutes off': 1 });
});

test('what has neither a plausible clock nor a template in front is not recognised as messages', () => {
  const unset = { uptime, at: 502_000 };
  const kind = (bytes: Uint8Array): unknown => messageKind(bytes);
  expect(kind(v9(unset, set(0, template(256, commonFields))))).toBe('netflow');
  expect(kind(ipfix({ at: 502_000 }, set(2, template(256, commonFields))))).toBe('ipfix');
  expect(kind(v9({ uptime }, set(256, record)))).toBe('netflow');
  expect(kind(v9(unset, set(256, record)))).toBeUndefined();
  expect(kind(v9(unset, set(0, template(256, commonFields).slice(0, -6))))).toBeUndefined();
  expect(kind(v9(unset, set(0, template(256, [[0, 4]]))))).toBeUndefined();
  expect(kind(ipfix({ at: 502_000 }))).toBeUndefined();
});

/*
 * Structure-aware damage: whole datagrams of every kind, whose counts, lengths, template numbers and lengths of fields are
 * then set to what they must not be. FLOW_FUZZ_SECONDS=600 runs it for longer; FLOW_FUZZ_SEED repeats a run.
 */
test(
  'structure-aware damage never throws, never grows past the caps, and yields sane rows only',
  { timeout: 900_000 },
  () => {
    const seconds = Number(process.env.FLOW_FUZZ_SECONDS ?? 2);
    let seed = Number(process.env.FLOW_FUZZ_SEED ?? 20_260_102) >>> 0;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 0x1_0000_0000) * below);
    };
    const pick = <T>(of: readonly T[]): T => of[random(of.length)];
    const elements = [
      8, 12, 27, 28, 7, 11, 4, 6, 2, 1, 21, 22, 150, 152, 154, 156, 158, 160, 161, 34, 48, 233, 239, 305,
    ];
    const lengths = [0, 1, 2, 3, 4, 8, 16, 17, 255, 0xfffe, 0xffff];
    const fields = (): Field[] =>
      Array.from({ length: random(12) }, (): Field => {
        const known = pick(commonFields);
        if (random(3) > 0) return known;
        return random(4) === 0
          ? [pick(elements), pick(lengths), pick([29_305, 6871, 9])]
          : [pick(elements), pick(lengths)];
      });
    const noise = (length: number): number[] => Array.from({ length }, () => random(256));
    const body = (): number[] =>
      random(3) === 0 ? noise(random(200)) : Array.from({ length: random(6) }, () => record).flat();
    const id = (): number => 256 + random(6);
    const content = (): Uint8Array => {
      switch (random(7)) {
        case 0:
          return set(pick([0, 2]), template(id(), random(2) === 0 ? commonFields : fields()));
        case 1:
          return set(3, optionsTemplate(id(), random(3), fields()));
        case 2:
          return set(1, optionsTemplate9(id(), [[1, 4]], fields()));
        case 3:
          return set(2, u16(pick([2, 256, 257])), u16(0));
        case 4:
          return set(3, u16(3), u16(0));
        default:
          return set(id(), body());
      }
    };
    const datagram = (): Uint8Array => {
      const header = { uptime, sequence: random(20), domain: random(3) };
      const sets = Array.from({ length: random(5) }, content);
      switch (random(4)) {
        case 0:
          return v5({ uptime, count: random(40) }, [{ from: scanner, to: host, first: random(200_000) }]);
        case 1:
          return v9(header, ...sets);
        case 2:
          return ipfix(header, ...sets);
        default:
          return sflow(
            { sequence: random(9) },
            sflowSample({
              rate: random(3),
              expanded: random(2) === 0,
              frame: ethernet(ip(scanner, host, 6, tcp(1, 2, 'S'))),
              others: [[random(5), Uint8Array.from(noise(random(40)))]],
            }),
          );
      }
    };
    const limits = {
      exporters: 8,
      templates: 4,
      fields: 16,
      allFields: 200,
      pending: 2000,
      allPending: 6000,
      samplers: 4,
    };
    const decoders = new FlowDatagrams(limits);
    const collector = new RowCollector();
    const until = Date.now() + seconds * 1000;
    let rounds = 0;
    while (Date.now() < until) {
      for (let i = 0; i < 200; i++, rounds++) {
        const bytes = Uint8Array.from(datagram());
        // Words that say how much, or of what kind.
        for (let hits = random(4); hits > 0 && bytes.length > 24; hits--) {
          const at = 2 * random(bytes.length >> 1);
          const value = pick([0, 1, 2, 3, 4, 255, 256, 0x7fff, 0xffff, bytes.length, random(0x1_0000)]);
          bytes[at] = value >>> 8;
          bytes[at + 1] = value;
        }
        const end = random(10) === 0 ? random(bytes.length + 1) : bytes.length;
        decoders.datagram(collector, bytes, 0, end, exporter(random(12)), 1_767_323_045_000_000, rounds);
        expect(decoders.netflow.exporters.size).toBeLessThanOrEqual(limits.exporters);
        expect(decoders.netflow.exporters.pendingBytes).toBeLessThanOrEqual(limits.allPending);
        expect(decoders.netflow.exporters.fields).toBeLessThanOrEqual(limits.allFields);
      }
      collector.flush();
      for (const row of collector.rows) {
        if (
          !Number.isSafeInteger(row.time) ||
          row.time < 0 ||
          row.source === '0.0.0.0' ||
          row.target === '0.0.0.0'
        )
          expect.fail(`seed ${seed}: ${JSON.stringify(row)}`);
      }
      collector.rows.length = 0;
    }
    decoders.finish(collector);
    expect(decoders.netflow.exporters.pendingBytes).toBe(0);
    expect(rounds).toBeGreaterThan(100);
    expect(Object.keys(collector.skipped).length).toBeGreaterThan(8);
    // Notes name at most 64 exporters: their number is bounded.
    expect(Object.keys(collector.notes).length).toBeLessThan(500);
  },
);

test('fixed and variable templates read the same record alike', () => {
  const key: readonly Field[] = [
    [8, 4],
    [12, 4],
    [7, 2],
    [11, 2],
    [4, 1],
    [152, 8],
  ];
  const values = [
    ...address(scanner),
    ...address(host),
    ...u16(61000),
    ...u16(22),
    17,
    ...u64(1_767_323_040_000),
  ];
  const fixed = new Fed().send(ipfix({}, set(2, template(256, key)), set(256, values)));
  const variable = new Fed().send(
    ipfix({}, set(2, template(256, [...key, [82, 0xffff]])), set(256, values, 3, 'eth')),
  );
  const rows = fixed.end().rows;
  expect(rows).toHaveLength(1);
  expect(variable.end().rows).toEqual(rows);
});
