import { gunzipSync } from 'node:zlib';
import { HybridRuns } from './parquet-runs.ts';
import { unsnappy } from './snappy.ts';
import { DamagedError, listIn, numberIn, structIn, textOf, ThriftReader } from './thrift.ts';
import type { ThriftStruct } from './thrift.ts';

/*
 * Flat columns of a Parquet file (https://parquet.apache.org/docs/file-format/), one value after another: of each column
 * one page is held, and nothing is made of a run but the value at hand. A run length, a count or a size in a damaged file
 * can so cost no more than the page it stands in.
 *
 *   PAR1 │ column chunk: [dictionary page] data page … │ … │ footer (schema, row groups, where their chunks are) │ length │ PAR1
 *   page = header (Thrift) │ compressed ( levels: which values are there │ values, or indexes into the dictionary )
 */

const magic = 0x31524150;
const notWhole = 'not a whole Parquet file';
const footerLimit = 16 << 20;
/** Page headers are short; one that holds long statistics is asked for again. */
const headerWindow = 4096;
const headerLimit = 1 << 20;
/** Bytes of all pages that are held at once. */
const pagesLimit = 64 << 20;
const tooLarge = 'pages of more than 64 MiB';
/** A page of nothing but nulls is a few bytes for any number of rows: no honest file has more rows than this per byte. */
const rowsPerByte = 1000;
const columnsLimit = 4096;

const PageType = { data: 0, dictionary: 2, data2: 3 } as const;
const Encoding = { plain: 0, plainDictionary: 2, rle: 3, rleDictionary: 8 } as const;
const Codec = { none: 0, snappy: 1, gzip: 2 } as const;
const codecNames = ['none', 'Snappy', 'gzip', 'LZO', 'Brotli', 'LZ4', 'Zstandard', 'LZ4'];
/** Physical types that are read. */
const Physical = { int32: 1, int64: 2, bytes: 6 } as const;

interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly codec: number;
}

interface Column {
  readonly name: string;
  readonly type: number;
  readonly optional: boolean;
}

export interface RowGroup {
  readonly rows: number;
  /** By the column's name. */
  readonly chunks: ReadonlyMap<string, Chunk>;
}

/** Where the bytes of a Parquet file are: in memory or on disk. */
export interface ParquetBytes {
  readonly length: number;
  /** `[start, end)`, both within the length; good until the next call, at least. Throws {@link DamagedError}. */
  slice(start: number, end: number): Uint8Array;
}

/** The constructor throws {@link DamagedError} when the footer cannot be read. */
export class ParquetFile {
  readonly bytes: ParquetBytes;
  /** Columns that are flat and hold integers or bytes. */
  readonly columns = new Map<string, Column>();
  readonly groups: readonly RowGroup[];
  /** Bytes of pages in use. */
  #held = 0;

  constructor(bytes: ParquetBytes) {
    this.bytes = bytes;
    const { length } = bytes;
    if (length < 12 || wordAt(bytes.slice(0, 4), 0) !== magic) throw new DamagedError(notWhole);
    const tail = bytes.slice(length - 8, length);
    if (wordAt(tail, 4) !== magic) throw new DamagedError(notWhole);
    const size = wordAt(tail, 0);
    if (size > length - 12 || size > footerLimit) throw new DamagedError('the footer does not fit');
    const footer = new ThriftReader(bytes.slice(length - 8 - size, length - 8), 0, size).struct();
    this.#readSchema(footer);
    this.groups = listIn(footer, 4).map((group) => this.#group(group as ThriftStruct));
  }

  #readSchema(footer: ThriftStruct): void {
    // The root, then its columns; what has children is nested and passed over with them.
    const elements = listIn(footer, 2).filter((element) => element instanceof Map) as ThriftStruct[];
    if (elements.length > columnsLimit) throw new DamagedError('too many columns');
    let at = 1;
    const pass = (depth: number): void => {
      if (depth > 32) throw new DamagedError('nested too deeply');
      const element = elements.at(at++);
      if (!element) return;
      const children = Math.min(numberIn(element, 5, 0), elements.length);
      if (depth === 0 && children <= 0) {
        const repetition = numberIn(element, 3);
        const name = textOf(element.get(4));
        if (repetition === 0 || repetition === 1)
          this.columns.set(name, { name, type: numberIn(element, 1), optional: repetition === 1 });
      }
      for (let child = 0; child < children && at < elements.length; child++) pass(depth + 1);
    };
    while (at < elements.length) pass(0);
  }

