import * as z from 'zod';
import { As, Cells, Way } from '../bytes/cells.ts';
import { lowerA, minus, space, upperT } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { isText } from '../bytes/numbers.ts';
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

/** What the fields are read as, by {@link VpcField}. */
const readAs = vpcNames.map((name) => {
  if (name.endsWith('addr')) return As.address;
  return name === 'action' || name === 'log-status' ? As.text : As.integer;
});
/** The line's first column, and the record's. */
const lineField = vpcNames.length;
const recordField = lineField + 1;

class VpcLines implements LineReader, VpcSource {
  readonly #fields = new CsvFields();
  readonly #record = new VpcRecord();
  /** Of lines as they are, and of those with a field in front: CloudWatch's export puts its own stamp there. */
  #plain = new Cells([]);
  #stamped = this.#plain;
  /** Those of the line being read. */
  #cells = this.#plain;
  #hasStatus = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #count: number = defaultNames.length;
  #enough = true;
  #headed = false;

  constructor(declared: readonly string[] | undefined) {
    this.#learn(declared ?? defaultNames);
    this.#headed = declared !== undefined;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    this.#bytes = bytes;
    if (bytes[start] >= lowerA && this.#isHeader(this.#fields.split(bytes, start, end, space))) return '';
    if (!this.#enough) return noFields;
    if (!this.#isWhole(bytes, start, end))
      return this.#headed ? 'another number of fields than the header names' : 'no header line before it';
    const { start: from, end: to } = this.#cells;
    if (!this.#headed && !isText(bytes, from[recordField], to[recordField], '2'))
      return 'no header line before it';
    const status = this.#hasStatus ? statusOf(this) : '';
    return status === '' ? this.#record.append(batch, this) : status;
  }

  /** Reads the line's fields: whether there are as many as there should be. */
  #isWhole(bytes: Uint8Array, start: number, end: number): boolean {
    const wanted = this.#count;
    const looksStamped = bytes[start + 4] === minus && bytes[start + 10] === upperT;
    this.#cells = looksStamped ? this.#stamped : this.#plain;
    let count = this.#cells.read(bytes, start, end, space);
    const isStamped = count === wanted + 1 && isStamp(bytes, start, this.#cells.end[lineField]);
    if (isStamped !== looksStamped) {
      this.#cells = isStamped ? this.#stamped : this.#plain;
      count = this.#cells.read(bytes, start, end, space);
    }
    return count === (isStamped ? wanted + 1 : wanted);
  }

  #isHeader(count: number): boolean {
    const names = Array.from({ length: Math.min(count, 64) }, (_, i) => this.#fields.text(this.#bytes, i));
    if (!isHeader(names)) return false;
    this.#learn(names);
    this.#headed = true;
    return true;
  }

  #learn(names: readonly string[]): void {
    const at = new Int16Array(vpcNames.length).fill(-1);
    for (const [place, name] of names.entries()) {
      const field = known.get(name);
      if (field !== undefined && at[field] < 0) at[field] = place;
    }
    this.#count = names.length;
    this.#hasStatus = at[VpcField.logStatus] >= 0;
    this.#enough = isEnough((field) => at[field] >= 0);
    const cells = (before: number): Cells =>
      new Cells(
        [
          ...readAs.map((as, field) => ({ as, column: at[field] < 0 ? -1 : at[field] + before })),
          { as: As.text, column: 0 },
          { as: As.text, column: before },
        ],
        // Two more tell a line that is too long.
        { way: Way.csv, most: names.length + 2 },
      );
    this.#plain = cells(0);
    this.#stamped = cells(1);
    this.#cells = this.#plain;
  }

  is(field: number, text: string): boolean {
    const { start, end } = this.#cells;
    return isText(this.#bytes, start[field], end[field], text);
  }

  isUnset(field: number): boolean {
    const { start, end } = this.#cells;
    const length = end[field] - start[field];
    return length === 0 || (length === 1 && this.#bytes[start[field]] === minus);
  }

  number(field: number): number {
    return this.#cells.integer(field, this.#bytes);
  }

  protocol(): number {
    const { start, end } = this.#cells;
    const number = this.number(VpcField.protocol);
    if (number >= 0 || this.isUnset(VpcField.protocol)) return number;
    return protocolOf(this.#bytes, start[VpcField.protocol], end[VpcField.protocol]) || -1;
  }

  address(field: number, words: Uint32Array): boolean | undefined {
    const isThere = this.#cells.isAddress(field) || !this.isUnset(field);
    return isThere ? this.#cells.address(field, this.#bytes, words) : undefined;
  }
}

/** '2026-01-02T03:04:05.000Z' */
function isStamp(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 24 && bytes[start + 4] === minus && bytes[start + 10] === upperT && bytes[end - 1] === 90
  );
}
