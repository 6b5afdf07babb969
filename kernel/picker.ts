import { reserve } from './memory';
import { integer, ipv4 } from './values';
import { wordValue } from './words';

/*
 * What json.ts and pairs.ts have in common: the fields that are wanted of a record, where the record that was read last has
 * them, and the keys that are known.
 *
 * Programs write the same keys in the same order again and again. So of each key is remembered which ones followed it, and
 * what was written from its beginning to its value ('"src_ip": ', 'src='); the next record is held against that, sixteen
 * bytes at a time. Only where the guess fails is a key read and looked up. A guess is never believed uncompared, so keys in
 * changing order cost time and nothing else.
 *
 * A key is the address of its record. A record's beginning has one too, as if it were a key.
 */

// A key's record.
/** Keys that are tried in turn behind it. */
const followers: usize = 4;
const byFollower: usize = 0;
/** i32: the field that its value fills, -1 for none. */
export const byField: usize = 16;
/** The beginning of the object that is its value; 0 when nothing in there is wanted. */
export const byInside: usize = 20;
/** The first element of the array that is its value; 0 when that is not wanted. */
export const byElement: usize = 24;
/** What it stands in (an object's beginning); keys of different ones are different. */
const byObject: usize = 28;
/** u32: bytes from its beginning to its value, as it was written last; how many may be kept. */
export const byLength: usize = 32;
export const byRoom: usize = 36;
/** u32: how long the part of it is that it is looked up by. */
const bySize: usize = 40;
/** What was written. */
export const byText: usize = 44;
export const keyRecord = 48;

// A picker's record.
export const pickKinds: usize = 0;
export const pickStarts: usize = 4;
export const pickEnds: usize = 8;
/** v128s of kinds. */
const pickWide: usize = 12;
export const pickRoot: usize = 16;
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
/** u8 by field: what its value is read as, 0 for nothing. */
export const pickReads: usize = 52;
/** f64 by field: what was read. */
export const pickNumbers: usize = 56;
/** u32 by field: a list of words. */
export const pickWords: usize = 60;
/** u8 by field: what it could be read as, 0 for nothing. */
export const pickDone: usize = 64;
const pickRecord: usize = 68;

// What a value is read as: see src/bytes/picked-fields.ts.
const asAddress: u8 = 2;
const asInteger: u8 = 3;

/** A key that reaches further than this to its value, quotes and blanks counted, is read anew each time. */
export const keyRoom: usize = 64;
/** Unwanted keys that are remembered; when there are more, all of them are forgotten and learned again. */
const learnedLimit: usize = 192;

