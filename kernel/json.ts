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
} from './codes';
import { reserve } from './memory';
import {
  byElement,
  byField,
  byInside,
  byLength,
  byRoom,
  clear,
  follow,
  fresh,
  keyRecord,
  keyRoom,
  lookUp,
  next,
  ownKey,
  pickEnds,
  pickKinds,
  pickReads,
  pickRoot,
  pickStarts,
  put,
  readAs,
  unread,
  write,
} from './picker';
import { textEnd } from './search';

/*
 * Picks chosen fields out of a JSON object without building it: see src/bytes/json-fields.ts.
 *
 * The keys that are known, and which one is compared first, are those of picker.ts: '"src_ip": ' with its quotes, its colon
 * and blanks.
 *
 * A key is the address of its record. The beginning of an object and the first element of an array have records too, as if
 * they were keys; `none` stands for every key that nothing is known of.
 */

/** Nesting deeper than this is refused. */
const depthLimit: i32 = 64;

const string: i32 = 1;
const escaped: i32 = 2;
const number: i32 = 3;
const objectKind: i32 = 7;
const arrayKind: i32 = 8;

/** What closes the brackets that are open, outermost first. */
const closing = memory.data(depthLimit + 1);
const none = memory.data(keyRecord, 16);
store<i32>(none, -1, byField);

// The object that is being read.
let picker: usize = 0;
let base: usize = 0;
let end: usize = 0;
/** The closing quote of the key passed last; whether the odd string passed last has backslashes. */
let keyEnd: usize = 0;
let escapes = false;

/** A wanted key: `size` bytes at `name`, in the object that begins with `object`; without one, a beginning or an element. */
export function jsonKey(pick: usize, object: usize, name: usize, size: usize, field: i32): usize {
  const key = ownKey(pick, size, field);
  if (object == 0) return key;
  // As it is written without blanks: "name":
  const text = reserve(size + 16);
  store<u8>(text, quote);
  memory.copy(text + 1, name, size);
  store<u8>(text + size + 1, quote);
  store<u8>(text + size + 2, colon);
  put(pick, key, object, text, size, size + 3, 1);
  return key;
}

/** What is wanted of the value of `key`: the beginning of its object, its first element; 0 for none. */
export function jsonValue(key: usize, inside: usize, element: usize): void {
  store<usize>(key, inside, byInside);
  store<usize>(key, element, byElement);
}

/**
 * Reads the object at `open` that ends in front of `stop`; the position behind it, -1 when it is none. Positions are
 * relative to `from`.
 */
export function jsonRead(pick: usize, from: usize, open: usize, stop: usize): i32 {
  picker = pick;
  base = from;
  end = from + stop;
  clear(pick);
  if (open >= stop || load<u8>(from + open) != braceOpen) return -1;
  const behind = object(load<usize>(pick, pickRoot), from + open);
  return behind == 0 ? -1 : <i32>(behind - from);
}

/** Where the positions of the object that was read last count from. */
@inline
export function readAt(): usize {
  return base;
}

// The walkers take the place of a value's first byte and return the one behind it, 0 when it is broken. They may step past
// `end` inside a string or word that has no end; then they are past it when they next look.

/** `first`: the key that stands for its beginning. */
function object(first: usize, open: usize): usize {
  let at = open + 1;
  if (load<u8>(at) <= space) at = blanks(at);
  if (at < end && load<u8>(at) == braceClose) return at + 1;
  let last = first;
  while (true) {
    let key = next(at, last, end);
    if (key != 0) {
      at += load<usize>(key, byLength);
      last = key;
    } else {
      const value = passKey(at);
      if (value == 0) return 0;
      key = find(at, keyEnd, value, first, last);
      at = value;
      if (key != 0) last = key;
      else key = none;
    }
    const code = load<u8>(at);
    if (code == quote) {
      const from = at + 1;
      at = textEnd(from);
      let kind = string;
      if (load<u8>(at) != quote) {
        at = closingQuote(at);
        if (at == 0) return 0;
        if (escapes) kind = escaped;
      }
      keep(key, kind, from, at);
      at++;
    } else if (code <= nine && (code >= zero || code == minus)) {
      const from = at;
      at = wordEnd(from);
      keep(key, number, from, at);
    } else {
      at = value(key, at);
      if (at == 0) return 0;
    }
    if (load<u8>(at) <= space) at = blanks(at);
    if (at >= end) return 0;
    const mark = load<u8>(at++);
    if (mark != comma) return mark == braceClose ? at : 0;
    if (load<u8>(at) <= space) at = blanks(at);
  }
}

