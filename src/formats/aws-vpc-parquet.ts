import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { address } from '../bytes/addresses.ts';
import { decimal, isText } from '../bytes/numbers.ts';
import type { BlockReader, Format, InputInfo, RowSink, Sample } from '../model/format.ts';
import { ParquetFile } from '../wire/parquet.ts';
import type { ColumnReader, ParquetBytes, RowGroup } from '../wire/parquet.ts';
import { DamagedError } from '../wire/thrift.ts';
import { isEnough, noFields, statusOf, VpcField, vpcFormat, vpcNames, VpcRecord } from '../wire/vpc-flow.ts';
import type { VpcSource } from '../wire/vpc-flow.ts';

/**
 * The footer stands at the end: of what comes from a pipe or is compressed, all is held, and more than this is refused. AWS
 * closes its files at 75 MB.
 */
const heldLimit = 96 << 20;
/** Bytes by which a file on disk is known to be the input. */
const headLength = 64;
/** Rows handed out at a time. */
const rowsAtATime = 32_768;

/** AWS VPC flow logs as Parquet. See docs/inputs/aws-vpc-parquet.md. */
export const awsVpcParquet: Format = {
  name: 'aws-vpc-parquet',
  title: 'AWS VPC flow logs as Parquet files, any choice of fields',
  ...vpcFormat,
  sample:
    'Parquet with the columns srcaddr, dstaddr, srcport, dstport, protocol, start, action, …: 50 41 52 31 …',

  recognise({ bytes }: Sample): number {
    // What the columns are stands at the end of the file.
    return isText(bytes, 0, Math.min(4, bytes.length), 'PAR1') ? 0.9 : 0;
  },

  blocks({ name }: InputInfo): BlockReader {
    return new VpcParquet(name);
  },
};

class VpcParquet implements BlockReader {
  records = 0;
  pending = false;
  readonly #name: string;
  #started = false;
  /** The input is a file that can be read where it is wanted; else its bytes are held. */
  #disk: FileBytes | undefined;
  #held = new Uint8Array(0);
  #length = 0;
  #refused = false;
  #rows: Rows | undefined;
  #groups: readonly RowGroup[] = [];
  #file: ParquetFile | undefined;
  #group = 0;

  constructor(name: string) {
    this.#name = name;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    if (!this.#started) {
      if (end - start < headLength && !last) return start;
      this.#started = true;
      this.#disk = FileBytes.of(this.#name, bytes.subarray(start, Math.min(end, start + headLength)));
    }
    if (!this.#refused && !this.#disk && end > start) this.#keep(sink, bytes, start, end);
    if (this.#refused || !(last || this.#disk)) return end;
    this.#disk?.open();
    try {
      if (this.#file || this.#open(sink)) this.#handOut(sink);
    } finally {
      this.#disk?.close();
    }
    return end;
  }

  #keep(sink: RowSink, bytes: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > heldLimit) {
      this.#refused = true;
      this.#held = new Uint8Array(0);
      sink.note(
        'more than 96 MiB of Parquet in a pipe or a compressed file are not read: give the file itself',
      );
      return;
    }
    if (length > this.#held.length) {
      const grown = new Uint8Array(Math.min(heldLimit, Math.max(length, 2 * this.#held.length)));
      grown.set(this.#held.subarray(0, this.#length));
      this.#held = grown;
    }
    this.#held.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  #open(sink: RowSink): boolean {
    try {
      const file = new ParquetFile(this.#disk ?? new HeldBytes(this.#held.subarray(0, this.#length)));
      if (!isEnough((field) => columnOf(file, field) !== '')) {
        sink.note(noFields);
        this.#refused = true;
        return false;
      }
      this.#file = file;
      this.#groups = file.groups;
      return true;
    } catch (error) {
      this.#refused = true;
      this.#damaged(sink, error);
      return false;
    }
  }

  /** Hands out some rows; a row group that is damaged ends where the damage is, the next one is read. */
  #handOut(sink: RowSink): void {
    const file = this.#file!;
    let left = rowsAtATime;
    while (left > 0 && this.#group < this.#groups.length) {
      try {
        this.#rows ??= new Rows(file, this.#groups[this.#group]);
        const rows = this.#rows;
        while (left > 0 && rows.next()) {
          left--;
          this.records++;
          const row = sink.room(1).length;
          const reason = rows.append(sink);
          if (reason !== '') sink.skip(reason, this.records, 0, 0);
          else {
            const batch = sink.room(0);
            batch.record[row] = this.records;
            batch.rawStart[row] = 0;
            batch.rawLength[row] = 0;
          }
        }
        if (left > 0) this.#nextGroup();
      } catch (error) {
        this.#damaged(sink, error);
        this.#nextGroup();
      }
    }
    this.pending = this.#group < this.#groups.length;
    if (!this.pending) this.#held = new Uint8Array(0);
  }

  #nextGroup(): void {
    this.#group++;
    this.#rows = undefined;
    this.#file!.release();
  }

  #damaged(sink: RowSink, error: unknown): void {
    if (!(error instanceof DamagedError)) throw error;
    this.records++;
    sink.skip(`damaged Parquet file: ${error.message}`, this.records, 0, 0);
  }
}

class HeldBytes implements ParquetBytes {
  readonly length: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  slice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }
}

/** A file on disk; open only while rows are made, for there may be hundreds of them. */
class FileBytes implements ParquetBytes {
  readonly length: number;
  readonly #path: string;
  #descriptor = -1;

