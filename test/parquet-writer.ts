import { gzipSync } from 'node:zlib';

/** Writes small Parquet files for tests, as the specification says, or with one of its numbers tampered with. */

export interface WrittenColumn {
  readonly name: string;
  readonly type: 'int32' | 'int64' | 'bytes';
  /** null: the row has none; a column with a null is optional. */
  readonly values: readonly (number | string | null)[];
  readonly dictionary?: boolean;
}

export interface WriterOptions {
  readonly codec?: 'none' | 'snappy' | 'gzip';
  readonly rowsPerGroup?: number;
  readonly rowsPerPage?: number;
  /** Data pages of version 2. */
  readonly version2?: boolean;
  /** Given every number of the format by its name; what it returns is written instead. */
  readonly tamper?: (name: string, value: number) => number;
}

const types = { int32: 1, int64: 2, bytes: 6 } as const;
const codecs = { none: 0, snappy: 1, gzip: 2 } as const;

type Field = readonly [id: number, value: Thrift];
type Thrift = number | bigint | string | boolean | { struct: readonly Field[] } | { list: readonly Thrift[] };

export function parquet(
  columns: readonly WrittenColumn[],
  options: WriterOptions = {},
): Uint8Array<ArrayBuffer> {
  const { codec = 'none', rowsPerGroup = Infinity, rowsPerPage = Infinity, version2 = false } = options;
  const tamper = options.tamper ?? ((_name: string, value: number) => value);
  const rows = columns[0].values.length;
  const parts: Uint8Array[] = [Buffer.from('PAR1')];
  let at = 4;
  const put = (bytes: Uint8Array): void => {
    parts.push(bytes);
    at += bytes.length;
  };
  const packed = (bytes: Uint8Array): Uint8Array =>
    codec === 'gzip' ? gzipSync(bytes) : codec === 'snappy' ? snappy(bytes) : bytes;
  const page = (
    kind: number,
    about: Field,
    content: Uint8Array,
    head: Uint8Array = Buffer.alloc(0),
  ): void => {
    const body = Buffer.concat([head, packed(content)]);
    put(
      struct([
        [1, tamper('page type', kind)],
        [2, tamper('uncompressed size', head.length + content.length)],
        [3, tamper('compressed size', body.length)],
        about,
      ]),
    );
    put(body);
  };

  const groups: Thrift[] = [];
  for (let first = 0; first < rows || first === 0; first += rowsPerGroup) {
    const last = Math.min(rows, first + rowsPerGroup);
    const chunks = columns.map((column): Thrift => {
      const values = column.values.slice(first, last);
      const optional = column.values.includes(null);
      const start = at;
      const entries = [...new Set(values.filter((value) => value !== null))];
      if (column.dictionary) {
        const about: Field = [
          7,
          {
            struct: [
              [1, tamper('dictionary entries', entries.length)],
              [2, 2],
            ],
          },
        ];
        page(2, about, Buffer.concat(entries.map((value) => plain(column.type, value, tamper))));
      }
      const data = at;
      for (let from = 0; from < values.length; from += rowsPerPage) {
        const some = values.slice(from, from + rowsPerPage);
        const there = some.filter((value) => value !== null);
        const levels = optional
          ? runs(
              some.map((value) => (value === null ? 0 : 1)),
              1,
              tamper,
            )
          : Buffer.alloc(0);
        const width = tamper('index width', Math.ceil(Math.log2(Math.max(2, entries.length))));
        const content = column.dictionary
          ? Buffer.concat([
              Buffer.of(width & 255),
              packedRun(
                there.map((value) => entries.indexOf(value)),
                width,
                tamper,
              ),
            ])
          : Buffer.concat(there.map((value) => plain(column.type, value, tamper)));
        const encoding = tamper('encoding', column.dictionary ? 8 : 0);
        if (version2) {
          const about: Field = [
            8,
            {
              struct: [
                [1, tamper('values', some.length)],
                [2, some.length - there.length],
                [3, some.length],
                [4, encoding],
                [5, tamper('level bytes', levels.length)],
                [6, 0],
                [7, codec !== 'none'],
              ],
            },
          ];
          page(3, about, content, levels);
          continue;
        }
        const length = Buffer.alloc(4);
        length.writeUInt32LE(tamper('level bytes', levels.length) >>> 0);
        const about: Field = [
          5,
          {
            struct: [
              [1, tamper('values', some.length)],
              [2, encoding],
              [3, 3],
              [4, 3],
            ],
          },
        ];
        page(0, about, Buffer.concat([...(optional ? [length, levels] : []), content]));
      }
      const meta: Field[] = [
        [1, types[column.type]],
        [2, { list: [0, 3] }],
        [3, { list: [column.name] }],
        [4, tamper('codec', codecs[codec])],
        [5, BigInt(values.length)],
        [6, 0n],
        [7, BigInt(tamper('chunk size', at - start))],
        [9, BigInt(tamper('chunk offset', data))],
        ...(column.dictionary ? [[11, BigInt(tamper('dictionary offset', start))] as const] : []),
      ];
      return {
        struct: [
          [2, BigInt(start)],
          [3, { struct: meta }],
        ],
      };
    });
    groups.push({
      struct: [
        [1, { list: chunks }],
        [2, 0n],
        [3, BigInt(tamper('rows', last - first))],
      ],
    });
    if (rowsPerGroup === Infinity) break;
  }

  const schema: Thrift[] = [
    {
      struct: [
        [4, 'schema'],
        [5, tamper('children', columns.length)],
      ],
    },
    ...columns.map((column): Thrift => ({
      struct: [
        [1, tamper('type', types[column.type])],
        [3, tamper('repetition', column.values.includes(null) ? 1 : 0)],
        [4, column.name],
      ],
    })),
  ];
  const footer = struct([
    [1, 1],
    [2, { list: schema }],
    [3, BigInt(rows)],
    [4, { list: groups }],
  ]);
  put(footer);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(tamper('footer length', footer.length) >>> 0);
  end.write('PAR1', 4);
  put(end);
  return new Uint8Array(Buffer.concat(parts));
}

