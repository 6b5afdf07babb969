import {
  apostrophe,
  backslash,
  bracketClose,
  bracketOpen,
  colon,
  dot,
  equals,
  minus,
  nine,
  quote,
  space,
  tab,
  zero,
} from './codes';
import { reserve } from './memory';
import {
  byField,
  byLength,
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
  pickerReady,
  put,
  readAs,
} from './picker';

/*
 * Finds the values of chosen keys in a line of 'key=value' or the like, a whole line a call: src/wire/paired-fields.ts
 * describes the syntaxes. Of a key that comes twice the first counts.
 *
 * Keys are learned by their exact bytes and the sign behind them ('src='); whose value it is their lower-case names say. One
 * picker may read several syntaxes, so that only keys of letters, digits, '_', '.' and '-' are learned: bytes that part no pairs
 * in any of them.
 */

/** What the names of wanted fields stand in; learned keys stand in 0. */
const ofNames: usize = 4;
/** The longest name, and a key in lower case. */
const nameLimit: usize = 255;
const folded = memory.data(256, 16);
/** By byte: whether learned keys have it (1), whether keys of CEF's extensions have it (2). */
const ofKeys = memory.data(256, 16);
for (let code: u32 = 0; code < 256; code++) {
  const word = (code | 32) - 97 < 26 || (code >= zero && code <= nine) || code == 95;
  const learned = word || code == dot || code == minus;
  store<u8>(ofKeys + code, learned ? 3 : code == bracketOpen || code == bracketClose ? 2 : 0);
}

/** Stands for a key that cannot be learned; its field is that of the key read last. */
const odd = memory.data(keyRecord, 16);

// The line that is being read.
let picker: usize = 0;
let base: usize = 0;
let end: usize = 0;
/** The key passed last that is known. */
let last: usize = 0;
/** What stands behind the key that {@link keyAt} passed. */
let behind: usize = 0;

/** A lower-case name of a field: `size` bytes at `name`. */
export function pairsName(pick: usize, name: usize, size: usize, field: i32): void {
  if (size <= nameLimit) put(pick, ownKey(pick, size, field), ofNames, name, size, size, 0);
}

/** All names are there. Where lines with '=' begin and where those with ':' do are two keys. */
export function pairsReady(pick: usize): void {
  const equal = ownKey(pick, 0, -1);
  ownKey(pick, 0, -1);
  pickerReady(pick, equal);
}

// Each reads `[start, stop)`; positions are relative to `from`.

/**
 * 'key=value key="two words"', parted by blanks, tabs and `separator`. `nameless`: what begins with a sign is a pair. Whether
 * there is any pair.
 */
export function pairsQuoted(
  pick: usize,
  from: usize,
  start: usize,
  stop: usize,
  separator: u8,
  nameless: bool,
): bool {
  begin(pick, from, stop, equals);
  let at = from + start;
  const known = mayForesee(separator);
  let any = false;
  while (at < end) {
    const code = load<u8>(at);
    if (code == space || code == tab || code == separator) {
      at++;
      continue;
    }
    const key = keyAt(at, known, equals, space, tab, separator, nameless);
    at = behind;
    if (key == 0) continue;
    any = true;
    const mark = at < end ? load<u8>(at) : space;
    let value = at;
    if (mark == quote || mark == apostrophe) {
      value = ++at;
      at = closing(value, mark);
    } else at = until(at, space, tab, separator, separator);
    keep(load<i32>(key, byField), value, at);
    at++;
  }
  return any;
}

/** 'key=value', parted by `delimiter` alone. */
export function pairsDelimited(pick: usize, from: usize, start: usize, stop: usize, delimiter: u8): void {
  begin(pick, from, stop, equals);
  // What parts the pairs would part each key from its value.
  if (delimiter == equals) return;
  let at = from + start;
  const known = mayForesee(delimiter);
  while (at < end) {
    const code = load<u8>(at);
    if (code == space || code == delimiter) {
      at++;
      continue;
    }
    const key = keyAt(at, known, equals, delimiter, delimiter, delimiter, true);
    at = behind;
    if (key == 0) continue;
    const value = at;
    at = until(at, delimiter, delimiter, delimiter, delimiter);
    keep(load<i32>(key, byField), value, trimmed(value, at));
    at++;
  }
}

/** CEF's 'key=value with blanks key=…'. */
export function pairsExtension(pick: usize, from: usize, start: usize, stop: usize): void {
  begin(pick, from, stop, equals);
  const first = from + start;
  let at = first;
  let value: usize = 0;
  let field: i32 = -1;
  while (true) {
    // Here begins a word.
    const word = at;
    let key = foreseen(at);
    if (key != 0) at += load<usize>(key, byLength);
    else {
      at = until(word, equals, space, space, space);
      if (at < end && at > word && load<u8>(at) == equals && consistsOf(word, at, 2)) {
        key = find(word, ++at);
      }
    }
    if (key != 0) {
      if (field >= 0) keep(field, value, trimmed(value, word - 1));
      field = load<i32>(key, byField);
      value = at;
    }
    do {
      at = until(at, space, space, space, space);
      if (at >= end) {
        if (field >= 0) keep(field, value, trimmed(value, end));
        return;
      }
      at++;
    } while (isEscaped(first, at - 1));
  }
}

/**
 * 'key:"value"; key: value;' by `separator`. `words`: nothing is quoted, and a separator parts pairs only where a blank or nothing
 * follows it.
 */