  private constructor(path: string, length: number) {
    this.#path = path;
    this.length = length;
  }

  /** The file that the input was read from, if it is one and begins with `head`; compressed ones do not. */
  static of(path: string, head: Uint8Array): FileBytes | undefined {
    let descriptor = -1;
    try {
      descriptor = openSync(path, 'r');
      const stat = fstatSync(descriptor);
      const found = new Uint8Array(head.length);
      if (!stat.isFile() || readSync(descriptor, found, 0, found.length, 0) < head.length) return undefined;
      return Buffer.compare(found, head) === 0 ? new FileBytes(path, stat.size) : undefined;
    } catch {
      // Standard input, or gone: its bytes come anyway.
      return undefined;
    } finally {
      if (descriptor >= 0) closeSync(descriptor);
    }
  }

  open(): void {
    try {
      this.#descriptor = openSync(this.#path, 'r');
    } catch {
      this.#descriptor = -1;
    }
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  slice(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    let got = 0;
    try {
      while (got < bytes.length) {
        const n = readSync(this.#descriptor, bytes, got, bytes.length - got, start + got);
        if (n === 0) break;
        got += n;
      }
    } catch {
      got = -1;
    }
    if (got < bytes.length) throw new DamagedError('the file cannot be read, or grew shorter');
    return bytes;
  }
}

/** The name of a field's column: AWS writes '_' for '-'; '' when it is not there. */
function columnOf(file: ParquetFile, field: number): string {
  const plain = vpcNames[field];
  for (const name of [plain, plain.replaceAll('-', '_')]) if (file.columns.has(name)) return name;
  return '';
}

/** The rows of one row group, one at a time. */
class Rows implements VpcSource {
  readonly #record = new VpcRecord();
  /** By field; undefined where the file has none. */
  readonly #columns: (ColumnReader | undefined)[];
  readonly #there: readonly ColumnReader[];
  #left: number;

  constructor(file: ParquetFile, group: RowGroup) {
    const reason = file.check(group);
    if (reason !== '') throw new DamagedError(reason);
    this.#left = group.rows;
    this.#columns = vpcNames.map((_, field) => {
      const name = columnOf(file, field);
      return name === '' ? undefined : file.reader(group, name);
    });
    this.#there = this.#columns.filter((column) => column !== undefined);
  }

  /** Moves to the next row; false behind the last. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    for (const column of this.#there) column.next();
    return true;
  }

  /** Appends the row; or the reason why there is none. */
  append(sink: RowSink): string {
    const status = this.#columns[VpcField.logStatus] ? statusOf(this) : '';
    return status === '' ? this.#record.append(sink.room(1), this) : status;
  }

  number(field: number): number {
    const column = this.#value(field);
    if (!column) return -1;
    // Where a table of strings was written out.
    return column.isBytes ? decimal(column.bytes, column.start, column.end) : column.number;
  }

  protocol(): number {
    return this.number(VpcField.protocol);
  }

  isUnset(field: number): boolean {
    const column = this.#value(field);
    if (!column?.isBytes) return true;
    return column.start === column.end || isText(column.bytes, column.start, column.end, '-');
  }

  is(field: number, text: string): boolean {
    const column = this.#value(field);
    return column !== undefined && column.isBytes && isText(column.bytes, column.start, column.end, text);
  }

  address(field: number, words: Uint32Array): boolean | undefined {
    const column = this.#value(field);
    if (!column || this.is(field, '-')) return undefined;
    return column.isBytes && address(column.bytes, column.start, column.end, words);
  }

  #value(field: number): ColumnReader | undefined {
    const column = this.#columns[field];
    return column && !column.isNull ? column : undefined;
  }
}
