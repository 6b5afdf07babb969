import * as z from 'zod';
import { address } from '../bytes/addresses.ts';
import { lowerA, minus, space } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, isText } from '../bytes/numbers.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader, Sample } from '../model/format.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';
import { isEnough, noFields, statusOf, VpcField, vpcFormat, vpcNames, VpcRecord } from '../wire/vpc-flow.ts';
import type { VpcSource } from '../wire/vpc-flow.ts';

/** Version 2 in its own order: what CloudWatch Logs holds, which has no header. */
const defaultNames =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const known: ReadonlyMap<string, number> = new Map(vpcNames.map((name, field) => [name, field]));
/** Names that only AWS's flow logs have; a header has at least these many of all. */
const leastNames = 4;

const config = z.object({
  fields: z
    .string()
    .refine(
      (text) => isHeader(namesOf(text)),
      'expected field names of AWS flow logs with addresses, protocol and a time',
    )
    .optional()
    .describe(
      "Fields of logs that have no header line (CloudWatch Logs), as the flow log's custom format has them: '${version} ${srcaddr} …' or bare names. Absent: those of version 2.",
    ),
});

/** AWS VPC flow logs as text, versions 2 to 5 and later. See docs/inputs/aws-vpc.md. */
export const awsVpc: Format = {
  name: 'aws-vpc',
  title: 'AWS VPC flow logs as text, any choice and order of fields',
  ...vpcFormat,
  sample:
    '2 123456789010 eni-1235b8ca123456789 192.0.2.7 198.51.100.4 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',

  config,

  recognise(sample: Sample, options?: unknown): number {
    if (sample.lines.length > 0 && isHeader(sample.lines[0].split(' ', 64))) return 1;
    const declared = declaredOf(options);
    return 0.97 * shareOf(sample, declared ? (line) => isDeclared(line, declared) : isDefault);
  },

  lines(info): LineReader {
    return new VpcLines(declaredOf(info.options));
  },
};

/** 'a b' and '${a} ${b}', as AWS's own settings have it. */
const namesOf = (text: string): string[] => text.replaceAll(/[${}]/g, ' ').trim().split(/ +/);

function declaredOf(options: unknown): readonly string[] | undefined {
  const { fields } = (options ?? {}) as z.infer<typeof config>;
  return fields === undefined ? undefined : namesOf(fields);
}

/** Whether the line has the declared fields, and '-' or what belongs there in those that hold few words. */
function isDeclared(line: string, names: readonly string[]): boolean {
  const fields = line.split(' ', names.length + 2);
  const from = fields[0].length === 24 && fields[0].endsWith('Z') ? 1 : 0;
  if (fields.length !== names.length + from) return false;
  return names.every((name, i) => {
    const value = fields[from + i];
    if (value === '-') return true;
    if (name === 'action') return value === 'ACCEPT' || value === 'REJECT';
    if (name === 'log-status') return /^(OK|NODATA|SKIPDATA)$/.test(value);
    if (name === 'start' || name === 'end') return /^\d{10}$/.test(value);
    return !name.endsWith('addr') || /^[\da-f.:]{2,45}$/i.test(value);
  });
}

function isHeader(names: readonly string[]): boolean {
  return (
    names.filter((name) => known.has(name) || defaultNames.includes(name)).length >= leastNames &&
    isEnough((field) => names.includes(vpcNames[field]))
  );
}

function isDefault(line: string): boolean {
  const fields = line.split(' ', 17);
  const from = fields[0].length === 24 && fields[0].endsWith('Z') ? 1 : 0;
  return (
    fields.length === from + 14 &&
    fields[from] === '2' &&
    /^(ACCEPT|REJECT|-)$/.test(fields[from + 12]) &&
    /^(OK|NODATA|SKIPDATA)$/.test(fields[from + 13])
  );
}

class VpcLines implements LineReader, VpcSource {
  readonly #fields = new CsvFields();
  readonly #record = new VpcRecord();
  /** Where in the line each of {@link vpcNames} stands; -1 absent. */
  readonly #at = new Int16Array(vpcNames.length);
  #bytes: Uint8Array = new Uint8Array(0);
  #count: number = defaultNames.length;
  #enough = true;
  #headed = false;
  /** Fields in front of the record: CloudWatch's export puts its own stamp there. */
  #before = 0;

  constructor(declared: readonly string[] | undefined) {
    this.#learn(declared ?? defaultNames);
    this.#headed = declared !== undefined;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    this.#bytes = bytes;
    const count = this.#fields.split(bytes, start, end, space);
    if (bytes[start] >= lowerA && this.#isHeader(count)) return '';
    if (!this.#enough) return noFields;
    this.#before = count === this.#count + 1 && isStamp(bytes, start, this.#fields.end[0]) ? 1 : 0;
    if (count - this.#before !== this.#count) {
      return this.#headed ? 'another number of fields than the header names' : 'no header line before it';
    }
    const first = this.#before;
    if (!this.#headed && !isText(bytes, this.#fields.start[first], this.#fields.end[first], '2'))
      return 'no header line before it';
    const status = this.#has(VpcField.logStatus) ? statusOf(this) : '';
    return status === '' ? this.#record.append(batch, this) : status;
  }

  #isHeader(count: number): boolean {
    const names = Array.from({ length: Math.min(count, 64) }, (_, i) => this.#fields.text(this.#bytes, i));
    if (!isHeader(names)) return false;
    this.#learn(names);
    this.#headed = true;
    return true;
  }

  #learn(names: readonly string[]): void {
    this.#at.fill(-1);
    for (const [place, name] of names.entries()) {
      const field = known.get(name);
      if (field !== undefined && this.#at[field] < 0) this.#at[field] = place;
    }
    this.#count = names.length;
    this.#enough = isEnough((field) => this.#has(field));
  }

  #has(field: number): boolean {
    return this.#at[field] >= 0;
  }

  is(field: number, text: string): boolean {
    const place = this.#place(field);
    return place >= 0 && isText(this.#bytes, this.#fields.start[place], this.#fields.end[place], text);
  }

  /** The place of a field that is there and not '-'; else -1. */
  #place(field: number): number {
    const at = this.#at[field];
    if (at < 0) return -1;
    const place = at + this.#before;
    const start = this.#fields.start[place];
    const length = this.#fields.end[place] - start;
    return length === 0 || (length === 1 && this.#bytes[start] === minus) ? -1 : place;
  }

  number(field: number): number {
    const place = this.#place(field);
    return place < 0 ? -1 : decimal(this.#bytes, this.#fields.start[place], this.#fields.end[place]);
  }

  protocol(): number {
    const number = this.number(VpcField.protocol);
    const place = this.#place(VpcField.protocol);
    if (number >= 0 || place < 0) return number;
    return protocolOf(this.#bytes, this.#fields.start[place], this.#fields.end[place]) || -1;
  }

  address(field: number, words: Uint32Array): boolean | undefined {
    const place = this.#place(field);
    if (place < 0) return undefined;
    return address(this.#bytes, this.#fields.start[place], this.#fields.end[place], words);
  }
}

/** '2026-01-02T03:04:05.000Z' */
function isStamp(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 24 && bytes[start + 4] === minus && bytes[start + 10] === 84 && bytes[end - 1] === 90
  );
}
