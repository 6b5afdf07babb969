import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * The loops over bytes that JavaScript cannot do sixteen at a time are WebAssembly, compiled from kernel/ by the build. They
 * work on memory of their own, which no other thread shares and which never grows:
 *
 *   0         tables                         scratch          decoded          window              end
 *   │ statics │ of readers, never given back │ one line that  │ three texts that │ the chunk that is │
 *   │         │ (reserve)                    │ is in no chunk │ were decoded     │ being read        │
 *
 * A chunk is copied into the window when the first reader asks for one of its lines (6 GB/s; readers that never ask never
 * pay). Positions in chunk and window differ by a constant: see {@link place}. What is decoded here is read where it is.
 */

/** The language's own; TypeScript declares it with browsers' libraries only. */
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** A constant as WebAssembly exports it; of tables, where they are. */
interface Constant {
  readonly value: number;
}

/** What kernel/index.ts exports. Numbers are addresses where nothing else is said. */
interface KernelFunctions {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): number;
  readonly columnLimit: Constant;
  readonly columnCuts: Constant;
  readonly columnStarts: Constant;
  readonly columnEnds: Constant;
  readonly columnDoubled: Constant;
  columnsCut(base: number, start: number, stop: number, separator: number, odd: number, most: number): number;
  columnsWords(base: number, from: number, stop: number, most: number): number;
  columnsSplit(
    base: number,
    from: number,
    stop: number,
    delimiter: number,
    most: number,
    capacity: number,
  ): number;
  newPicker(fields: number, wanted: number): number;
  // What of a picker's record says where its tables are.
  readonly pickKinds: Constant;
  readonly pickStarts: Constant;
  readonly pickEnds: Constant;
  readonly pickReads: Constant;
  readonly pickNumbers: Constant;
  readonly pickWords: Constant;
  readonly pickDone: Constant;
  pickerReady(picker: number, root: number): void;
  jsonKey(picker: number, object: number, name: number, size: number, field: number): number;
  jsonValue(key: number, inside: number, element: number): void;
  /** Addresses. */
  jsonTextEnd(from: number): number;
  jsonRead(picker: number, base: number, open: number, stop: number): number;
  readonly partStarts: Constant;
  readonly partEnds: Constant;
  readonly partEscapes: Constant;
  partsFind(picker: number, parts: number, first: number, fields: number): number;
  requestRow(
    base: number,
    starts: number,
    ends: number,
    present: number,
    plain: number,
    ported: number,
  ): number;
  readonly requestRowValues: Constant;
  /** Addresses. */
  unescape(from: number, end: number, to: number): number;
  searchWord(base: number, from: number, stop: number, a: number, b: number, c: number): number;
  readonly headCount: Constant;
  readonly headShortest: Constant;
  readonly headLongest: Constant;
  newHeads(): number;
  /** Addresses. */
  headPut(heads: number, index: number, from: number, length: number): void;
  headFind(heads: number, from: number, stop: number): number;
  pairsName(picker: number, name: number, size: number, field: number): void;
  pairsReady(picker: number): void;
  pairsQuoted(
    picker: number,
    base: number,
    start: number,
    stop: number,
    separator: number,
    nameless: boolean,
  ): number;
  pairsDelimited(picker: number, base: number, start: number, stop: number, delimiter: number): void;
  pairsExtension(picker: number, base: number, start: number, stop: number): void;
  pairsColon(
    picker: number,
    base: number,
    start: number,
    stop: number,
    separator: number,
    words: boolean,
  ): void;
  readonly cellsColumns: Constant;
  readonly cellsKinds: Constant;
  readonly cellsLetters: Constant;
  readonly cellsStarts: Constant;
  readonly cellsEnds: Constant;
  readonly cellsReads: Constant;
  readonly cellsNumbers: Constant;
  readonly cellsAddresses: Constant;
  readonly cellsWords: Constant;
  readonly cellsShown: Constant;
  cellsRead(
    base: number,
    start: number,
    stop: number,
    separator: number,
    way: number,
    trim: number,
    fields: number,
    most: number,
  ): number;
  stepsList(count: number, required: number): number;
  stepsPut(
    list: number,
    i: number,
    kind: number,
    blank: number,
    joined: number,
    text: number,
    length: number,
  ): void;
  stepsStarts(list: number): number;
  stepsEnds(list: number): number;
  readonly stepsStopped: Constant;
  stepsWalk(list: number, origin: number, from: number, stop: number, i: number): number;
  sidesRead(base: number, start: number, stop: number, between: number, length: number): number;
  readonly sidesValues: Constant;
  netfilterUsual(base: number, start: number, stop: number): number;
  readonly netfilterValues: Constant;
  marksList(count: number): number;
  marksFound(list: number): number;
  marksText(list: number, i: number, text: number, length: number, group: number): void;
  marksFind(list: number, base: number, start: number, stop: number): void;
  newNeedle(length: number): number;
  needleBytes(needle: number): number;
  readonly findNeedle: (base: number, start: number, stop: number, needle: number) => number;
  ipv6Read(base: number, start: number, stop: number): number;
  readonly ipv6Words: Constant;
  endpointRead(base: number, start: number, stop: number, ported: boolean, mark: number): number;
  readonly endpointPort: Constant;
  readonly findLastNeedle: (base: number, start: number, stop: number, needle: number) => number;
  isoRead(base: number, start: number, stop: number): number;
  readonly isoSaid: Constant;
  targetAbsolute(base: number, start: number, stop: number): number;
  readonly targetParts: Constant;
  requestUsual(base: number, start: number, stop: number): boolean;
  webUsual(base: number, start: number, stop: number): number;
  readonly webValues: Constant;
  readonly breakLimit: Constant;
  readonly breaks: Constant;
  breaksFound(base: number, from: number, stop: number): number;
  readonly wordLimit: Constant;
  newWords(slots: number, folded: boolean): number;
  wordPut(list: number, from: number, to: number, value: number): void;
}

