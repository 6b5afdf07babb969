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

/*
 * Picks chosen fields out of a JSON object without building it: see src/bytes/json-fields.ts.
 *
 * Programs write the same keys in the same order again and again. So of each key is remembered which ones followed it, and
 * what was written from its quote to its value ('"src_ip": '); the next object is held against that, sixteen bytes at a
 * time. Only where the guess fails is a key read and looked up. A guess is never believed uncompared, so keys in changing
 * order cost time and nothing else.
 *
 * A key is the address of its record. The beginning of an object and the first element of an array have records too, as if
 * they were keys; `none` stands for every key that nothing is known of.
 */

// A key's record.
/** Keys that are tried in turn behind it. */
const followers: usize = 4;
const byFollower: usize = 0;
/** i32: the field that its value fills, -1 for none. */
const byField: usize = 16;
/** The beginning of the object that is its value; 0 when nothing in there is wanted. */
const byInside: usize = 20;
/** The first element of the array that is its value; 0 when that is not wanted. */
const byElement: usize = 24;
/** The beginning of the object that it stands in. */
const byObject: usize = 28;
/** u32: bytes from its quote to its value, as it was written last; how many may be kept. */
const byLength: usize = 32;
const byRoom: usize = 36;
/** u32: the bytes between its quotes. */
const bySize: usize = 40;
/** What was written. */
const byText: usize = 44;
const keyRecord = 48;

// A picker's record.
const pickKinds: usize = 0;
const pickStarts: usize = 4;
const pickEnds: usize = 8;
/** v128s of kinds. */
const pickWide: usize = 12;
const pickRoot: usize = 16;
/** Open hash table of keys, and what it is with the wanted ones alone. */
const pickTable: usize = 20;
const pickWanted: usize = 24;
/** u32: bytes of a table, a power of two times 4. */
const pickSpan: usize = 28;
/** Records of keys: the first, the first that was learned, the next that is free, where they end. */
const pickKeys: usize = 48;
const pickLearned: usize = 32;
const pickNext: usize = 36;
const pickLimit: usize = 40;
/** u32: which of the followers makes room next. */
const pickTurn: usize = 44;
const pickRecord: usize = 52;

/** A key that reaches further than this to its value, quotes and blanks counted, is read anew each time. */
const keyRoom: usize = 64;
/** Unwanted keys that are remembered; when there are more, all of them are forgotten and learned again. */
const learnedLimit: usize = 192;
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

/** A picker of `fields` fields, with up to `wanted` keys of its own. */
export function jsonPicker(fields: i32, wanted: i32): usize {
  const made = reserve(pickRecord);
  const wide: usize = (fields + 15) >> 4;
  store<usize>(made, reserve(wide << 4), pickKinds);
  store<usize>(made, reserve(fields << 2), pickStarts);
  store<usize>(made, reserve(fields << 2), pickEnds);
  store<usize>(made, wide, pickWide);
  const most = <usize>wanted + learnedLimit;
  let slots: usize = 256;
  while (slots < most * 4) slots *= 2;
  store<usize>(made, reserve(slots << 2), pickTable);
  store<usize>(made, reserve(slots << 2), pickWanted);
  store<usize>(made, slots << 2, pickSpan);
  const keys = reserve(most * keyRecord);
  store<usize>(made, keys, pickKeys);
  store<usize>(made, keys, pickNext);
  store<usize>(made, keys + most * keyRecord, pickLimit);
  return made;
}

export function jsonKinds(pick: usize): usize {
  return load<usize>(pick, pickKinds);
}

export function jsonStarts(pick: usize): usize {
  return load<usize>(pick, pickStarts);
}

export function jsonEnds(pick: usize): usize {
  return load<usize>(pick, pickEnds);
}


/** A wanted key: `size` bytes at `name`, in the object that begins with `object`; without one, a beginning or an element. */
export function jsonKey(pick: usize, object: usize, name: usize, size: usize, field: i32): usize {
  const key = load<usize>(pick, pickNext);
  store<usize>(pick, key + keyRecord, pickNext);
  // A wanted key may be longer than those that are learned.
  const room = max(keyRoom, size + 16);
  store<i32>(key, field, byField);
  store<usize>(key, room, byRoom);
  store<usize>(key, reserve(room + 16), byText);
  if (object == 0) return key;
  picker = pick;
  // As it is written without blanks: "name":
  const text = reserve(size + 16);
  store<u8>(text, quote);
  memory.copy(text + 1, name, size);
  store<u8>(text + size + 1, quote);
  store<u8>(text + size + 2, colon);
  put(key, object, text, size, size + 3);
  return key;
}

/** What is wanted of the value of `key`: the beginning of its object, its first element; 0 for none. */
export function jsonValue(key: usize, inside: usize, element: usize): void {
  store<usize>(key, inside, byInside);
  store<usize>(key, element, byElement);
}

/** All wanted keys are there. `root`: the beginning of the outermost object. */
export function jsonReady(pick: usize, root: usize): void {
  store<usize>(pick, root, pickRoot);
  const next = load<usize>(pick, pickNext);
  store<usize>(pick, next, pickLearned);
  memory.copy(load<usize>(pick, pickWanted), load<usize>(pick, pickTable), load<usize>(pick, pickSpan));
  const limit = load<usize>(pick, pickLimit);
  for (let key = next; key < limit; key += keyRecord) {
    store<i32>(key, -1, byField);
    store<usize>(key, keyRoom, byRoom);
    store<usize>(key, reserve(keyRoom + 16), byText);
  }
}

/**
 * Reads the object at `open` that ends in front of `stop`; the position behind it, -1 when it is none. Positions are
 * relative to `from`.
 */
