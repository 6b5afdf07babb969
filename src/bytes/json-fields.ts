import { backslash, braceClose, braceOpen, bracketClose, bracketOpen, colon, comma, quote } from './codes.ts';
import { decimal, fraction, hexDigit } from './numbers.ts';

/** What stands in a field of a JSON object. */
export const Json = {
  absent: 0,
  string: 1,
  /** A string with backslashes: its bytes have to be decoded. */
  escaped: 2,
  number: 3,
  true: 4,
  false: 5,
  null: 6,
  object: 7,
  array: 8,
} as const;

/** Nesting deeper than this is refused. */
const depthLimit = 64;

interface Node {
  /** Field that a value here fills; -1 for none. */
  field: number;
  /** Children by hash of their key; empty for a leaf. */
  readonly children: Child[];
  /** Hash table of indexes into `children`, -1 for empty slots; length a power of two. */
  table: Int16Array;
  /** Child of an array's first element. */
  first: Node | undefined;
  /** Which child followed which last time: `after[i + 1]` follows child i; guesses the next key without hashing. */
  after: Int16Array;
}

interface Child {
  readonly key: Uint8Array;
  readonly node: Node;
}

/**
 * Picks chosen fields out of one JSON object per line without building it. Paths name nested keys with '/'
 * ('flow/start'); '[0]' as a step is an array's first element ('queries/[0]/rrname'). After {@link read}, field i has
 * `kind[i]` and the bytes `[start[i], end[i])`: strings without their quotes, everything else as written. A key that is
 * given twice counts with its last value, as in JSON.parse.
 */
export class JsonFields {
  readonly kind: Uint8Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly #root: Node;
  #end = 0;
  /** The string passed last has backslashes. */
  #escapes = false;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(paths: readonly string[]) {
    this.kind = new Uint8Array(paths.length);
    this.start = new Uint32Array(paths.length);
    this.end = new Uint32Array(paths.length);
    this.#root = newNode();
    for (const [field, path] of paths.entries()) addPath(this.#root, path.split('/'), field);
    buildTables(this.#root);
  }

  /** Reads the object in `bytes[start, end)`; false when it is not one whole object (blanks around it are fine). */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.kind.fill(Json.absent);
    this.#bytes = bytes;
    this.#end = end;
    const open = blanks(bytes, start, end);
    if (open >= end || bytes[open] !== braceOpen) return false;
    const behind = this.#object(this.#root, open);
    return behind >= 0 && blanks(bytes, behind, end) === end;
  }

  /** Whether the field is a string, escaped or not. */
  isString(field: number): boolean {
    const kind = this.kind[field];
    return kind === Json.string || kind === Json.escaped;
  }