/** A picker of `fields` fields, with up to `wanted` keys of its own. */
export function newPicker(fields: i32, wanted: i32): usize {
  const made = reserve(pickRecord);
  const wide: usize = (fields + 15) >> 4;
  store<usize>(made, reserve(wide << 4), pickKinds);
  store<usize>(made, reserve(fields << 2), pickStarts);
  store<usize>(made, reserve(fields << 2), pickEnds);
  store<usize>(made, wide, pickWide);
  store<usize>(made, reserve(fields), pickReads);
  store<usize>(made, reserve(fields << 3), pickNumbers);
  store<usize>(made, reserve(fields << 2), pickWords);
  store<usize>(made, reserve(fields), pickDone);
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

/** Reads the value of `field` as `reads` says, and keeps whether it could be. */
export function readAs(pick: usize, field: i32, reads: u8, from: usize, to: usize): void {
  let value: f64;
  if (reads == asAddress) value = <f64>ipv4(from, to);
  else if (reads == asInteger) value = integer(from, to);
  else value = wordValue(load<usize>(load<usize>(pick, pickWords) + (field << 2)), from, to);
  store<u8>(load<usize>(pick, pickDone) + field, value >= 0 ? reads : 0);
  store<f64>(load<usize>(pick, pickNumbers) + (field << 3), value);
}

/** As if the value had been read as nothing. */
@inline
export function unread(pick: usize, field: i32): void {
  store<u8>(load<usize>(pick, pickDone) + field, 0);
}

/** Nothing of the next record is seen yet. */
@inline
export function clear(pick: usize): void {
  let kinds = load<usize>(pick, pickKinds);
  for (let wide = load<usize>(pick, pickWide); wide != 0; wide--) {
    v128.store(kinds, i64x2.splat(0));
    kinds += 16;
  }
  // Not within a record, while keys are at hand, are the learned ones forgotten.
  if (load<usize>(pick, pickNext) == load<usize>(pick, pickLimit)) forget(pick);
}

/** A key of the reader's own, without a name yet; its text may have `size` bytes and a few. */
export function ownKey(pick: usize, size: usize, field: i32): usize {
  const key = load<usize>(pick, pickNext);
  store<usize>(pick, key + keyRecord, pickNext);
  // It may be longer than those that are learned.
  const room = max(keyRoom, size + 16);
  store<i32>(key, field, byField);
  store<usize>(key, room, byRoom);
  store<usize>(key, reserve(room + 16), byText);
  return key;
}

/** All keys of the reader's own are there. `root`: the beginning of a record. */
export function pickerReady(pick: usize, root: usize): void {
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

function forget(pick: usize): void {
  memory.copy(load<usize>(pick, pickTable), load<usize>(pick, pickWanted), load<usize>(pick, pickSpan));
  const learned = load<usize>(pick, pickLearned);
  const limit = load<usize>(pick, pickLimit);
  for (let key = load<usize>(pick, pickKeys); key < limit; key += keyRecord) {
    v128.store(key, i64x2.splat(0), byFollower);
  }
  store<usize>(pick, learned, pickNext);
}

/** The key that begins at `at` of what ends at `end`, if it is one of those that followed `last` before; else 0. */
@inline
export function next(at: usize, last: usize, end: usize): usize {
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

/** Room for a key that is to be learned; 0 when there is none. */
@inline
export function fresh(pick: usize): usize {
  const key = load<usize>(pick, pickNext);
  if (key == load<usize>(pick, pickLimit)) return 0;
  store<usize>(pick, key + keyRecord, pickNext);
  v128.store(key, i64x2.splat(0), byFollower);
  return key;
}

/** The key that stands in `object` and is looked up by `size` bytes at `name`, which are `lead` bytes into its text; 0 for none. */
export function lookUp(pick: usize, object: usize, name: usize, size: usize, lead: usize): usize {
  const table = load<usize>(pick, pickTable);
  const mask = load<usize>(pick, pickSpan) - 4;
  let slot = hash(name, size, object) & mask;
  while (true) {
    const key = load<usize>(table + slot);
    if (
      key == 0 ||
      (load<usize>(key, bySize) == size &&
        load<usize>(key, byObject) == object &&
        memory.compare(load<usize>(key, byText) + lead, name, size) == 0)
    ) {
      return key;
    }
    slot = (slot + 4) & mask;
  }
}

/** Remembers `key` as `length` bytes at `at`, for {@link lookUp}. */
export function put(
  pick: usize,
  key: usize,
  object: usize,
  at: usize,
  size: usize,
  length: usize,
  lead: usize,
): void {
  const table = load<usize>(pick, pickTable);
  const mask = load<usize>(pick, pickSpan) - 4;
  store<usize>(key, size, bySize);
  store<usize>(key, object, byObject);
  write(key, at, length);
  let slot = hash(at + lead, size, object) & mask;
  while (load<usize>(table + slot) != 0) slot = (slot + 4) & mask;
  store<usize>(table + slot, key);
}

@inline
export function write(key: usize, at: usize, length: usize): void {
  memory.copy(load<usize>(key, byText), at, length);
  store<usize>(key, length, byLength);
}

/** Remembers that `key` came behind `last`. */
export function follow(pick: usize, last: usize, key: usize): void {
  for (let i: usize = 0; i < followers * 4; i += 4) {
    const known = load<usize>(last + i);
    if (known == key) return;
    if (known != 0) continue;
    store<usize>(last + i, key);
    return;
  }
  const turn = load<usize>(pick, pickTurn);
  store<usize>(pick, turn + 4, pickTurn);
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
