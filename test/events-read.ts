import { formatMicros } from '../src/bytes/times.ts';
import { AddressSet, formatIPv4, formatWords } from '../src/model/address.ts';
import { EventBatch, EventKind, Flag, outcomeNames, roleNames, textNames } from '../src/model/event.ts';
import type { EventKindName } from '../src/model/event.ts';
import type { Format } from '../src/model/format.ts';
import { InputCounters, InputReader } from '../src/pipeline/input-reader.ts';
import type { ExpectedEvent, FixtureCase } from './format-fixture.ts';

const kindNames = Object.keys(EventKind) as EventKindName[];
const flagNames = (Object.keys(Flag) as (keyof typeof Flag)[]).filter((name) => name !== 'v6');

export const bytesOf = (input: string | Uint8Array): Uint8Array =>
  typeof input === 'string' ? new TextEncoder().encode(input) : input;

export interface Seen {
  readonly events: Required<ExpectedEvent>[];
  readonly counters: InputCounters;
}

/** What `format` makes of the input, fed `piece` bytes at a time. */
export function eventsRead(format: Format, given: Omit<FixtureCase, 'events'>, piece: number): Seen {
  const bytes = bytesOf(given.input);
  const counters = new InputCounters();
  const events: Seen['events'] = [];
  const info = {
    index: 0,
    name: given.fileName ?? 'fixture',
    modified: Date.parse(given.modified ?? '2026-12-01T00:00:00Z') * 1000,
    zone: given.zone ?? 'UTC',
    options: given.options,
    trustedProxies: AddressSet.parse(given.trustedProxies ?? []),
  };
  const reader = new InputReader(format, info, {
    take: () => new EventBatch(),
    emit(batch) {
      for (let row = 0; row < batch.length; row++) events.push(rowOf(batch, row));
    },
    counters,
  });
  let rest: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < bytes.length || at === 0; at += piece) {
    const last = at + piece >= bytes.length;
    const chunk = new Uint8Array(rest.length + Math.min(piece, bytes.length - at));
    chunk.set(rest);
    chunk.set(bytes.subarray(at, at + piece), rest.length);
    rest = chunk.subarray(reader.feed(chunk, 0, chunk.length, last));
  }
  while (reader.pending) reader.feed(rest, rest.length, rest.length, true);
  return { events, counters };
}

function rowOf(batch: EventBatch, row: number): Required<ExpectedEvent> {
  const flags = batch.flags[row];
  const address = (at: number): string =>
    (flags & Flag.v6) === 0
      ? formatIPv4(at)
      : formatWords(
          ...(Array.from(batch.wide.subarray(at * 4, at * 4 + 4)) as [number, number, number, number]),
        );
  const texts = textNames
    .map((name, field) => [name, batch.text(row, field)] as const)
    .filter(([, text]) => text !== '');
  return {
    record: batch.record[row],
    kind: kindNames.find((name) => EventKind[name] === batch.kind[row]) ?? ('none' as EventKindName),
    time: formatMicros(batch.time[row]),
    source: address(batch.source[row]),
    target: (flags & Flag.noTarget) === 0 ? address(batch.target[row]) : '-',
    sourcePort: batch.sourcePort[row],
    targetPort: batch.targetPort[row],
    proto: batch.proto[row],
    outcome: outcomeNames[batch.outcome[row]],
    role: roleNames[batch.role[row]],
    flags: flagNames.filter((name) => (flags & Flag[name]) !== 0),
    status: batch.status[row],
    size: batch.size[row],
    queryType: batch.queryType[row],
    ttl: batch.ttl[row],
    window: batch.window[row],
    ipId: batch.ipId[row],
    sequence: batch.sequence[row],
    texts: Object.fromEntries(texts),
  };
}
