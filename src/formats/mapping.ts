import * as z from 'zod';
import { mappingSchema } from '../config/mapping-schema.ts';
import type { Mapping } from '../config/mapping-schema.ts';
import type { Format, InputInfo, LineReader, Sample } from '../model/format.ts';
import { EventBatch } from '../model/event.ts';
import { SharedJson } from '../wire/mapped-cells.ts';
import { shareOf } from '../wire/recognition.ts';
import { MappingReader, notMeant } from './mapping-reader.ts';

/** What the commands make of `formats.mapping.files`: the files' content, checked. */
export interface MappingOptions {
  readonly mappings?: readonly Mapping[];
}

/** Files that are read with a user's own mapping; without one, records that use Offtrail's words. */
export const mapping: Format = {
  name: 'mapping',
  title: 'Any JSON lines, CSV or key=value log, by a mapping file (--mapping)',
  lateness: 10,
  yields: ['contact', 'request', 'query', 'alert', 'login'],
  blindness: ['what the log leaves out, and what its mapping does not name'],
  sample:
    '{"event":"login","time":"2026-11-22T00:32:11.250Z","source":"192.0.2.7","user":"root","service":"vpn","result":"success"}',
  config: z.strictObject({
    files: z.array(z.string()).default([]).describe('Mapping files; see docs/inputs/mapping.md.'),
  }),
  recognise(sample, options) {
    const { mappings = [] } = (options ?? {}) as MappingOptions;
    // A mapping was given for a log that no format knows, or that one misunderstands: it goes first.
    const given = Math.max(0, ...mappings.map((one) => shareRead(sample, [one])));
    if (given > 0.5) return 2;
    const words = shareOf(sample, (line) => line.includes('"event":') && line.includes('"source":')) > 0.5;
    return Math.max(given * 1.5, words && shareRead(sample, own()) > 0.5 ? 0.9 : 0);
  },
  lines: (info) => new MappingsReader(info, ((info.options ?? {}) as MappingOptions).mappings ?? []),
};

// ---------------------------------------------------------------- Offtrail's own words

const ends = {
  source: 'source',
  sourcePort: 'sourcePort',
  target: 'target',
  targetPort: 'targetPort',
  protocol: 'protocol',
};
const plain = (event: string, more: Readonly<Record<string, unknown>>): Mapping =>
  mappingSchema.parse({
    name: 'offtrail',
    lines: 'json',
    event,
    when: { event },
    time: 'time',
    ...more,
  });
const same = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));

let made: readonly Mapping[] | undefined;
const own = (): readonly Mapping[] =>
  (made ??= [
    plain('contact', {
      fields: { ...ends, ...same('icmpType', 'icmpCode', 'size') },
      outcome: {
        field: 'result',
        ...same('answered', 'refused', 'denied', 'unanswered', 'unknown', 'passed'),
        otherwise: 'unknown',
      },
    }),
    plain('request', {
      fields: same('source', 'sourcePort', 'target', 'targetPort', 'host', 'method', 'url', 'status', 'size', 'agent', 'referer', 'user'), // prettier-ignore
    }),
    plain('query', { fields: { ...ends, ...same('name', 'type', 'rcode', 'answer') } }),
    plain('login', {
      fields: { ...ends, ...same('user', 'service') },
      outcome: { field: 'result', ...same('success', 'failure') },
    }),
    plain('alert', { fields: { ...ends, ...same('name', 'detail', 'severity') } }),
  ]);

// ----------------------------------------------------------------------------- reading

/** Every line goes to the first mapping that makes something of it. */
class MappingsReader implements LineReader {
  readonly #readers: readonly MappingReader[];
  readonly #json = new SharedJson();

  constructor(info: InputInfo, mappings: readonly Mapping[]) {
    this.#readers = [...mappings, ...own()].map((one) => new MappingReader(info, one, this.#json));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    let wrong = '';
    this.#json.begin();
    for (const reader of this.#readers) {
      const said = reader.line(batch, bytes, start, end);
      if (said === '') return '';
      // What is wrong with a record says the mapping that it was meant for.
      if (wrong === '' || wrong === notMeant) wrong = said;
    }
    return wrong;
  }
}

/** Rows of samples, which nobody looks at. Lines of mixed files are samples too, so that it is kept. */
let scratch: EventBatch | undefined;
const nobody = { size: 0, has4: () => false, has6: () => false };

/** The share of the sample's lines (blank ones aside) that become events. */
function shareRead({ lines, name }: Sample, mappings: readonly Mapping[]): number {
  const info: InputInfo = {
    index: 0,
    name,
    modified: 0,
    zone: 'UTC',
    options: undefined,
    trustedProxies: nobody,
  };
  const readers = mappings.map((one) => new MappingReader(info, one));
  const batch = (scratch ??= new EventBatch());
  batch.clear();
  let seen = 0;
  let read = 0;
  for (const line of lines) {
    if (line === '') continue;
    seen++;
    const bytes = Buffer.from(line, 'latin1');
    batch.bytes = bytes;
    const before = batch.length;
    if (readers.some((reader) => reader.line(batch, bytes, 0, bytes.length) === '') && batch.length >= before)
      read++;
  }
  return seen === 0 ? 0 : read / seen;
}