type Tamper = (name: string, value: number) => number;

function plain(type: WrittenColumn['type'], value: number | string, tamper: Tamper): Uint8Array {
  if (type === 'bytes') {
    const text = Buffer.from(String(value));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(tamper('text length', text.length) >>> 0);
    return Buffer.concat([length, text]);
  }
  const bytes = Buffer.alloc(type === 'int32' ? 4 : 8);
  if (type === 'int32') bytes.writeInt32LE(Number(value));
  else bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

/** Runs of equal values. */
function runs(values: readonly number[], width: number, tamper: Tamper): Buffer {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < values.length;) {
    let to = from + 1;
    while (to < values.length && values[to] === values[from]) to++;
    parts.push(varint(tamper('run', (to - from) * 2)));
    for (let byte = 0; byte < Math.ceil(width / 8); byte++)
      parts.push(Buffer.of((values[from] >>> (8 * byte)) & 255));
    from = to;
  }
  return Buffer.concat(parts);
}

/** One bit-packed run, filled up to a multiple of eight values. */
function packedRun(values: readonly number[], width: number, tamper: Tamper): Buffer {
  const groups = Math.ceil(values.length / 8);
  const bytes = Buffer.alloc(groups * Math.max(0, Math.min(width, 64)));
  for (const [i, value] of values.entries()) {
    for (let bit = 0; bit < Math.min(width, 31); bit++) {
      const place = i * width + bit;
      if ((value >>> bit) & 1) bytes[place >>> 3] |= 1 << (place & 7);
    }
  }
  return Buffer.concat([varint(tamper('packed run', groups * 2 + 1)), bytes]);
}

/** Literals alone, which are Snappy too. */
function snappy(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [varint(bytes.length)];
  for (let from = 0; from < bytes.length; from += 60) {
    const piece = bytes.subarray(from, from + 60);
    parts.push(Buffer.of((piece.length - 1) << 2), piece);
  }
  return Buffer.concat(parts);
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const zigzag = (value: number | bigint): Buffer => {
  const wide = BigInt(value);
  return varint((wide << 1n) ^ (wide >> 63n));
};

function struct(fields: readonly Field[]): Buffer {
  const parts: Uint8Array[] = [];
  let before = 0;
  for (const [id, value] of fields) {
    const type = typeof value === 'boolean' ? (value ? 1 : 2) : kindOf(value);
    parts.push(Buffer.of(((id - before) << 4) | type));
    if (typeof value !== 'boolean') parts.push(encoded(value));
    before = id;
  }
  return Buffer.concat([...parts, Buffer.of(0)]);
}

function kindOf(value: Exclude<Thrift, boolean>): number {
  if (typeof value === 'number') return 5;
  if (typeof value === 'bigint') return 6;
  if (typeof value === 'string') return 8;
  return 'list' in value ? 9 : 12;
}

function encoded(value: Exclude<Thrift, boolean>): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return zigzag(value);
  if (typeof value === 'string') return Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
  if ('struct' in value) return struct(value.struct);
  const { list } = value;
  const kind = list.length > 0 ? kindOf(list[0] as Exclude<Thrift, boolean>) : 5;
  const head =
    list.length < 15
      ? Buffer.of((list.length << 4) | kind)
      : Buffer.concat([Buffer.of(0xf0 | kind), varint(list.length)]);
  return Buffer.concat([head, ...list.map((item) => encoded(item as Exclude<Thrift, boolean>))]);
}