  #group(group: ThriftStruct): RowGroup {
    const chunks = new Map<string, Chunk>();
    if (group instanceof Map) {
      for (const column of listIn(group, 1)) {
        const meta = column instanceof Map ? structIn(column as ThriftStruct, 3) : undefined;
        if (!meta) continue;
        const path = listIn(meta, 3);
        const data = numberIn(meta, 9);
        const dictionary = numberIn(meta, 11);
        const start = dictionary > 0 ? Math.min(dictionary, data) : data;
        const size = numberIn(meta, 7);
        if (path.length === 1 && start >= 4 && size >= 0)
          chunks.set(textOf(path[0]), { start, end: start + size, codec: numberIn(meta, 4) });
      }
    }
    return { rows: group instanceof Map ? numberIn(group, 3) : -1, chunks };
  }

  /** Why the row group cannot be read; '' when it can. */
  check({ rows }: RowGroup): string {
    return rows < 0 || rows > rowsPerByte * this.bytes.length ? 'an impossible number of rows' : '';
  }

  /** The values of a column in a row group, in the order of rows. */
  reader(group: RowGroup, name: string): ColumnReader {
    const column = this.columns.get(name);
    const chunk = group.chunks.get(name);
    if (!column || !chunk || chunk.end > this.bytes.length) throw new DamagedError('a column is not there');
    return new ColumnReader(this, column, chunk);
  }

  /** Accounts for a page that is `size` long where one of `before` was. */
  hold(size: number, before: number): void {
    this.#held += size - before;
    if (this.#held > pagesLimit) throw new DamagedError(tooLarge);
  }

  /** No page is in use any more: the readers of a row group are done with. */
  release(): void {
    this.#held = 0;
  }
}

const noBytes = new Uint8Array(0);

/** The values of one column chunk. After {@link next}: `isNull`, else `number`, or `bytes[start, end)`. */
export class ColumnReader {
  isNull = false;
  number = 0;
  bytes: Uint8Array = noBytes;
  start = 0;
  end = 0;
  readonly #file: ParquetFile;
  readonly #column: Column;
  readonly #codec: number;
  readonly #chunkEnd: number;
  #at: number;
  /** Values left in the page. */
  #left = 0;
  #page: Uint8Array = noBytes;
  #value = 0;
  #encoded = false;
  readonly #levels = new HybridRuns();
  readonly #indexes = new HybridRuns();
  /** Values of the dictionary: numbers, or where their bytes are. */
  #dictionary: Uint8Array = noBytes;
  #numbers = new Float64Array(0);
  #starts = new Uint32Array(0);
  #ends = new Uint32Array(0);
  #entries = 0;

  constructor(file: ParquetFile, column: Column, { start, end, codec }: Chunk) {
    const { type } = column;
    if (type !== Physical.int32 && type !== Physical.int64 && type !== Physical.bytes)
      throw new DamagedError('a column of another type');
    if (codec !== Codec.none && codec !== Codec.snappy && codec !== Codec.gzip)
      throw new DamagedError(`${codecNames[codec] ?? 'unknown'} compression is not built in`);
    this.#file = file;
    this.#column = column;
    this.#codec = codec;
    this.#at = start;
    this.#chunkEnd = end;
  }

  /** Whether values are bytes; else they are numbers. */
  get isBytes(): boolean {
    return this.#column.type === Physical.bytes;
  }

