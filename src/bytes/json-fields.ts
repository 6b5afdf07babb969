import {
  backslash,
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  colon,
  comma,
  minus,
  newline,
  nine,
  quote,
  space,
  zero,
} from './codes.ts';
import { unescapeJson } from './json-escapes.ts';
import { JsonKeys } from './json-keys.ts';
import { markEnd, textEnd, wordEnd } from './json-scan.ts';
import { decimal, fraction } from './numbers.ts';

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
  /** The kinds, four at a time. */
  readonly #kinds: Uint32Array;
  readonly #keys: JsonKeys;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #end = 0;
  /** The closing quote of the key passed last; whether the odd string passed last has backslashes. */
  #keyEnd = 0;
  #escapes = false;
  /** What closes the brackets that are open, outermost first. */
  readonly #closing = new Uint8Array(depthLimit + 1);

  constructor(paths: readonly string[]) {
    this.#kinds = new Uint32Array((paths.length + 3) >> 2);
    this.kind = new Uint8Array(this.#kinds.buffer, 0, paths.length);
    this.start = new Uint32Array(paths.length);
    this.end = new Uint32Array(paths.length);
    this.#keys = new JsonKeys(paths);
  }

  /** Reads the object in `bytes[start, end)`; false when it is not one whole object (blanks around it are fine). */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const behind = this.readFrom(bytes, blanks(bytes, start, end), end);
    return behind === end || (behind > 0 && blanks(bytes, behind, end) === end);
  }

  /** Reads the object that begins at `open`; the position behind it, -1 when it is none that ends in front of `end`. */
  readFrom(bytes: Uint8Array, open: number, end: number): number {
    const kinds = this.#kinds;
    for (let i = 0; i < kinds.length; i++) kinds[i] = Json.absent;
    if (open >= end || bytes[open] !== braceOpen) return -1;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#end = end;
    this.#keys.begin();
    return this.#object(this.#keys.root, open);
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

  // The walkers take the position of a value's first byte and return the one behind it, -1 when it is broken. They may
  // step past `#end` inside a string or word that has no end; then they are past it when they next look.

  /** `object`: the key that stands for its beginning. */
  #object(object: number, open: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const end = this.#end;
    const keys = this.#keys;
    let at = open + 1;
    if (bytes[at] <= space) at = blanks(bytes, at, end);
    if (at < end && bytes[at] === braceClose) return at + 1;
    let last = object;
    for (;;) {
      let key = keys.next(view, at, end, last);
      if (key !== 0) at += keys.length[key];
      else {
        const value = this.#key(at);
        if (value < 0) return -1;
        key = keys.find(bytes, at, this.#keyEnd, value, object, last);
        at = value;
      }
      if (key !== 0) last = key;
      const code = bytes[at];
      if (code === quote) {
        const from = at + 1;
        at = textEnd(bytes, view, from, end);
        let kind: number = Json.string;
        if (bytes[at] !== quote) {
          at = this.#closingQuote(at);
          if (at < 0) return -1;
          if (this.#escapes) kind = Json.escaped;
        }
        this.#put(key, kind, from, at);
        at++;
      } else if (code <= nine && (code >= zero || code === minus)) {
        const from = at;
        at = wordEnd(bytes, view, from, end);
        this.#put(key, Json.number, from, at);
      } else {
        at = this.#value(key, at);
        if (at < 0) return -1;
      }
      if (bytes[at] <= space) at = blanks(bytes, at, end);
      if (at >= end) return -1;
      const mark = bytes[at++];
      if (mark === braceClose) return at;
      if (mark !== comma) return -1;
      // Mostly none or one.
      if (bytes[at] <= space && bytes[++at] <= space) at = blanks(bytes, at, end);
    }
  }

  /** Passes a key and its colon: the position of its value, -1 when there is none. */
  #key(open: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    if (open >= end || bytes[open] !== quote) return -1;
    const close = this.#closingQuote(open + 1);
    if (close < 0) return -1;
    this.#keyEnd = close;
    const at = blanks(bytes, close + 1, end);
    if (at >= end || bytes[at] !== colon) return -1;
    return blanks(bytes, at + 1, end);
  }

  #put(key: number, kind: number, start: number, end: number): void {
    const field = this.#keys.field[key];
    if (field < 0) return;
    this.kind[field] = kind;
    this.start[field] = start;
    this.end[field] = end;
  }

  /** Passes any value, and puts it where it is wanted. */
  #value(key: number, from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const keys = this.#keys;
    const at = blanks(bytes, from, end);
    if (at >= end) return -1;
    const code = bytes[at];
    let kind: number = Json.string;
    let behind: number;
    if (code === quote) {
      const close = this.#closingQuote(at + 1);
      if (close < 0) return -1;
      this.#put(key, this.#escapes ? Json.escaped : Json.string, at + 1, close);
      return close + 1;
    }
    if (code === braceOpen) {
      // A line that begins with a brace is where a damaged document goes on (see JsonObjects).
      if (bytes[at - 1] === newline) return -1;
      const object = keys.inside[key];
      kind = Json.object;
      behind = object === 0 ? this.#nested(at) : this.#object(object, at);
    } else if (code === bracketOpen) {
      const element = keys.element[key];
      kind = Json.array;
      behind = element === 0 ? this.#nested(at) : this.#array(element, at);
    } else {
      behind = wordEnd(bytes, this.#view, at, end);
      kind = wordKind(code, behind - at);
      if (kind === Json.absent) return -1;
    }
    if (behind > 0) this.#put(key, kind, at, behind);
    return behind;
  }

  /** Reads the first element, passes the others. */
  #array(element: number, open: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = blanks(bytes, open + 1, end);
    if (at < end && bytes[at] === bracketClose) return at + 1;
    let key = element;
    for (;;) {
      at = this.#value(key, at);
      if (at < 0) return -1;
      at = blanks(bytes, at, end);
      if (at >= end) return -1;
      const mark = bytes[at++];
      if (mark === bracketClose) return at;
      if (mark !== comma) return -1;
      key = 0;
    }
  }

  /** The quote that closes a string whose text goes on at `from`; -1 when there is none. `#escapes`: any backslash. */
  #closingQuote(from: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const end = this.#end;
    this.#escapes = false;
    let at = textEnd(bytes, view, from, end);
    while (at < end && bytes[at] !== quote) {
      const code = bytes[at];
      if (code === newline) return -1;
      if (code === backslash) this.#escapes = true;
      at = textEnd(bytes, view, at + (code === backslash ? 2 : 1), end);
    }
    return at < end ? at : -1;
  }

  /** Passes an object or array by its brackets, strings respected; what stands between them is not looked at. */
  #nested(open: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const end = this.#end;
    const closing = this.#closing;
    let depth = 0;
    let at = open;
    for (;;) {
      at = markEnd(bytes, at);
      if (at >= end) return -1;
      const code = bytes[at++];
      if (code === quote) {
        at = textEnd(bytes, view, at, end);
        if (bytes[at] !== quote) at = this.#closingQuote(at);
        if (at < 0) return -1;
        at++;
      } else if (code === braceOpen || code === bracketOpen) {
        if (depth === depthLimit || (code === braceOpen && bytes[at - 2] === newline)) return -1;
        // '}' and ']' are two behind '{' and '['.
        closing[depth++] = code + 2;
      } else if (code !== newline) {
        if (code !== closing[--depth]) return -1;
        if (depth === 0) return at;
      }
    }
  }
}

/** What a word of this first letter and length is; absent when it is no JSON. */
function wordKind(first: number, length: number): number {
  if (first === minus || (first >= zero && first <= nine)) return Json.number;
  if (first === 116 && length === 4) return Json.true;
  if (first === 102 && length === 5) return Json.false;
  return first === 110 && length === 4 ? Json.null : Json.absent;
}

function blanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] <= space) at++;
  return at;
}
