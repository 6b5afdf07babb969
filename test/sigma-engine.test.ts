import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { sigma } from '../src/detectors/sigma.ts';
import { AddressSet } from '../src/model/address.ts';
import type { Context } from '../src/model/context.ts';
import type { Detector } from '../src/model/detector.ts';
import { EventBatch, EventKind, Flag, Outcome, Proto, Role, Text } from '../src/model/event.ts';
import type { Crossing } from '../src/model/finding.ts';
import { Engine } from '../src/pipeline/engine.ts';
import { Correlator, type Matched } from '../src/sigma/correlator.ts';
import { RowSource, taxonomies, taxonomiesOf } from '../src/sigma/event-fields.ts';
import { compileMatcher } from '../src/sigma/matcher.ts';
import { readSigma } from '../src/sigma/document.ts';
import { type LinkedDetection, link } from '../src/sigma/collection.ts';
import { anyCorrelations } from '../src/sigma/correlations.fixture.ts';
import { seeded } from '../src/sigma/sigma.fixture.ts';

// Rules on the engine: the same answer as a built-in count of the same meaning, and findings that say the rule.

const context: Context = {
  home: AddressSet.parse(['198.51.100.0/24']),
  homeSource: 'configured',
  allowlist: [],
  trustedProxies: AddressSet.parse([]),
};
const ip = (text: string): number => text.split('.').reduce((value, part) => value * 256 + Number(part), 0);

interface Contact {
  readonly t: number;
  readonly source: string;
  readonly target: string;
  readonly port: number;
  readonly outcome: number;
  readonly role?: number;
}

function contacts(rows: readonly Contact[]): EventBatch {
  const batch = new EventBatch();
  for (const [row, { t, source, target, port, outcome, role = Role.originator }] of rows.entries()) {
    batch.kind[row] = EventKind.contact;
    batch.time[row] = t;
    batch.source[row] = ip(source);
    batch.target[row] = ip(target);
    batch.sourcePort[row] = 40_000;
    batch.targetPort[row] = port;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = outcome;
    batch.role[row] = role;
  }
  batch.length = rows.length;
  return batch;
}

function play(
  detectors: readonly { name: string; running: ReturnType<Detector['start']> }[],
  batch: EventBatch,
  budget = 64 << 20,
): Engine {
  const engine = new Engine(detectors, context, {
    inputNames: ['test'],
    budget,
    logCrossings: true,
    popularFrom: undefined,
  });
  engine.mark(batch);
  for (let row = 0; row < batch.length; row++) engine.row(batch, row);
  engine.settle();
  return engine;
}

const rule = `title: Denied
name: denied
logsource: {category: firewall}
detection: {sel: {action: deny}, condition: sel}
---
title: Vertical
name: vertical
tags: [attack.t1595.001]
level: medium
correlation: {type: value_count, rules: [denied], group-by: [src_ip, dst_ip], timespan: 5m, condition: {gt: 20, field: dst_port}}
`;