export function jsonRead(pick: usize, from: usize, open: usize, stop: usize): i32 {
  picker = pick;
  base = from;
  end = from + stop;
  let kinds = load<usize>(pick, pickKinds);
  for (let wide = load<usize>(pick, pickWide); wide != 0; wide--) {
    v128.store(kinds, i64x2.splat(0));
    kinds += 16;
  }
  if (open >= stop || load<u8>(from + open) != braceOpen) return -1;
  // Not within an object, while keys are at hand, are the learned ones forgotten.
  if (load<usize>(pick, pickNext) == load<usize>(pick, pickLimit)) forget(pick);
  const behind = object(load<usize>(pick, pickRoot), from + open);
  return behind == 0 ? -1 : <i32>(behind - from);
}

function forget(pick: usize): void {
  memory.copy(load<usize>(pick, pickTable), load<usize>(pick, pickWanted), load<usize>(pick, pickSpan));
  const learned = load<usize>(pick, pickLearned);
  const limit = load<usize>(pick, pickLimit);
  for (let key = load<usize>(pick, pickKeys); key < limit; key += keyRecord) {
    v128.store(key, i64x2.splat(0), byFollower);
  }
  store<usize>(pick, learned, pickNext);
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
    let key = next(at, last);
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

// Bytes are passed over sixteen at a time. All three stop at a line break too, so that the end of a line need not be looked
// for: they may stop behind `end`. Behind everything that is read stand line breaks (memory.ts).

/** The first byte from `from` on that ends a string's plain text: a quote, a backslash, or a control character. */
@inline
function textEnd(from: usize): usize {
  let at = from;
  while (true) {
    const text = v128.load(at);
    const ends = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(text, i8x16.splat(quote)), i8x16.eq(text, i8x16.splat(backslash))),
        i8x16.eq(i8x16.min_u(text, i8x16.splat(31)), text),
      ),
    );
    if (ends != 0) return at + ctz(ends);
    at += 16;
  }
}

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

/** The key whose quote is at `at`, if it is one of those that followed `last` before; else 0. */
@inline
function next(at: usize, last: usize): usize {
  const here = v128.load(at);
  for (let i: usize = 0; i < followers * 4; i += 4) {
    const key = load<usize>(last + i);
    if (key == 0) return 0;
    const length = load<usize>(key, byLength);
    if (at + length > end) continue;
    const text = load<usize>(key, byText);
    const first = i8x16.bitmask(i8x16.ne(here, v128.load(text)));
    if (length <= 16) {
      if (first << (32 - <i32>length) == 0) return key;
    } else if (first == 0 && sameText(at, text, length)) return key;
  }
  return 0;
}

/** Whether `length` > 16 bytes, of which the first sixteen are the same, are. */
function sameText(a: usize, b: usize, length: usize): bool {
  let i: usize = 16;
  for (; i + 16 <= length; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  i = length - 16;
  return !v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)));
}

/**
 * The key between the quotes at `at` and `stop`, with its value at `value`; remembers that it came behind `last`, in the
 * object that begins with `object`. 0 when it cannot be kept.
 */
function find(at: usize, stop: usize, value: usize, object: usize, last: usize): usize {
  const size = stop - at - 1;
  let key = lookUp(at + 1, size, object);
  const length = value - at;
  if (key == 0) {
    key = load<usize>(picker, pickNext);
    if (length > keyRoom || size == 0 || key == load<usize>(picker, pickLimit)) return 0;
    store<usize>(picker, key + keyRecord, pickNext);
    v128.store(key, i64x2.splat(0), byFollower);
    put(key, object, at, size, length);
  } else if (length <= load<usize>(key, byRoom)) write(key, at, length);
  else return key;
  if (size > 0) follow(last, key);
  return key;
}

function lookUp(name: usize, size: usize, object: usize): usize {
  const table = load<usize>(picker, pickTable);
  const mask = load<usize>(picker, pickSpan) - 4;
  let slot = hash(name, size, object) & mask;
  while (true) {
    const key = load<usize>(table + slot);
    if (
      key == 0 ||
      (load<usize>(key, bySize) == size &&
        load<usize>(key, byObject) == object &&
        memory.compare(load<usize>(key, byText) + 1, name, size) == 0)
    ) {
      return key;
    }
    slot = (slot + 4) & mask;
  }
}

function put(key: usize, object: usize, at: usize, size: usize, length: usize): void {
  const table = load<usize>(picker, pickTable);
  const mask = load<usize>(picker, pickSpan) - 4;
  store<usize>(key, size, bySize);
  store<usize>(key, object, byObject);
  write(key, at, length);
  let slot = hash(at + 1, size, object) & mask;
  while (load<usize>(table + slot) != 0) slot = (slot + 4) & mask;
  store<usize>(table + slot, key);
}

@inline
function write(key: usize, at: usize, length: usize): void {
  memory.copy(load<usize>(key, byText), at, length);
  store<usize>(key, length, byLength);
}

function follow(last: usize, key: usize): void {
  for (let i: usize = 0; i < followers * 4; i += 4) {
    const known = load<usize>(last + i);
    if (known == key) return;
    if (known != 0) continue;
    store<usize>(last + i, key);
    return;
  }
  const turn = load<usize>(picker, pickTurn);
  store<usize>(picker, turn + 4, pickTurn);
  store<usize>(last + (turn & (followers * 4 - 4)), key);
}

/** A place in a table of words, from the object and four bytes of the name. */
function hash(name: usize, size: usize, object: usize): usize {
  if (size == 0) return object;
  const last = name + size - 1;
  const mix =
    object * 61 +
    size * 31 +
    load<u8>(name) * 7 +
    load<u8>(last) * 13 +
    load<u8>(last - (size > 1 ? 1 : 0)) * 3 +
    load<u8>(name + (size >> 1)) * 17;
  return mix << 2;
}
