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
import { Engine } from '../src/pipeline/engine.ts';
import { EventRules } from '../src/sigma/event-rules.ts';
import { readSigma } from '../src/sigma/document.ts';
import { link } from '../src/sigma/collection.ts';
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
): Engine {
  const engine = new Engine(detectors, context, {
    inputNames: ['test'],
    budget: 64 << 20,
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

  const rules = new EventRules(link(readSigma(rule, 'r.yml').documents).rules);
  // The rule fires event by event; what stands at the end of an instant is what the engine judges.
  const fired = new Map<string, string>();
  for (let row = 0; row < batch.length; row++)
    for (const { first, time, group, measure } of rules.see(batch, row).fired) {
      const key = `${time} ${ip(group[0])} ${ip(group[1])}`;
      if (first || fired.has(key)) fired.set(key, `${key} ${measure}`);
    }
  expect([...fired.values()].toSorted()).toEqual(crossings.toSorted());
  expect(crossings.length).toBeGreaterThan(10);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-sigma-'));
  writeFileSync(join(folder, 'rules.yml'), rule);
  writeFileSync(
    join(folder, 'agent.yml'),
    'title: Agent\nlogsource: {category: webserver}\nlevel: low\ndetection: {sel: {cs-user-agent|contains: nikto}, condition: sel}\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started = (): { name: string; running: ReturnType<Detector['start']> } => ({
  name: 'sigma',
  running: sigma.start({ rules: [folder] }, context),
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
  expect(() => sigma.start({ rules: [join(folder, 'nothing')] }, context)).toThrow(/cannot read/);
});