  /** The field as an integer ≥ 0, from a number or a string of digits; -1 otherwise. */
  integer(field: number): number {
    const kind = this.kind[field];
    if (kind !== Json.number && kind !== Json.string) return -1;
    return decimal(this.#bytes, this.start[field], this.end[field]);
  }

  /** The field as a number; NaN otherwise. */
  number(field: number): number {
    const kind = this.kind[field];
    if (kind !== Json.number && kind !== Json.string) return Number.NaN;
    const plain = fraction(this.#bytes, this.start[field], this.end[field]);
    // Exponents are rare enough for a string.
    return Number.isNaN(plain) && kind === Json.number ? Number(this.text(field)) : plain;
  }

  /** Whether the field is a string equal to the ASCII `text`. */
  is(field: number, text: string): boolean {
    const start = this.start[field];
    if (this.kind[field] !== Json.string || this.end[field] - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The field as a string; '' when absent. For rare paths, not hot loops. */
  text(field: number): string {
    if (this.kind[field] === Json.absent) return '';
    const start = this.start[field];
    let bytes = this.#bytes.subarray(start, this.end[field]);
    if (this.kind[field] === Json.escaped) {
      const decoded = new Uint8Array(bytes.length);
      bytes = decoded.subarray(0, unescapeJson(bytes, 0, bytes.length, decoded, 0));
    }
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  // The walkers take the position of a value's first byte and return the one behind it, -1 when it is broken.

  #object(node: Node, start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start + 1;
    if (at < end && bytes[at] <= 32) at = blanks(bytes, at, end);
    if (at < end && bytes[at] === braceClose) return at + 1;
    let last = -1;
    for (;;) {
      if (at >= end || bytes[at] !== quote) return -1;
      const keyStart = ++at;
      let child = node.after[last + 1];
      if (child >= 0 && isKey(bytes, keyStart, end, node.children[child].key)) {
        at = keyStart + node.children[child].key.length + 1;
      } else {
        while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
        if (at >= end) return -1;
        child = findChild(node, bytes, keyStart, at);
        if (child >= 0) node.after[last + 1] = child;
        at++;
      }
      if (at < end && bytes[at] !== colon) at = blanks(bytes, at, end);
      if (at >= end || bytes[at] !== colon) return -1;
      at++;
      if (at < end && bytes[at] <= 32) at = blanks(bytes, at, end);
      if (child >= 0) {
        at = this.#wanted(node.children[child].node, at);
        last = child;
      } else at = this.#skip(at);
      if (at < 0) return -1;
      if (at < end && bytes[at] <= 32) at = blanks(bytes, at, end);
      if (at >= end) return -1;
      const mark = bytes[at++];
      if (mark === braceClose) return at;
      if (mark !== comma) return -1;
      if (at < end && bytes[at] <= 32) at = blanks(bytes, at, end);
    }
  }

  // A value that a field or a nested field wants.
  #wanted(node: Node, at: number): number {
    if (at >= this.#end) return -1;
    const code = this.#bytes[at];
    let kind: number;
    let start = at;
    let stop: number;
    let behind: number;
    if (code === quote) {
      behind = this.#string(at);
      kind = this.#escapes ? Json.escaped : Json.string;
      start = at + 1;
      stop = behind - 1;
    } else {
      if (code === braceOpen) {
        kind = Json.object;
        behind = node.children.length > 0 ? this.#object(node, at) : this.#nested(at);
      } else if (code === bracketOpen) {
        kind = Json.array;
        behind = node.first === undefined ? this.#nested(at) : this.#array(node.first, at);
      } else {
        behind = this.#scalar(at);
        kind = scalarKind(code, behind - at);
        if (kind === Json.absent) return -1;
      }
      stop = behind;
    }
    const field = node.field;
    if (behind >= 0 && field >= 0) {
      this.kind[field] = kind;
      this.start[field] = start;
      this.end[field] = stop;
    }
    return behind;
  }

  // Reads the first element, skips the others.
  #array(first: Node, start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = blanks(bytes, start + 1, end);
    if (at < end && bytes[at] === bracketClose) return at + 1;
    at = this.#wanted(first, at);
    while (at >= 0) {
      at = blanks(bytes, at, end);
      if (at >= end) return -1;
      const mark = bytes[at++];
      if (mark === bracketClose) return at;
      if (mark !== comma) return -1;
      at = this.#skip(blanks(bytes, at, end));
    }
    return -1;
  }

  #skip(at: number): number {
    if (at >= this.#end) return -1;
    const code = this.#bytes[at];
    if (code === quote) return this.#string(at);
    if (code === braceOpen || code === bracketOpen) return this.#nested(at);
    const behind = this.#scalar(at);
    return scalarKind(code, behind - at) === Json.absent ? -1 : behind;
  }

  // `#escapes` says whether there were any.
  #string(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start + 1;
    let escapes = false;
    for (;;) {
      while (at < end && bytes[at] !== quote && bytes[at] !== backslash) at++;
      if (at >= end) return -1;
      if (bytes[at] === quote) break;
      escapes = true;
      at += 2;
    }
    this.#escapes = escapes;
    return at + 1;
  }

  // Passes an object or array by its brackets, strings respected; what stands between them is not looked at.
  #nested(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let depth = 0;
    let at = start;
    while (at < end) {
      const code = bytes[at];
      if (code === quote) {
        at = this.#string(at);
        if (at < 0) return -1;
        continue;
      }
      at++;
      if (code === braceOpen || code === bracketOpen) {
        if (++depth > depthLimit) return -1;
      } else if ((code === braceClose || code === bracketClose) && --depth === 0) return at;
    }
    return -1;
  }

  #scalar(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start;
    while (at < end) {
      const code = bytes[at];
      if (code === comma || code === braceClose || code === bracketClose || code <= 32) break;
      at++;
    }
    return at;
  }
}

/** What a word of this first letter and length is; absent when it is no JSON. */
function scalarKind(first: number, length: number): number {
  if (first === 45 || (first >= 48 && first <= 57)) return Json.number;
  if (first === 116 && length === 4) return Json.true;
  if (first === 102 && length === 5) return Json.false;
  return first === 110 && length === 4 ? Json.null : Json.absent;
}