  /** The next row's value. Throws {@link DamagedError} when there is none. */
  next(): void {
    while (this.#left === 0) this.#nextPage();
    this.#left--;
    if (this.#column.optional && this.#levels.next() === 0) {
      this.isNull = true;
      return;
    }
    this.isNull = false;
    if (this.#encoded) {
      const entry = this.#indexes.next();
      if (entry >= this.#entries) throw new DamagedError('a value that the dictionary does not have');
      if (this.#column.type === Physical.bytes) {
        this.bytes = this.#dictionary;
        this.start = this.#starts[entry];
        this.end = this.#ends[entry];
      } else this.number = this.#numbers[entry];
      return;
    }
    this.bytes = this.#page;
    this.#value = this.#plain(this.#page, this.#value);
  }

  /** Reads one value of `page` at `at` into `number`, or `start` and `end`; returns the position behind it. */
  #plain(page: Uint8Array, at: number): number {
    const { type } = this.#column;
    const width = type === Physical.int64 ? 8 : 4;
    if (at + width > page.length) throw new DamagedError('a page ends early');
    const low = wordAt(page, at);
    if (type === Physical.int32) this.number = low | 0;
    else if (type === Physical.int64) this.number = (wordAt(page, at + 4) | 0) * 0x1_0000_0000 + low;
    else {
      this.start = at + 4;
      this.end = at + 4 + low;
      if (this.end > page.length) throw new DamagedError('a page ends early');
      return this.end;
    }
    return at + width;
  }

  #nextPage(): void {
    if (this.#at >= this.#chunkEnd) throw new DamagedError('a column has fewer values than rows');
    const { header, behind: start } = this.#header();
    const size = numberIn(header, 2);
    const packed = numberIn(header, 3);
    if (size < 0 || packed < 0 || packed > this.#chunkEnd - start)
      throw new DamagedError('a page does not fit its column');
    if (packed > pagesLimit) throw new DamagedError(tooLarge);
    this.#at = start + packed;
    const raw = this.#file.bytes.slice(start, start + packed);
    const type = numberIn(header, 1);
    if (type === PageType.dictionary) this.#readDictionary(header, raw, size);
    else if (type === PageType.data) this.#readData(header, raw, size);
    else if (type === PageType.data2) this.#readData2(header, raw, size);
  }

  /** The header of the page that is next, and where the page begins. */
  #header(): { header: ThriftStruct; behind: number } {
    for (let window = headerWindow; ; window = headerLimit) {
      const end = Math.min(this.#chunkEnd, this.#at + window);
      const thrift = new ThriftReader(this.#file.bytes.slice(this.#at, end), 0, window);
      try {
        return { header: thrift.struct(), behind: this.#at + thrift.at };
      } catch (error) {
        if (window === headerLimit || end === this.#chunkEnd) throw error;
      }
    }
  }

  #readDictionary(header: ThriftStruct, raw: Uint8Array, size: number): void {
    const about = structIn(header, 7);
    const count = about ? numberIn(about, 1) : -1;
    const encoding = about ? numberIn(about, 2) : -1;
    if (encoding !== Encoding.plain && encoding !== Encoding.plainDictionary) throw unreadEncoding();
    const page = this.#unpack(raw, size, this.#dictionary.length);
    this.#dictionary = page;
    // Each value takes four bytes or more.
    if (count < 0 || count * 4 > page.length) throw new DamagedError('a dictionary ends early');
    const isBytes = this.#column.type === Physical.bytes;
    this.#numbers = new Float64Array(isBytes ? 0 : count);
    this.#starts = new Uint32Array(isBytes ? count : 0);
    this.#ends = new Uint32Array(isBytes ? count : 0);
    let at = 0;
    for (let i = 0; i < count; i++) {
      at = this.#plain(page, at);
      if (isBytes) {
        this.#starts[i] = this.start;
        this.#ends[i] = this.end;
      } else this.#numbers[i] = this.number;
    }
    this.#entries = count;
  }

  #readData(header: ThriftStruct, raw: Uint8Array, size: number): void {
    const about = structIn(header, 5);
    if (!about) throw new DamagedError('a page without its header');
    const page = this.#unpack(raw, size, this.#page.length);
    this.#page = page;
    let at = 0;
    if (this.#column.optional) {
      if (numberIn(about, 3, Encoding.rle) !== Encoding.rle) throw unreadEncoding();
      const length = page.length >= 4 ? wordAt(page, 0) : 0;
      at = 4 + length;
      if (at > page.length) throw new DamagedError('a page ends early');
      this.#levels.begin(page, 4, at, 1);
    }
    this.#values(page, at, numberIn(about, 1), numberIn(about, 2));
  }

  #readData2(header: ThriftStruct, raw: Uint8Array, size: number): void {
    const about = structIn(header, 8);
    if (!about) throw new DamagedError('a page without its header');
    const levels = numberIn(about, 5, 0) + numberIn(about, 6, 0);
    const definitions = numberIn(about, 5, 0);
    // Levels stand in front, never compressed; a flat column has no repetition levels.
    if (levels !== definitions || levels < 0 || levels > raw.length || levels > size)
      throw new DamagedError('a page does not fit its column');
    const plain = about.get(7) === false;
    const values = raw.subarray(levels);
    if (this.#column.optional) this.#levels.begin(raw, 0, levels, 1);
    const page = plain ? values : this.#unpack(values, size - levels, this.#page.length);
    if (plain) this.#file.hold(page.length, this.#page.length);
    this.#page = page;
    this.#values(page, 0, numberIn(about, 1), numberIn(about, 4));
  }

  /** The page's values begin at `at`. */
  #values(page: Uint8Array, at: number, count: number, encoding: number): void {
    if (count < 0) throw new DamagedError('a page without its header');
    this.#left = count;
    this.#encoded = encoding === Encoding.plainDictionary || encoding === Encoding.rleDictionary;
    if (this.#encoded) {
      // The width of an index, then the indexes; a page of nulls may hold neither.
      const width = at < page.length ? page[at] : 0;
      if (width > 32) throw new DamagedError('a dictionary of impossible size');
      this.#indexes.begin(page, at + 1, page.length, width);
    } else if (encoding !== Encoding.plain) throw unreadEncoding();
    this.#value = at;
  }

  #unpack(raw: Uint8Array, size: number, before: number): Uint8Array {
    if (this.#codec === Codec.none) {
      if (raw.length !== size) throw new DamagedError('a page does not fit its column');
      this.#file.hold(size, before);
      return raw;
    }
    this.#file.hold(size, before);
    if (this.#codec === Codec.snappy) {
      const page = new Uint8Array(size);
      unsnappy(raw, page);
      return page;
    }
    let page: Uint8Array;
    try {
      page = gunzipSync(raw, { maxOutputLength: Math.max(1, size) });
    } catch {
      throw new DamagedError('damaged gzip data');
    }
    if (page.length !== size) throw new DamagedError('damaged gzip data');
    return page;
  }
}

const unreadEncoding = (): DamagedError => new DamagedError('an encoding of values that is not read');

/** Four bytes, least significant first, unsigned. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
