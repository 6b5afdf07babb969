import { expect } from 'vitest';
import { AddressSet } from '../../src/model/address.ts';
import type { AllowEntry, Context } from '../../src/model/context.ts';
import type { Incident } from '../../src/model/incident.ts';
import { judgeAll } from '../../src/judge/judge.ts';
import type { RunOptions } from '../../src/pipeline/run.ts';
import { contextOf, runOver } from '../run-in-memory.ts';

/** What the site of all verdicts defends. */
const home = ['198.51.100.0/24', '10.20.0.0/16', '2001:db8:51::/48'];

type Files = Readonly<Record<string, string | Uint8Array>>;

/** All incidents of these logs, judged with every detector at its defaults. */
export async function incidentsOf(
  files: Files,
  context: Partial<Context> = {},
  options: Partial<RunOptions> = {},
): Promise<Incident[]> {
  const whole = { ...contextOf(home), ...context };
  const { dossiers, facts } = await runOver(files, home, { context: whole, ...options });
  return judgeAll(dossiers, facts, whole);
}

export function allow(name: string, addresses: string, more: Partial<AllowEntry> = {}): AllowEntry {
  return {
    name,
    addresses: AddressSet.parse([addresses]),
    owner: 'security@example.com',
    reason: 'the quarterly scan',
    kinds: [],
    targets: undefined,
    from: NaN,
    until: NaN,
    schedule: undefined,
    ...more,
  };
}

/** Verdict, severity and kinds of each incident: what a failed expectation should show. */
export const brief = (incidents: readonly Incident[]): string[] =>
  incidents.map(
    ({ verdict, severity, kinds, actor }) =>
      `${verdict} ${severity} ${actor.address}${actor.addresses.length > 1 ? ` +${actor.addresses.length - 1}` : ''}: ${kinds.join(', ')}`,
  );

/** The one incident there is. */
export function only(incidents: readonly Incident[]): Incident {
  expect(brief(incidents)).toHaveLength(1);
  return incidents[0];
}

/** The one incident there is: a scan by `actor`, of this kind and technique. */
export function expectScan(
  incidents: readonly Incident[],
  actor: string,
  kind: Incident['kinds'][number],
  technique: string,
): Incident {
  const incident = only(incidents);
  expect(incident.verdict).toBe('scan');
  expect(incident.actor.addresses).toContain(actor);
  expect(incident.kinds).toContain(kind);
  expect(incident.techniques).toContain(technique);
  expect(incident.severity).not.toBe('info');
  expect(incident.evidence.length).toBeGreaterThan(0);
  return incident;
}

const harmless: readonly Incident['verdict'][] = ['benign', 'background', 'misconfiguration'];

/** No incident, or one that says at info why there is nothing to it. */
export function expectBenign(incidents: readonly Incident[]): void {
  const accusing = incidents.filter(
    ({ verdict, severity }) => !harmless.includes(verdict) || severity !== 'info',
  );
  expect(brief(accusing)).toEqual([]);
}

/** What must not depend on how the lines came: verdicts, actors, kinds, counts, windows crossed. */
export const essence = (incidents: readonly Incident[]): unknown[] =>
  incidents.map(({ id, verdict, severity, kinds, actor, targets, counts, findings, reasons }) => ({
    id,
    verdict,
    severity,
    kinds,
    addresses: actor.addresses,
    targets,
    ports: counts.ports,
    reasons,
    crossings: findings.map(({ crossings, detector, kind }) => ({ detector, kind, crossings })),
  }));