@inline
function keep(key: usize, kind: i32, from: usize, to: usize): void {
  const field = load<i32>(key, byField);
  if (field < 0) return;
  store<u8>(load<usize>(picker, pickKinds) + field, <u8>kind);
  store<u32>(load<usize>(picker, pickStarts) + (field << 2), <u32>(from - base));
  store<u32>(load<usize>(picker, pickEnds) + (field << 2), <u32>(to - base));
  const reads = load<u8>(load<usize>(picker, pickReads) + field);
  if (reads == 0) return;
  if (kind == string || kind == number) readAs(picker, field, reads, from, to);
  else unread(picker, field);
}

/** Passes a key and its colon: the place of its value, 0 when there is none. */
function passKey(open: usize): usize {
  if (open >= end || load<u8>(open) != quote) return 0;
  const close = closingQuote(open + 1);
  if (close == 0) return 0;
  keyEnd = close;
  const at = blanks(close + 1);
  if (at >= end || load<u8>(at) != colon) return 0;
  return blanks(at + 1);
}

/** Passes any value, and puts it where it is wanted. */
function value(key: usize, from: usize): usize {
  const at = blanks(from);
  if (at >= end) return 0;
  const code = load<u8>(at);
  let kind = string;
  let behind: usize = 0;
  if (code == quote) {
    const close = closingQuote(at + 1);
    if (close == 0) return 0;
    keep(key, escapes ? escaped : string, at + 1, close);
    return close + 1;
  }
  if (code == braceOpen) {
    // A line that begins with a brace is where a damaged document goes on (see JsonObjects).
    if (load<u8>(at - 1) == newline) return 0;
    const inside = load<usize>(key, byInside);
    kind = objectKind;
    behind = inside == 0 ? nested(at) : object(inside, at);
  } else if (code == bracketOpen) {
    const element = load<usize>(key, byElement);
    kind = arrayKind;
    behind = element == 0 ? nested(at) : array(element, at);
  } else {
    behind = wordEnd(at);
    kind = wordKind(code, behind - at);
    if (kind == 0) return 0;
  }
  if (behind != 0) keep(key, kind, at, behind);
  return behind;
}

/** Reads the first element, passes the others. */
function array(element: usize, open: usize): usize {
  let at = blanks(open + 1);
  if (at < end && load<u8>(at) == bracketClose) return at + 1;
  let key = element;
  while (true) {
    at = value(key, at);
    if (at == 0) return 0;
    at = blanks(at);
    if (at >= end) return 0;
    const mark = load<u8>(at++);
    if (mark != comma) return mark == bracketClose ? at : 0;
    key = none;
  }
}

/** The quote that closes a string whose text goes on at `from`; 0 when there is none. `escapes`: any backslash. */
function closingQuote(from: usize): usize {
  escapes = false;
  let at = textEnd(from);
  while (at < end && load<u8>(at) != quote) {
    const code = load<u8>(at);
    if (code == newline) return 0;
    if (code == backslash) escapes = true;
    at = textEnd(at + (code == backslash ? 2 : 1));
  }
  return at < end ? at : 0;
}