export function pairsColon(
  pick: usize,
  from: usize,
  start: usize,
  stop: usize,
  separator: u8,
  words: bool,
): void {
  begin(pick, from, stop, colon);
  let at = from + start;
  while (at < end) {
    const code = load<u8>(at);
    if (code == space || code == separator) {
      at++;
      continue;
    }
    const key = keyAt(at, true, colon, separator, separator, separator, true);
    at = behind;
    if (key == 0) continue;
    while (at < end && load<u8>(at) == space) at++;
    let value = at;
    if (!words && at < end && load<u8>(at) == quote) {
      value = ++at;
      at = closing(value, quote);
    } else at = until(at, separator, separator, separator, separator);
    if (words) {
      while (at + 1 < end && load<u8>(at + 1) != space) {
        at = until(at + 1, separator, separator, separator, separator);
      }
    }
    keep(load<i32>(key, byField), value, at);
    at = until(at, separator, separator, separator, separator);
  }
}

/** A line begins. From what stands for its beginning no key can be reached that has another sign. */
@inline
function begin(pick: usize, from: usize, stop: usize, sign: u8): void {
  clear(pick);
  picker = pick;
  base = from;
  end = from + stop;
  last = load<usize>(pick, pickRoot) + (sign == colon ? <usize>keyRecord : 0);
}

/** Whether a learned key parts no pairs, so that where one follows as before it is one. */
@inline
function mayForesee(separator: u8): bool {
  return separator != equals && (load<u8>(ofKeys + separator) & 1) == 0;
}

/**
 * The key at `open` that `sign` ends; 0 when one of three others, or the line, ends it, or when there is nothing in front of the sign
 * and keys have names. `behind`: where its value begins, or what comes next. `known`: a learned key may be believed there.
 */
@inline
function keyAt(open: usize, known: bool, sign: u8, a: u8, b: u8, c: u8, nameless: bool): usize {
  const key = known ? foreseen(open) : 0;
  if (key != 0) {
    behind = open + load<usize>(key, byLength);
    return key;
  }
  const at = until(open, sign, a, b, c);
  behind = at + 1;
  return at >= end || load<u8>(at) != sign || (at == open && !nameless) ? 0 : find(open, behind);
}

/** The key at `at` when it is one that followed the last one before: then it is the last one; else 0. */
@inline
function foreseen(at: usize): usize {
  const key = next(at, last, end);
  if (key != 0) last = key;
  return key;
}

@inline
function keep(field: i32, value: usize, to: usize): void {
  if (field < 0) return;
  const kind = load<usize>(picker, pickKinds) + field;
  if (load<u8>(kind) != 0) return;
  store<u8>(kind, 1);
  store<u32>(load<usize>(picker, pickStarts) + (field << 2), <u32>(value - base));
  store<u32>(load<usize>(picker, pickEnds) + (field << 2), <u32>(to - base));
  const reads = load<u8>(load<usize>(picker, pickReads) + field);
  if (reads != 0) readAs(picker, field, reads, value, to);
}

/** The key at `open`, whose value begins at `value`, one behind the sign; it is the last one then. */
function find(open: usize, value: usize): usize {
  const length = value - open;
  let key = lookUp(picker, 0, open, length, 0);
  if (key == 0) {
    const field = fieldOf(open, length - 1);
    // A sign alone is a pair in some syntaxes only.
    if (length > 1 && length <= keyRoom && consistsOf(open, value - 1, 1)) key = fresh(picker);
    if (key == 0) {
      store<i32>(odd, field, byField);
      return odd;
    }
    store<i32>(key, field, byField);
    put(picker, key, 0, open, length, length, 0);
  }
  follow(picker, last, key);
  last = key;
  return key;
}

/** Whose value the key is, in any case; -1 for nobody's. */
function fieldOf(name: usize, size: usize): i32 {
  if (size > nameLimit) return -1;
  for (let i: usize = 0; i < size; i++) {
    const code = load<u8>(name + i);
    store<u8>(folded + i, code - 65 < 26 ? code + 32 : code);
  }
  const known = lookUp(picker, ofNames, folded, size, 0);
  return known == 0 ? -1 : load<i32>(known, byField);
}

/** Whether all bytes are of keys: see `ofKeys`. */
function consistsOf(from: usize, to: usize, keys: u8): bool {
  for (let at = from; at < to; at++) if ((load<u8>(ofKeys + load<u8>(at)) & keys) == 0) return false;
  return true;
}

/** The quote that closes a value; where the line ends when there is none. */
@inline
function closing(from: usize, mark: u8): usize {
  let at = until(from, mark, backslash, backslash, backslash);
  while (at < end && load<u8>(at) != mark) at = until(at + 2, mark, backslash, backslash, backslash);
  return at;
}

/** Whether an odd number of backslashes stands in front of `at`, back to `from`. */
@inline
function isEscaped(from: usize, at: usize): bool {
  let first = at;
  while (first > from && load<u8>(first - 1) == backslash) first--;
  return ((at - first) & 1) == 1;
}

@inline
function trimmed(from: usize, to: usize): usize {
  let stop = to;
  while (stop > from && load<u8>(stop - 1) == space) stop--;
  return stop;
}

/** The first byte from `from` on that is one of four; where the line ends when there is none. */
@inline
function until(from: usize, a: u8, b: u8, c: u8, d: u8): usize {
  let at = from;
  while (at < end) {
    const text = v128.load(at);
    const found = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(text, i8x16.splat(a)), i8x16.eq(text, i8x16.splat(b))),
        v128.or(i8x16.eq(text, i8x16.splat(c)), i8x16.eq(text, i8x16.splat(d))),
      ),
    );
    if (found != 0) return min(at + ctz(found), end);
    at += 16;
  }
  return end;
}