const tableLimit = 34 << 20;
const scratchAt = tableLimit;
/** A line that is in no chunk is read as far as this. */
export const scratchSize = 2 << 20;
/** Line breaks behind everything that is read: there, at the latest, every loop stops. */
const guard = 64;
const decodedAt = scratchAt + scratchSize + guard;
const decodedRoom = scratchSize + guard;
const windowAt = decodedAt + 3 * decodedRoom;
const windowSize = 8 << 20;
const newline = 10;

let functions: KernelFunctions | undefined;
let memory = new Uint8Array(0);
/** Two lines that were decoded, one perhaps out of the other, as they stand in the kernel's memory; valid until the next is. */
let outer = memory;
let inner = memory;
/** What was decoded to be copied from here. */
let loose = memory;

/** The chunk that is being read, and whether it is in the window already. */
let chunk: Uint8Array | undefined;
let chunkStart = 0;
let chunkEnd = 0;
let copied = false;
let chunkBase = 0;
/** Where what {@link place} was asked for last ends, at `end` or earlier. */
export let placed = 0;

/** This thread's kernel; compiled when it is first asked for (about 2 ms). */
export function kernel(): KernelFunctions {
  if (functions) return functions;
  if (typeof WebAssembly === 'undefined') throw new Error('WebAssembly is switched off (node --jitless?)');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(binary())));
  functions = exports as KernelFunctions;
  const { buffer } = functions.memory;
  memory = new Uint8Array(buffer);
  outer = new Uint8Array(buffer, decodedAt, scratchSize);
  inner = new Uint8Array(buffer, decodedAt + decodedRoom, scratchSize);
  loose = new Uint8Array(buffer, decodedAt + 2 * decodedRoom, scratchSize);
  return functions;
}

/** dist/kernel.wasm of the package that this file is in, built or not. */
function binary(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'dist', 'kernel.wasm');
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('dist/kernel.wasm is missing: npm run build makes it');
    folder = parent;
  }
}

/**
 * Memory for the tables of a reader, never given back: for what a program needs a bounded number of.
 * Throws a RangeError when there is no more.
 */
export function reserve(bytes: number): number {
  const from = kernel().reserve(bytes);
  if (from + bytes > tableLimit) throw new RangeError('too many readers of different fields');
  return from;
}

/** `bytes[start, end)` does not change until {@link forget}: all that is read of it by then may be read of one copy. */
export function announce(bytes: Uint8Array, start: number, end: number): void {
  chunk = end - start <= windowSize ? bytes : undefined;
  chunkStart = start;
  chunkEnd = end;
  copied = false;
}

/** The announced chunk may change from here on. */
export function forget(): void {
  chunk = undefined;
}

/**
 * The kernel's address of `bytes[0]`, if it were there; `bytes[start, end)` is, with line breaks behind it, or behind all of
 * its chunk. Of what is in no chunk it is no more than {@link scratchSize}, up to {@link placed}, and that until the next call.
 */
export function place(bytes: Uint8Array, start: number, end: number): number {
  if (bytes === chunk && start >= chunkStart && end <= chunkEnd) {
    if (!copied) {
      chunkBase = windowAt - chunkStart;
      put(bytes, chunkStart, chunkEnd, windowAt);
      copied = true;
    }
    placed = end;
    return chunkBase;
  }
  if (bytes === outer || bytes === inner) {
    placed = end;
    return bytes.byteOffset;
  }
  placed = Math.min(end, start + scratchSize);
  put(bytes, start, placed, scratchAt);
  return scratchAt - start;
}

/** As {@link place}, of what needs no copy for itself: for other bytes, NaN. */
export function placeInChunk(bytes: Uint8Array, start: number, end: number): number {
  if (bytes === outer || bytes === inner) return bytes.byteOffset;
  return bytes === chunk && start >= chunkStart && end <= chunkEnd ? place(bytes, start, end) : Number.NaN;
}

/**
 * Where a line out of `bytes` is decoded to, so that {@link place} has nothing to copy. 2 MiB; what is in there is valid until
 * the next line is decoded.
 */
export function decodedLine(bytes: Uint8Array): Uint8Array {
  if (functions === undefined) kernel();
  return bytes === outer ? inner : outer;
}

/** Whether it is what {@link decodedLine} gave. */
export function isDecodedLine(bytes: Uint8Array): boolean {
  return bytes === outer || bytes === inner;
}

/** Where a text is decoded to that is copied from there at once: 2 MiB. */
export function decodedText(): Uint8Array {
  if (functions === undefined) kernel();
  return loose;
}

function put(bytes: Uint8Array, start: number, end: number, at: number): void {
  if (functions === undefined) kernel();
  memory.set(bytes.subarray(start, end), at);
  memory.fill(newline, at + end - start, at + end - start + guard);
}