/** Passes an object or array by its brackets, strings respected; what stands between them is not looked at. */
function nested(open: usize): usize {
  let depth: i32 = 0;
  let at = open;
  while (true) {
    at = markEnd(at);
    if (at >= end) return 0;
    const code = load<u8>(at++);
    if (code == quote) {
      at = textEnd(at);
      if (load<u8>(at) != quote) {
        at = closingQuote(at);
        if (at == 0) return 0;
      }
      at++;
    } else if (code == braceOpen || code == bracketOpen) {
      if (depth == depthLimit || (code == braceOpen && load<u8>(at - 2) == newline)) return 0;
      // '}' and ']' are two behind '{' and '['.
      store<u8>(closing + depth++, code + 2);
    } else if (code != newline) {
      if (code != load<u8>(closing + --depth)) return 0;
      if (depth == 0) return at;
    }
  }
}

/** What a word of this first letter and length is; 0 when it is no JSON. */
function wordKind(first: u8, length: usize): i32 {
  if (first == minus || (first >= zero && first <= nine)) return number;
  if (first == 116 && length == 4) return 4;
  if (first == 102 && length == 5) return 5;
  return first == 110 && length == 4 ? 6 : 0;
}

@inline
function blanks(from: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) <= space) at++;
  return at;
}

// Bytes are passed over sixteen at a time. Like textEnd, these stop at a line break too, so that the end of a line need not be looked
// for: they may stop behind `end`. Behind everything that is read stand line breaks (src/bytes/kernel.ts).

/** The first byte from `from` on that is not of a number or word: + - . 0-9 A-Z a-z. */
@inline
function wordEnd(from: usize): usize {
  let at = from;
  while (true) {
    const text = v128.load(at);
    const letter = i8x16.sub(v128.or(text, i8x16.splat(0x20)), i8x16.splat(97));
    const digit = i8x16.sub(text, i8x16.splat(zero));
    const sign = i8x16.sub(text, i8x16.splat(minus));
    const ends =
      i8x16.bitmask(
        v128.or(
          v128.or(
            i8x16.eq(i8x16.min_u(letter, i8x16.splat(25)), letter),
            i8x16.eq(i8x16.min_u(digit, i8x16.splat(9)), digit),
          ),
          v128.or(i8x16.eq(i8x16.min_u(sign, i8x16.splat(1)), sign), i8x16.eq(text, i8x16.splat(43))),
        ),
      ) ^ 0xffff;
    if (ends != 0) return at + ctz(ends);
    at += 16;
  }
}

/** The first byte from `from` on that matters where an object is passed over: a quote, a bracket of any kind. */
@inline
function markEnd(from: usize): usize {
  let at = from;
  while (true) {
    const text = v128.load(at);
    // Braces are 32 above brackets.
    const brace = v128.or(text, i8x16.splat(0x20));
    const marks = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(brace, i8x16.splat(braceOpen)), i8x16.eq(brace, i8x16.splat(braceClose))),
        v128.or(i8x16.eq(text, i8x16.splat(quote)), i8x16.eq(text, i8x16.splat(newline))),
      ),
    );
    if (marks != 0) return at + ctz(marks);
    at += 16;
  }
}

/**
 * The key between the quotes at `at` and `stop`, with its value at `value`; remembers that it came behind `last`, in the
 * object that begins with `object`. 0 when it cannot be kept.
 */
function find(at: usize, stop: usize, value: usize, object: usize, last: usize): usize {
  const size = stop - at - 1;
  let key = lookUp(picker, object, at + 1, size, 1);
  const length = value - at;
  if (key == 0) {
    key = length > keyRoom || size == 0 ? 0 : fresh(picker);
    if (key == 0) return 0;
    put(picker, key, object, at, size, length, 1);
  } else if (length <= load<usize>(key, byRoom)) write(key, at, length);
  else return key;
  if (size > 0) follow(picker, last, key);
  return key;
}

/** As {@link textEnd}, for texts outside of objects. */
export function jsonTextEnd(from: usize): usize {
  return textEnd(from);
}