function newNode(): Node {
  return { field: -1, children: [], table: new Int16Array(0), first: undefined, after: new Int16Array(0) };
}

function addPath(root: Node, steps: readonly string[], field: number): void {
  let node = root;
  for (const step of steps) {
    if (step === '[0]') {
      node.first ??= newNode();
      node = node.first;
      continue;
    }
    const key = Buffer.from(step, 'utf8');
    let child = node.children.find((existing) => key.equals(existing.key));
    if (child === undefined) {
      child = { key: Uint8Array.from(key), node: newNode() };
      node.children.push(child);
    }
    node = child.node;
  }
  node.field = field;
}

function buildTables(node: Node): void {
  let size = 4;
  while (size < node.children.length * 4) size *= 2;
  node.table = new Int16Array(size).fill(-1);
  node.after = new Int16Array(node.children.length + 1).fill(-1);
  for (const [index, { key, node: child }] of node.children.entries()) {
    let slot = keyHash(key, 0, key.length) & (size - 1);
    while (node.table[slot] >= 0) slot = (slot + 1) & (size - 1);
    node.table[slot] = index;
    buildTables(child);
  }
  if (node.first) buildTables(node.first);
}

function keyHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length <= 0) return 0;
  const middle = start + (length >> 1);
  return length * 31 + bytes[start] * 7 + bytes[end - 1] * 13 + bytes[middle] * 17;
}

function findChild(node: Node, bytes: Uint8Array, start: number, end: number): number {
  const mask = node.table.length - 1;
  let slot = keyHash(bytes, start, end) & mask;
  for (;;) {
    const index = node.table[slot];
    if (index < 0) return -1;
    const { key } = node.children[index];
    if (key.length === end - start && isKey(bytes, start, end + 1, key)) return index;
    slot = (slot + 1) & mask;
  }
}

/** Whether `key` and a quote behind it stand at `start`. */
function isKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  const length = key.length;
  if (start + length >= end || bytes[start + length] !== quote) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}

function blanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] <= 32) at++;
  return at;
}

/**
 * Decodes JSON string escapes of `from[start, end)` into `to` at `at` as UTF-8; returns the length written, never more than
 * `end - start`. A lone surrogate becomes U+FFFD; an unknown escape keeps its letter.
 */
export function unescapeJson(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  let out = at;
  let position = start;
  while (position < end) {
    const code = from[position++];
    if (code !== backslash || position >= end) {
      to[out++] = code;
      continue;
    }
    const letter = from[position++];
    if (letter !== 117) {
      to[out++] = simpleEscape(letter);
      continue;
    }
    let unit = hexUnit(from, position, end);
    if (unit < 0) {
      to[out++] = letter;
      continue;
    }
    position += 4;
    if (
      unit >= 0xd800 &&
      unit < 0xdc00 &&
      position + 6 <= end &&
      from[position] === backslash &&
      from[position + 1] === 117
    ) {
      const low = hexUnit(from, position + 2, end);
      if (low >= 0xdc00 && low < 0xe000) {
        unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        position += 6;
      }
    }
    out = putUtf8(to, out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
  }
  return out - at;
}

function simpleEscape(letter: number): number {
  switch (letter) {
    case 110:
      return 10;
    case 116:
      return 9;
    case 114:
      return 13;
    case 98:
      return 8;
    case 102:
      return 12;
    default:
      return letter;
  }
}

function hexUnit(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 > end) return -1;
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(bytes[start + i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Writes one code point as UTF-8; returns the position behind it. */
function putUtf8(to: Uint8Array, at: number, point: number): number {
  let out = at;
  if (point < 0x80) to[out++] = point;
  else if (point < 0x800) {
    to[out++] = 0xc0 | (point >> 6);
    to[out++] = 0x80 | (point & 63);
  } else if (point < 0x1_0000) {
    to[out++] = 0xe0 | (point >> 12);
    to[out++] = 0x80 | ((point >> 6) & 63);
    to[out++] = 0x80 | (point & 63);
  } else {
    to[out++] = 0xf0 | (point >> 18);
    to[out++] = 0x80 | ((point >> 12) & 63);
    to[out++] = 0x80 | ((point >> 6) & 63);
    to[out++] = 0x80 | (point & 63);
  }
  return out;
}
