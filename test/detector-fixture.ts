import { textNames } from '../src/model/event.ts';
import {
  EventBatch,
  EventKind,
  Flag,
  Outcome,
  Proto,
  Role,
  Text,
  batchCapacity,
} from '../src/model/event.ts';
import type { EventKindName, OutcomeName, TextName } from '../src/model/event.ts';
import { parseAddress } from '../src/model/address.ts';
import type { Kind } from '../src/model/finding.ts';

/*
 * What a detector's fixture is made of: events in, findings out, and lookalikes that must stay silent. `from` and `to` are
 * addresses, `at` seconds after the fixture's start.
 */

export interface PlainEvent extends Partial<Record<Exclude<TextName, 'query'>, string>> {
  readonly at: number;
  readonly from: string;
  /** Absent: the event names no target address (a web log). */
  readonly to?: string;
  /** 'contact' when absent. */
  readonly event?: EventKindName;
  /** Protocol of a contact: tcp when absent; a number for the bare ones. */
  readonly proto?: keyof typeof Proto | number;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly outcome?: OutcomeName;
  readonly role?: keyof typeof Role;
  readonly flags?: readonly (keyof typeof Flag)[];
  readonly status?: number;
  readonly size?: number;
  /** DNS query type. */
  readonly type?: number;
  readonly ttl?: number;
  readonly window?: number;
  readonly ipId?: number;
  readonly sequence?: number;
  /** What followed '?' in a request. */
  readonly query?: string;
}

export interface ExpectedFinding {
  readonly actor: string;
  readonly kind: Kind;
  /** A number or word that one of its reasons must contain. */
  readonly reason?: string;
  readonly trait?: string;
  /** Of its strongest crossing. */
  readonly threshold?: number;
  readonly members?: number;
}

export interface DetectorCase {
  readonly name: string;
  readonly events: readonly PlainEvent[];
  /** Every finding, in any order; empty: silence. */
  readonly finds: readonly ExpectedFinding[];
  /** Settings of the detector, when not its defaults. */
  readonly config?: unknown;
}

export interface DetectorFixture {
  /** At least one that finds and one that stays silent. */
  readonly cases: readonly DetectorCase[];
}

/** 2026-03-04T08:00:00Z, a Wednesday, in µs. */
const fixtureStart = Date.UTC(2026, 2, 4, 8) * 1000;
/** What every fixture calls home. */
export const fixtureHome = ['198.51.100.0/24', '10.0.0.0/8', '2001:db8:51::/48'];

/** Batches of the events, in the order given. */
export function buildBatches(events: readonly PlainEvent[]): EventBatch[] {
  const batches: EventBatch[] = [];
  for (let i = 0; i < events.length; i += batchCapacity) {
    const batch = new EventBatch();
    for (const [j, event] of events.slice(i, i + batchCapacity).entries()) put(batch, event, i + j + 1);
    batches.push(batch);
  }
  return batches;
}

function put(batch: EventBatch, event: PlainEvent, record: number): void {
  const row = batch.length++;
  const from = parseAddress(event.from)!;
  const to = event.to === undefined ? undefined : parseAddress(event.to)!;
  const v6 = from[2] !== 0xffff || from[0] !== 0;
  const kind = event.event ?? 'contact';
  let flags = (v6 ? Flag.v6 : 0) | (to ? 0 : Flag.noTarget) | (event.size === undefined ? 0 : Flag.hasSize);
  for (const name of event.flags ?? []) flags |= Flag[name];
  batch.kind[row] = EventKind[kind];
  batch.time[row] = fixtureStart + Math.round(event.at * 1_000_000);
  batch.source[row] = v6 ? batch.pushWide(...from) : from[3];
  if (to) batch.target[row] = v6 ? batch.pushWide(...to) : to[3];
  batch.sourcePort[row] = event.sourcePort ?? 0;
  batch.targetPort[row] = event.port ?? 0;
  const proto = event.proto ?? (kind === 'contact' ? 'tcp' : 0);
  batch.proto[row] = typeof proto === 'number' ? proto : Proto[proto];
  batch.outcome[row] = Outcome[event.outcome ?? 'unknown'];
  batch.role[row] = Role[event.role ?? 'originator'];
  batch.flags[row] = flags;
  batch.status[row] = event.status ?? 0;
  batch.size[row] = event.size ?? 0;
  batch.queryType[row] = event.type ?? 0;
  batch.ttl[row] = event.ttl ?? 0;
  batch.window[row] = event.window ?? 0;
  batch.ipId[row] = event.ipId ?? 0;
  batch.sequence[row] = event.sequence ?? 0;
  batch.record[row] = record;
  for (const name of textNames) {
    const text = event[name];
    if (text !== undefined) batch.setScratchText(row, Text[name], Buffer.from(text));
  }
}
