import { address } from '../bytes/addresses.ts';
import { lowerA, minus, space } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, isText, port } from '../bytes/numbers.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader, Sample } from '../model/format.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';
import { isEnough, noFields, noTraffic, skippedByAws, vpcFields, VpcRecord } from '../wire/vpc-flow.ts';
import type { VpcField } from '../wire/vpc-flow.ts';

/** Version 2 in its own order: what CloudWatch Logs holds, which has no header. */
const defaultNames =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const known: ReadonlyMap<string, number> = new Map(vpcFields.map((name, field) => [name, field]));
const fieldOf = Object.fromEntries(vpcFields.map((name, field) => [name, field])) as Record<VpcField, number>;
/** Names that only AWS's flow logs have; a header has at least these many of all. */
const leastNames = 4;
const micros = 1_000_000;
/** Seconds of a plausible stamp: ten digits, from 2001 to 2286. */
const firstSecond = 1_000_000_000;
const lastSecond = 9_999_999_999;

/** AWS VPC flow logs as text, versions 2 to 5 and later. See docs/inputs/aws-vpc.md. */
export const awsVpc: Format = {
  name: 'aws-vpc',
  title: 'AWS VPC flow logs as text, any choice and order of fields',
  // Ten minutes of aggregation at most, and a start that is stated up to a minute late: AWS, "Flow log records".
  lateness: 660,
  yields: ['contact'],
  blindness: [
    'One record per direction and interval: who began is known from tcp-flags (version 3) or when both directions are there.',
    'No payload, no ICMP types; several attempts between the same ports within an interval are one record.',
    "Traffic to Amazon's own DNS, DHCP, instance metadata and licence servers is not logged.",
  ],
  sample:
    '2 123456789010 eni-1235b8ca123456789 192.0.2.7 198.51.100.4 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',

  recognise(sample: Sample): number {
    if (sample.lines.length > 0 && isHeader(sample.lines[0])) return 1;
    return 0.97 * shareOf(sample, isDefault);
  },

  lines(): LineReader {
    return new VpcLines();
  },
};

function isHeader(line: string): boolean {
  if (line.length > 2000) return false;
  const names = line.split(' ');
  return (
    names.filter((name) => known.has(name) || defaultNames.includes(name)).length >= leastNames &&
    isEnough((field) => names.includes(field))
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

class VpcLines implements LineReader {
  readonly #fields = new CsvFields();
  readonly #record = new VpcRecord();
  readonly #words = new Uint32Array(4);
  /** Where in the line each of {@link vpcFields} stands; -1 absent. */
  readonly #at = new Int16Array(vpcFields.length);
  #bytes: Uint8Array = new Uint8Array(0);
  #count: number = defaultNames.length;
  #enough = true;
  #headed = false;
  /** Fields in front of the record: CloudWatch's export puts its own stamp there. */
  #before = 0;

  constructor() {
    this.#learn(defaultNames);
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
    if (!this.#headed && !this.#is(-1, '2')) return 'no header line before it';
    if (this.#has('log-status') && !this.#is(fieldOf['log-status'], 'OK')) {
      if (this.#is(fieldOf['log-status'], 'NODATA')) return noTraffic;
      return this.#is(fieldOf['log-status'], 'SKIPDATA') ? skippedByAws : 'unknown log-status';
    }
    return this.#append(batch);
  }

  #isHeader(count: number): boolean {
    const names = Array.from({ length: Math.min(count, 64) }, (_, i) => this.#fields.text(this.#bytes, i));
    if (!isHeader(names.join(' '))) return false;
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

  #append(batch: EventBatch): string {
    const record = this.#record;
    const { flow } = record;
    record.reset();
    const start = this.#time('start');
    const end = this.#time('end');
    flow.start = start >= 0 ? start : end;
    flow.end = Math.max(end, flow.start);
    if (flow.start < 0) return 'time that is none';
    if (!this.#address('pkt-srcaddr', 'srcaddr', 0) || !this.#address('pkt-dstaddr', 'dstaddr', 4))
      return 'address that is none';
    flow.proto = this.#proto();
    if (flow.proto < 0) return 'protocol that is none';
    flow.sourcePort = this.#port('srcport');
    flow.targetPort = this.#port('dstport');
    if (flow.sourcePort < 0 || flow.targetPort < 0) return 'port that is none';
    flow.packets = this.#number('packets');
    flow.bytes = this.#number('bytes');
    record.tcpFlags = this.#number('tcp-flags');
    record.rejected = this.#has('action') && this.#is(fieldOf.action, 'REJECT');
    return record.append(batch);
  }

  #has(field: VpcField): boolean {
    return this.#at[fieldOf[field]] >= 0;
  }

  /** Whether the field (-1: the record's first) is exactly `text`. */
  #is(field: number, text: string): boolean {
    const place = this.#before + (field < 0 ? 0 : this.#at[field]);
    return isText(this.#bytes, this.#fields.start[place], this.#fields.end[place], text);
  }

  /** The place of a field that is there and not '-'; else -1. */
  #place(field: VpcField): number {
    const at = this.#at[fieldOf[field]];
    if (at < 0) return -1;
    const place = at + this.#before;
    const start = this.#fields.start[place];
    const length = this.#fields.end[place] - start;
    return length === 0 || (length === 1 && this.#bytes[start] === minus) ? -1 : place;
  }

  /** A number; -1 when it is not there or none. */
  #number(field: VpcField): number {
    const place = this.#place(field);
    return place < 0 ? -1 : decimal(this.#bytes, this.#fields.start[place], this.#fields.end[place]);
  }

  /** µs; -1 when it is not there or no stamp of this age. */
  #time(field: VpcField): number {
    const seconds = this.#number(field);
    return seconds >= firstSecond && seconds <= lastSecond ? seconds * micros : -1;
  }

  #proto(): number {
    const place = this.#place('protocol');
    if (place < 0) return -1;
    const start = this.#fields.start[place];
    const end = this.#fields.end[place];
    const number = decimal(this.#bytes, start, end);
    if (number >= 0) return number <= 254 ? number : -1;
    return protocolOf(this.#bytes, start, end) || -1;
  }

  #port(field: VpcField): number {
    const place = this.#place(field);
    return place < 0 ? 0 : port(this.#bytes, this.#fields.start[place], this.#fields.end[place]);
  }

  #address(best: VpcField, other: VpcField, offset: number): boolean {
    let place = this.#place(best);
    if (place < 0) place = this.#place(other);
    if (place < 0) return false;
    if (!address(this.#bytes, this.#fields.start[place], this.#fields.end[place], this.#words)) return false;
    this.#record.flow.address.set(this.#words, offset);
    return true;
  }
}

/** '2026-01-02T03:04:05.000Z' */
function isStamp(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 24 && bytes[start + 4] === minus && bytes[start + 10] === 84 && bytes[end - 1] === 90
  );
}