let folder: string;
beforeAll(async () => {
  await sigma.prepare?.({ rules: ['any'], placeholders: {} });
  folder = mkdtempSync(join(tmpdir(), 'offtrail-sigma-'));
  writeFileSync(join(folder, 'rules.yml'), rule);
  writeFileSync(
    join(folder, 'agent.yml'),
    'title: Agent\nlogsource: {category: webserver}\nlevel: low\ndetection: {sel: {cs-user-agent|contains: nikto}, condition: sel}\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a rule and a built-in count of the same meaning agree on group, first crossing and distinct count', () => {
  const random = seeded(3);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  let t = 0;
  const rows: Contact[] = Array.from({ length: 12_000 }, (_, index) => {
    // Now and then a pause in which windows run empty: a new episode crosses anew.
    if (index % 400 === 0) t += 400_000_000;
    t += random() < 0.3 ? 0 : Math.floor(random() * 3_000_000);
    return {
      t,
      source: pick(['203.0.113.1', '203.0.113.2', '203.0.113.3']),
      target: pick(['198.51.100.1', '198.51.100.2']),
      port: 1 + Math.floor(random() * 60),
      outcome: pick([Outcome.denied, Outcome.denied, Outcome.answered]),
    };
  });
  const batch = contacts(rows);
  // The built-in: the engine's own sliding count of denied services per source and target, worth switched off.
  const crossings: string[] = [];
  const builtIn: Detector = {
    name: 'built-in',
    title: 'Vertical',
    config: z.unknown(),
    start: () => ({
      counts: [
        {
          id: 'built-in/vertical',
          event: 'contact',
          by: ['source', 'target'],
          distinct: ['port'],
          windows: [{ span: 300, atLeast: 21 }],
          worth: (b, row) => (b.outcome[row] === Outcome.denied ? 1 : 0),
        },
      ],
      crossed(crossing) {
        crossings.push(`${crossing.time} ${crossing.actor >>> 0} ${crossing.key >>> 0} ${crossing.value}`);
        return { kind: 'vertical', reasons: [] };
      },
    }),
  };
  play([{ name: 'built-in', running: builtIn.start({}, context) }], batch);

  // The rule: compiled to a count of the rows that its base rule selects.
  const fired = firedBy(rule, batch, 4);
  expect(
    fired.map(({ time, group, value }) => `${time} ${group.map(ip).join(' ')} ${value}`).toSorted(),
  ).toEqual(crossings.toSorted());
  expect(crossings.length).toBeGreaterThan(10);
});

interface Said {
  readonly name: string;
  readonly time: number;
  readonly group: readonly string[];
  readonly value: number;
}

/** What correlations say when the engine counts them, crossing by crossing. */
function firedBy(text: string, batch: EventBatch, key: number): Said[] {
  const path = join(folder, `by${key}.yml`);
  writeFileSync(path, text);
  const running = sigma.start({ rules: [path], placeholders: {} }, context);
  rmSync(path);
  expect(running.selected).not.toEqual([]);
  const said: Said[] = [];
  const spied = {
    counts: running.counts,
    selected: running.selected ?? [],
    select: running.select?.bind(running),
    feeds: running.feeds?.bind(running),
    matched: running.matched?.bind(running),
    reached(crossing: Crossing) {
      said.push({
        name: crossing.count.split('/')[2],
        time: crossing.time,
        group: crossing.keyText.split(' '),
        value: crossing.value,
      });
      return undefined;
    },
  };
  play([{ name: 'sigma', running: spied as ReturnType<Detector['start']> }], batch);
  return said;
}

/** The same by the plain correlator, an instant at a time. */
function firedByOracle(text: string, batch: EventBatch): Said[] {
  const { rules } = link(readSigma(text, 'r.yml').documents);
  const detections = rules.filter((each): each is LinkedDetection => each.kind === 'detection');
  const correlator = new Correlator<number>(rules);
  const said: Said[] = [];
  for (let row = 0; row < batch.length;) {
    const time = batch.time[row];
    const matches: Matched<number>[] = [];
    for (; row < batch.length && batch.time[row] === time; row++) {
      const taxonomy = taxonomies.find(({ kind }) => kind === batch.kind[row]);
      if (taxonomy === undefined) continue;
      const source = new RowSource(taxonomy);
      source.show(batch, row);
      const own = detections.filter(({ rule: { logsource } }) => taxonomiesOf(logsource).includes(taxonomy));
      const matched = own.filter(({ rule: { condition } }) => compileMatcher(condition)(source));
      if (matched.length > 0) matches.push({ event: row, source, rules: matched });
    }
    for (const { rule: of, first, group, measure } of correlator.at(time, matches))
      if (first) said.push({ name: of.rule.name ?? '', time, group, value: measure });
  }
  return said;
}

/** Contacts and requests of both families, at times that often coincide. */
function mixture(seed: number, rows = 3000): EventBatch {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const batch = new EventBatch();
  let t = 0;
  for (let row = 0; row < rows; row++) {
    if (random() < 0.004) t += 90_000_000;
    if (random() < 0.6) t += Math.floor(random() * 2_000_000);
    const v6 = random() < 0.3;
    const host = 1 + Math.floor(random() * 3);
    batch.time[row] = t;
    batch.source[row] = v6 ? batch.pushWide(0x20010db8, 1, 0, host) : 0xcb007100 + host;
    if (v6) batch.flags[row] |= Flag.v6;
    if (random() < 0.5) {
      batch.kind[row] = EventKind.contact;
      batch.target[row] = v6 ? batch.pushWide(0x20010db8, 2, 0, host) : 0xc6336400 + pick([1, 2]);
      batch.sourcePort[row] = 40_000;
      batch.proto[row] = pick([Proto.tcp, Proto.udp, Proto.icmp, 47]);
      batch.targetPort[row] = Math.floor(random() * 12);
      batch.outcome[row] = pick([Outcome.denied, Outcome.answered, Outcome.unanswered]);
      batch.role[row] = Role.originator;
      // Seen by another sensor too: a rule may ask for what this one saw.
      if (random() < 0.2) batch.flags[row] |= Flag.echo;
    } else {
      batch.kind[row] = EventKind.request;
      batch.flags[row] |= Flag.noTarget;
      batch.status[row] = pick([0, 200, 404]);
      for (const [field, values] of [
        [Text.path, ['/a', '/b', '/A', '/é', '203.0.113.2']],
        [Text.agent, ['x', 'Nikto', '']],
        [Text.host, ['www', '7', '']],
      ] as const) {
        const value = pick(values);
        if (value !== '') batch.setScratchText(row, field, Buffer.from(value));
      }
    }
  }
  batch.length = rows;
  return batch;
}

const bases = `title: Denied
name: denied
logsource: {category: firewall}
detection: {sel: {action: deny}, condition: sel}
---
title: UDP
name: udp
logsource: {category: network, service: connection}
detection: {sel: {network.transport: udp}, condition: sel}
---
title: Missing
name: missing
logsource: {category: webserver}
detection: {sel: {sc-status|gte: 400}, condition: sel}
---
title: Agent
name: agent
logsource: {category: webserver}
detection: {sel: {cs-user-agent|contains: NIKTO}, filter: {cs-host|exists: false}, condition: sel and not filter}
`;
const correlated = (name: string, body: string): string =>
  `---\ntitle: ${name}\nname: ${name}\ncorrelation: {${body}}\n`;

test.each([
  ['events', 'type: event_count, rules: [denied], group-by: [src_ip], timespan: 30s, condition: {gte: 6}'],
  [
    'events of two rules, one that both match counts once',
    'type: event_count, rules: [missing, agent], group-by: [c-ip], timespan: 30s, condition: {gt: 5}',
  ],
  ['no group', 'type: event_count, rules: [agent], timespan: 20s, condition: {gte: 4}'],
  [
    'tuples',
    'type: value_count, rules: [denied], group-by: [src_ip], timespan: 40s, condition: {gte: 6, field: [dst_ip, dst_port]}',
  ],
  [
    'tuples of a port and its sources',
    'type: value_count, rules: [udp], group-by: [destination.port], timespan: 1m, condition: {gt: 2, field: source.ip}',
  ],
  [
    'texts, byte for byte',
    'type: value_count, rules: [missing], group-by: [c-ip, cs-host], timespan: 1m, condition: {gte: 3, field: cs-uri-stem}',
  ],
  [
    'aliases over two log sources',
    'type: value_count, rules: [denied, missing], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip}, what: {denied: dst_port, missing: cs-uri-stem}}, timespan: 30s, condition: {gte: 7, field: what}',
  ],
  [
    'rules together',
    'type: temporal, rules: [denied, missing], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip}}, timespan: 5s',
  ],
  [
    'two of three rules',
    'type: temporal, rules: [denied, udp, agent], group-by: [who], aliases: {who: {denied: src_ip, udp: source.ip, agent: c-ip}}, timespan: 5s, condition: {gte: 2}',
  ],
  [
    'events, few but not many',
    'type: event_count, rules: [denied], group-by: [src_ip], timespan: 20s, condition: {gte: 3, lte: 4}',
  ],
  [
    'no more than one',
    'type: event_count, rules: [udp], group-by: [source.ip], timespan: 9s, condition: {lt: 2}',
  ],
  [
    'exactly so many values',
    'type: value_count, rules: [denied], group-by: [src_ip, dst_ip], timespan: 20s, condition: {eq: 3, field: dst_port}',
  ],
  [
    'any number but these',
    'type: value_count, rules: [missing], group-by: [c-ip], timespan: 20s, condition: {neq: 1, field: cs-uri-stem}',
  ],
  [
    'one of two rules alone',
    'type: temporal, rules: [denied, missing], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip}}, timespan: 5s, condition: {lt: 2}',
  ],
  [
    'a sum',
    'type: value_sum, rules: [denied], group-by: [src_ip], timespan: 8s, condition: {gt: 20, field: dst_port}',
  ],
  [
    'a sum within bounds',
    'type: value_sum, rules: [denied], group-by: [src_ip], timespan: 20s, condition: {gte: 12, lt: 20, field: dst_port}',
  ],
  [
    'an average',
    'type: value_avg, rules: [udp], group-by: [source.ip], timespan: 30s, condition: {gte: 7.5, field: destination.port}',
  ],
  [
    'an average of all',
    'type: value_avg, rules: [agent], timespan: 20s, condition: {gte: 300, field: sc-status}',
  ],
  [
    'a percentile',
    'type: value_percentile, rules: [denied], group-by: [src_ip], timespan: 40s, condition: {gte: 10, field: dst_port, percentile: 75}',
  ],
  [
    'a low percentile',
    'type: value_percentile, rules: [denied], group-by: [dst_ip], timespan: 40s, condition: {lte: 1, field: dst_port, percentile: 10}',
  ],
  [
    'a sum over two rules, what both match once',
    'type: value_sum, rules: [missing, agent], group-by: [c-ip], timespan: 20s, condition: {gt: 1200, field: sc-status}',
  ],
  [
    'an average over two log sources',
    'type: value_avg, rules: [denied, missing], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip}, what: {denied: dst_port, missing: sc-status}}, timespan: 20s, condition: {gt: 100, lt: 200, field: what}',
  ],
  [
    'two rules, one after the other',
    'type: temporal_ordered, rules: [denied, missing], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip}}, timespan: 5s',
  ],
  [
    'three rules, one after the other',
    'type: temporal_ordered, rules: [denied, missing, udp], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip, udp: source.ip}}, timespan: 9s',
  ],
  [
    'rules in order that one event matches both',
    'type: temporal_ordered, rules: [agent, missing], group-by: [c-ip], timespan: 9s',
  ],
  ['rules in order without a group', 'type: temporal_ordered, rules: [agent, udp], timespan: 2s'],
  [
    'groups by what is no column',
    'type: event_count, rules: [denied, udp], group-by: [what, how], aliases: {what: {denied: network.transport, udp: proto}, how: {denied: action, udp: conn_state}}, timespan: 9s, condition: {gte: 4}',
  ],
  [
    'values that are no column',
    'type: value_count, rules: [missing], group-by: [c-ip], timespan: 20s, condition: {gte: 3, field: c-uri}',
  ],
  [
    'a number and a text that read alike as one value',
    'type: value_count, rules: [denied, missing], group-by: [who], aliases: {who: {denied: src_ip, missing: c-ip}, what: {denied: dst_port, missing: cs-host}}, timespan: 30s, condition: {gte: 5, field: what}',
  ],
  [
    'addresses against names',
    'type: temporal, rules: [denied, agent], group-by: [who], aliases: {who: {denied: src_ip, agent: cs-uri-stem}}, timespan: 30s',
  ],
])('the engine counts %s as the correlator does', (_, body) => {
  let crossings = 0;
  for (const seed of [1, 2, 3]) {
    const batch = mixture(seed);
    const text = bases + correlated('c', body);
    const lines = (all: readonly Said[]): string[] =>
      all.map(({ time, group, value }) => `${time} ${group.join(' ')} ${value}`).toSorted();
    const expected = lines(firedByOracle(text, batch));
    expect(lines(firedBy(text, batch, seed))).toEqual(expected);
    crossings += expected.length;
  }
  expect(crossings).toBeGreaterThan(4);
});

test('windows of one count cross anew when they were empty, whatever the longer ones hold', () => {
  const body = (span: string, least: number): string =>
    `type: value_count, rules: [denied], group-by: [src_ip], timespan: ${span}, condition: {gte: ${least}, field: dst_port}`;
  const text =
    bases +
    correlated('a', body('20s', 3)) +
    correlated('b', body('20s', 5)) +
    correlated('c', body('9m', 8)) +
    correlated('d', body('20s', 2).replace('gte: 2', 'gte: 2, lte: 3'));
  const again = new Map<string, number>();
  for (const seed of [1, 2, 3]) {
    const batch = mixture(seed);
    const lines = (all: readonly Said[]): string[] =>
      all.map(({ name, time, group, value }) => `${name} ${time} ${group.join(' ')} ${value}`).toSorted();
    const expected = firedByOracle(text, batch);
    expect(lines(firedBy(text, batch, seed))).toEqual(lines(expected));
    for (const { name } of expected) again.set(name, (again.get(name) ?? 0) + 1);
  }
  expect(again.get('a')).toBeGreaterThan(2 * (again.get('c') ?? Infinity));
});

const inners = {
  values:
    'type: value_count, rules: [denied], group-by: [src_ip, dst_ip], timespan: 15s, condition: {gte: 2, field: dst_port}',
  'values, few but not many':
    'type: value_count, rules: [denied], group-by: [src_ip, dst_ip], timespan: 15s, condition: {gte: 2, lte: 3, field: dst_port}',
  events: 'type: event_count, rules: [denied], group-by: [src_ip, dst_ip], timespan: 9s, condition: {gte: 2}',
  'a sum':
    'type: value_sum, rules: [denied], group-by: [src_ip, dst_ip], timespan: 9s, condition: {gt: 9, field: dst_port}',
  'a chain': 'type: temporal_ordered, rules: [udp, denied], group-by: [src_ip, dst_ip], timespan: 20s',
  'a chain of aliases':
    'type: temporal_ordered, rules: [udp, denied], group-by: [src_ip, dst_ip], aliases: {src_ip: {udp: source.ip, denied: src_ip}, dst_ip: {udp: destination.ip, denied: dst_ip}}, timespan: 20s',
};

test.each(Object.entries(inners))(
  'correlations of correlations (%s) are fed at every instant at which the inner one holds',
  (_, inner) => {
    const who = 'group-by: [who], aliases: {who: {scan: src_ip, udp: source.ip}}';
    const outers: Record<string, string> = {
      block:
        'type: value_count, rules: [scan], group-by: [src_ip], timespan: 2m, condition: {gte: 2, field: dst_ip}, generate: true',
      after: `type: temporal_ordered, rules: [scan, udp], ${who}, timespan: 40s`,
      before: `type: temporal_ordered, rules: [udp, scan], ${who}, timespan: 40s`,
      with: `type: temporal, rules: [scan, udp], ${who}, timespan: 3s`,
      instants: 'type: event_count, rules: [scan], group-by: [src_ip], timespan: 20s, condition: {gte: 4}',
      some: 'type: event_count, rules: [scan], group-by: [src_ip], timespan: 20s, condition: {gte: 2, lt: 4}',
      either: `type: event_count, rules: [scan, udp], ${who}, timespan: 9s, condition: {gte: 5}`,
      blocks: 'type: event_count, rules: [block], timespan: 1m, condition: {gte: 2}',
      last: 'type: temporal_ordered, rules: [block, instants], group-by: [src_ip], timespan: 1m',
      // Counted together with the inner one: it may begin to stand when the other one has stood for long.
      more: inner.replace('gte: 2', 'gte: 3').replace('gt: 9', 'gt: 11'),
      instants_of_more:
        'type: event_count, rules: [more], group-by: [src_ip], timespan: 20s, condition: {gte: 2}',
    };
    const text =
      bases +
      correlated('scan', inner) +
      Object.entries(outers)
        .map(([name, body]) => correlated(name, body))
        .join('');
    const seen = new Map<string, number>();
    for (const seed of [4, 5, 6]) {
      const batch = mixture(seed);
      const lines = (all: readonly Said[]): string[] =>
        all.map(({ name, time, group, value }) => `${name} ${time} ${group.join(' ')} ${value}`).toSorted();
      const expected = firedByOracle(text, batch);
      expect(lines(firedBy(text, batch, seed))).toEqual(lines(expected));
      for (const { name } of expected) seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    for (const name of ['scan', ...Object.keys(outers)])
      expect([name, seen.get(name)]).not.toEqual([name, undefined]);
  },
);

test('whatever correlations are built on each other, the engine counts them as the correlator does', () => {
  const crossings = new Map<string, number>();
  for (let seed = 1; seed <= 30; seed++) {
    const text =
      bases +
      anyCorrelations(seeded(100 + seed), 8, {
        denied: ['src_ip', 'dst_ip', 'dst_port'],
        udp: ['source.ip', 'destination.ip', 'destination.port'],
        missing: ['c-ip', 'cs-uri-stem', 'sc-status'],
        agent: ['c-ip', 'cs-uri-stem', 'cs-host'],
      });
    const batch = mixture(seed, 1200);
    // Logs of whole seconds put many rows into one µs.
    if (seed % 2 === 0)
      for (let row = 0; row < batch.length; row++) batch.time[row] -= batch.time[row] % 2_000_000;
    const lines = (all: readonly Said[]): string[] =>
      all.map(({ name, time, group, value }) => `${name} ${time} ${group.join(' ')} ${value}`).toSorted();
    const expected = firedByOracle(text, batch);
    expect({ text, said: lines(firedBy(text, batch, seed)) }).toEqual({ text, said: lines(expected) });
    for (const { name } of expected) crossings.set(name, (crossings.get(name) ?? 0) + 1);
  }
  // The later ones stand on the earlier ones.
  for (let i = 0; i < 8; i++) expect(crossings.get(`c${i}`)).toBeGreaterThan(100);
});

test('a row that is given back to chains of several levels is counted in its own µs alone', () => {
  const port = (number: number): string =>
    `---\ntitle: p${number}\nname: p${number}\nlogsource: {category: firewall}\ndetection: {sel: {dst_port: ${number}}, condition: sel}\n`;
  const bySource = 'group-by: [src_ip], timespan: 10s, generate: true';
  const text =
    [1, 2, 3, 4].map(port).join('') +
    correlated('chain', `type: temporal_ordered, rules: [p1, p2], ${bySource}`) +
    correlated('first', `type: event_count, rules: [p4], ${bySource}, condition: {gte: 1}`) +
    correlated('later', `type: temporal_ordered, rules: [first, p2], ${bySource}`) +
    correlated('twice', `type: event_count, rules: [chain], ${bySource}, condition: {gte: 2}`) +
    correlated('other', `type: event_count, rules: [p3], ${bySource}, condition: {gte: 1}`);
  const row = (t: number, source: number, dstPort: number): Contact => ({
    t: t * 1_000_000,
    source: `203.0.113.${source}`,
    target: '198.51.100.4',
    port: dstPort,
    outcome: Outcome.denied,
  });
  // The later step comes first in its µs, and both chains begin in it: one by a row, the other source's by a count.
  const batch = contacts([row(1, 1, 2), row(1, 1, 1), row(1, 2, 4), row(2, 2, 3), row(3, 2, 3)]);
  const lines = (all: readonly Said[]): string[] => all.map(({ name, time }) => `${name} ${time}`).toSorted();
  const expected = lines(firedByOracle(text, batch));
  expect(expected).toEqual(['chain 1000000', 'first 1000000', 'other 2000000']);
  expect(lines(firedBy(text, batch, 6))).toEqual(expected);
});

test('memory: counts of rules stay under their shares, and say what they let go', () => {
  const batch = new EventBatch();
  for (let row = 0; row < 16_000; row++) {
    batch.kind[row] = EventKind.contact;
    batch.time[row] = row;
    batch.source[row] = 0x0b000000 + row;
    batch.target[row] = ip('198.51.100.4');
    batch.targetPort[row] = row % 1000;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.denied;
    batch.role[row] = Role.originator;
  }
  batch.length = 16_000;
  const path = join(folder, 'memory.yml');
  for (const body of [
    'type: value_count, rules: [denied], group-by: [src_ip], timespan: 1h, condition: {gte: 9, field: dst_port}',
    'type: value_sum, rules: [denied], group-by: [src_ip], timespan: 1h, condition: {gte: 99999, field: dst_port}',
    'type: temporal_ordered, rules: [denied, udp], group-by: [who], aliases: {who: {denied: src_ip, udp: source.ip}}, timespan: 1h',
  ]) {
    writeFileSync(path, bases + correlated('c', body));
    const running = sigma.start({ rules: [path], placeholders: {} }, context);
    const engine = play([{ name: 'sigma', running }], batch, 1 << 19);
    expect(engine.evicted).toBeGreaterThan(1000);
    expect(engine.bytes).toBeLessThan(64 << 20);
  }
  rmSync(path);
});

const started = (): { name: string; running: ReturnType<Detector['start']> } => ({
  name: 'sigma',
  running: sigma.start({ rules: [folder], placeholders: {} }, context),
});

test('a correlation becomes a finding of its source, with numbers against thresholds', () => {
  const scan = Array.from({ length: 25 }, (_, i) => ({
    t: i * 1e6,
    source: '203.0.113.9',
    target: '198.51.100.4',
    port: i + 1,
    outcome: Outcome.denied,
  }));
  const [dossier] = play([started()], contacts(scan)).finish();
  expect(dossier.actor >>> 0).toBe(ip('203.0.113.9'));
  expect(dossier.findings).toMatchObject([
    {
      kind: 'sigma',
      time: 20e6,
      reasons: [
        'Sigma rule "Vertical" (medium, T1595.001): 21 distinct dst_port (gt 20) within 300 s for src_ip 203.0.113.9, dst_ip 198.51.100.4',
      ],
    },
  ]);
});

test.each([
  [
    'event_count, rules: [denied], group-by: [src_ip]',
    ', condition: {gte: 3}',
    '3 events (gte 3) within 60 s for src_ip 203.0.113.9',
  ],
  ['temporal, rules: [denied, high]', '', '2 of 2 rules (gte 2) within 60 s'],
  ['temporal_ordered, rules: [denied, high]', '', '"Denied", then "High" within 60 s'],
  [
    'value_sum, rules: [denied]',
    ', condition: {gt: 9, field: dst_port}',
    'dst_port adds up to 10 (gt 9) within 60 s',
  ],
  [
    'value_avg, rules: [denied]',
    ', condition: {gt: 2, field: dst_port}',
    'dst_port is 2.5 on average (gt 2) within 60 s',
  ],
  [
    'value_percentile, rules: [denied]',
    ', condition: {gte: 4, field: dst_port, percentile: 90}',
    '90 % of dst_port are at most 4 (gte 4) within 60 s',
  ],
])('what a correlation of type %s says', (type, condition, said) => {
  const path = join(folder, 'words.yml');
  const high =
    '---\ntitle: High\nname: high\nlogsource: {category: firewall}\ndetection: {sel: {dst_port|gte: 4}, condition: sel}\n';
  writeFileSync(path, bases + high + correlated('Words', `type: ${type}, timespan: 1m${condition}`));
  const running = sigma.start({ rules: [path], placeholders: {} }, context);
  rmSync(path);
  const rows = [1, 2, 3, 4].map((port) => ({
    t: port * 1e6,
    source: '203.0.113.9',
    target: '198.51.100.4',
    port,
    outcome: Outcome.denied,
  }));
  const reasons = play([{ name: 'sigma', running }], contacts(rows))
    .finish()
    .flatMap(({ findings }) => findings.flatMap((finding) => finding.reasons))
    .filter((reason) => reason.includes('Words'));
  expect(reasons).toEqual([`Sigma rule "Words": ${said}`]);
});

test('neither answered contacts nor replies make a finding', () => {
  const quiet = (more: Partial<Contact>): Contact[] =>
    Array.from({ length: 25 }, (_, i) => ({
      t: i * 1e6,
      source: '203.0.113.9',
      target: '198.51.100.4',
      port: i + 1,
      outcome: Outcome.denied,
      ...more,
    }));
  expect(play([started()], contacts(quiet({ outcome: Outcome.answered }))).finish()).toEqual([]);
  expect(play([started()], contacts(quiet({ role: Role.responder }))).finish()).toEqual([]);
});

test('single rules read the texts of requests', () => {
  const batch = new EventBatch();
  const agents = ['Mozilla/5.00 (Nikto/2.1.6)', 'Mozilla/5.0'];
  for (const [row, agent] of agents.entries()) {
    batch.kind[row] = EventKind.request;
    batch.time[row] = row;
    batch.source[row] = ip(`203.0.113.${row}`);
    batch.flags[row] = Flag.noTarget;
    batch.setScratchText(row, Text.agent, Buffer.from(agent));
  }
  batch.length = agents.length;
  const dossiers = play([started()], batch).finish();
  expect(dossiers.map(({ actor, findings }) => [actor >>> 0, findings[0].reasons])).toEqual([
    [ip('203.0.113.0'), ['Sigma rule "Agent" (low) matched']],
  ]);
});

test('without rules nothing is selected; bad rules are said with their place', () => {
  expect(sigma.start(z.parse(sigma.config, undefined) as never, context)).toEqual({ counts: [] });
  writeFileSync(join(folder, 'bad.yml'), 'title: Bad\n');
  expect(started).toThrow(/bad\.yml:1:1: .*\(rule "Bad"\)/);
  rmSync(join(folder, 'bad.yml'));
  expect(() => sigma.start({ rules: [join(folder, 'nothing')], placeholders: {} }, context)).toThrow(
    /cannot read/,
  );
});

test("alerts and logins: what other sensors say, and how logins end, are within rules' reach", () => {
  const batch = new EventBatch();
  const put = (row: number, kind: number, texts: Partial<Record<keyof typeof Text, string>>): void => {
    batch.kind[row] = kind;
    batch.time[row] = row * 1e6;
    batch.source[row] = ip(`203.0.113.${row}`);
    batch.flags[row] = Flag.noTarget;
    for (const [name, text] of Object.entries(texts))
      batch.setScratchText(row, Text[name as keyof typeof Text], Buffer.from(text));
  };
  put(0, EventKind.alert, { name: 'Scan::Port_Scan', detail: 'scanned at least 15 unique ports' });
  put(1, EventKind.alert, { name: 'HTTP::SERVER', detail: 'nginx' });
  put(2, EventKind.alert, { name: 'ET SCAN Nmap', detail: 'Attempted Information Leak' });
  batch.status[2] = 2;
  for (const row of [3, 4, 5, 6]) {
    put(row, EventKind.login, { user: `user${row}`, name: 'sshd' });
    batch.source[row] = ip('203.0.113.77');
    batch.status[row] = row === 6 ? 1 : 0;
  }
  batch.length = 7;
  const path = join(folder, 'others.yml');
  const single = (title: string, logsource: string, selection: string): string =>
    `title: ${title}\nlogsource: {${logsource}}\ndetection: {sel: {${selection}}, condition: sel}\n`;
  writeFileSync(
    path,
    [
      single('Notice', 'product: zeek, service: notice', 'note: Scan::Port_Scan, msg|contains: unique ports'),
      single(
        'Software',
        'product: zeek, service: software',
        'software_type: http::server, software.name: nginx',
      ),
      single(
        'Signature',
        'category: ids',
        'rule.name|startswith: ET SCAN, alert.category|contains: leak, severity|lte: 2',
      ),
      `name: failed\n${single('Failed', 'category: authentication', 'event.outcome: failure')}`,
      'title: Guessing\ncorrelation: {type: value_count, rules: [failed], group-by: [src_ip], timespan: 1m, condition: {gte: 3, field: user}}\n',
    ].join('---\n'),
  );
  const running = sigma.start({ rules: [path], placeholders: {} }, context);
  rmSync(path);
  const said = play([{ name: 'sigma', running }], batch)
    .finish()
    .flatMap(({ actor, findings }) =>
      findings.flatMap(({ rules = [] }) =>
        rules.map((each) => `${actor & 255} ${each.rule.title} ${each.count}`),
      ),
    );
  expect(said.toSorted()).toEqual(['0 Notice 1', '1 Software 1', '2 Signature 1', '77 Guessing 1']);
});

test('a rule that does not group by the source says that others had a part; placeholders come from the settings', () => {
  const path = join(folder, 'together.yml');
  writeFileSync(
    path,
    `title: Denied here
name: denied_here
logsource: {category: firewall}
detection: {sel: {action: deny, dst_ip|expand: '%servers%'}, condition: sel}
---
title: Together
correlation: {type: value_count, rules: [denied_here], group-by: [dst_ip], timespan: 5m, condition: {gte: 3, field: src_ip}}
`,
  );
  expect(() => sigma.start({ rules: [path], placeholders: {} }, context)).toThrow(/"%servers%" has no value/);
  const running = sigma.start({ rules: [path], placeholders: { servers: ['198.51.100.4'] } }, context);
  rmSync(path);
  const rows = [1, 2, 3, 4].map((i) => ({
    t: i * 1e6,
    source: `203.0.113.${i}`,
    target: i === 2 ? '198.51.100.5' : '198.51.100.4',
    port: 22,
    outcome: Outcome.denied,
  }));
  const [dossier, ...others] = play([{ name: 'sigma', running }], contacts(rows)).finish();
  expect(others).toEqual([]);
  expect(dossier.actor >>> 0).toBe(ip('203.0.113.4'));
  expect(dossier.findings[0].caveats).toEqual([
    'Sigma rule "Together" does not group by the source: this one completed it, others may have had a part in it.',
  ]);
  expect(dossier.findings[0].crossings).toMatchObject([{ keyText: '198.51.100.4', window: 300, value: 3 }]);
});
