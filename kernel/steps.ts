import { backslash, quote, space } from './codes';
import { reserve } from './memory';

/*
 * Walks a line by a list of steps, literals and fields between them: see src/bytes/line-steps.ts. Sixteen bytes are compared
 * at once with all that may end a field.
 */

// A list.
const listCount: usize = 0;
/** Steps that have to be there. */
const listRequired: usize = 4;
/** u32 for each step: where its field stands, relative to what the caller says. */
const listStarts: usize = 8;
const listEnds: usize = 12;
const listSteps: usize = 16;
const listRecord: usize = 20;

// A step.
/** u8 */
const stepKind: usize = 0;
/** u8: 1 where a field may hold blanks. */
const stepBlank: usize = 1;
/** u8: 1 for a field that the next step, a literal, ends. */
const stepJoined: usize = 2;
/** u8: the bytes at which to look when passing a field; all three the first of its text when there is but one. */
const stepFirst: usize = 3;
const stepSecond: usize = 4;
const stepThird: usize = 5;
/** What a literal is, and what ends a field. */
const stepText: usize = 8;
const stepLength: usize = 12;
const stepRecord: usize = 16;

const field: i32 = 0;
const literal: i32 = 1;
const blanks: i32 = 2;

let base: usize = 0;
let end: usize = 0;
/** Where {@link stepsWalk} stopped, relative to its base. */
export const stopped = memory.data(4, 4);

export function stepsList(count: i32, required: i32): usize {
  const list = reserve(listRecord);
  store<i32>(list, count, listCount);
  store<i32>(list, required, listRequired);
  store<usize>(list, reserve(<usize>count << 2), listStarts);
  store<usize>(list, reserve(<usize>count << 2), listEnds);
  store<usize>(list, reserve(<usize>count * stepRecord), listSteps);
  return list;
}

export function stepsStarts(list: usize): usize {
  return load<usize>(list, listStarts);
}

export function stepsEnds(list: usize): usize {
  return load<usize>(list, listEnds);
}

/** `text`: `length` bytes that stay where they are, with sixteen readable ones behind them. */
export function stepsPut(
  list: usize, i: i32, kind: i32, blank: i32, joined: i32, text: usize, length: usize,
): void {
  const step = load<usize>(list, listSteps) + <usize>i * stepRecord;
  const first = load<u8>(text);
  store<u8>(step, kind, stepKind);
  store<u8>(step, blank, stepBlank);
  store<u8>(step, joined, stepJoined);
  store<u8>(step, first, stepFirst);
  store<u8>(step, blank != 0 ? first : space, stepSecond);
  store<u8>(step, first == quote ? backslash : first, stepThird);
  store<usize>(step, text, stepText);
  store<usize>(step, length, stepLength);
}

/**
 * Walks the bytes [from, stop) behind `origin` from step `i` on. Returns how many steps the whole line has; -1 when it is not
 * like that; -2 - s at a step s that is neither field nor literal nor blanks.
 */
export function stepsWalk(list: usize, origin: usize, from: usize, stop: usize, i: i32): i32 {
  base = origin;
  end = origin + stop;
  const count = load<i32>(list, listCount);
  const required = load<i32>(list, listRequired);
  const starts = load<usize>(list, listStarts);
  const ends = load<usize>(list, listEnds);
  const steps = load<usize>(list, listSteps);
  let at = origin + from;
  for (; i < count; i++) {
    if (at >= end && i >= required) break;
    const step = steps + <usize>i * stepRecord;
    const kind = <i32>load<u8>(step, stepKind);
    if (kind == field) {
      let to = fieldEnd(at, step);
      if (to == 0 && i + 1 == required) to = lastEnd(at, step);
      if (to == 0) return -1;
      store<u32>(starts + (<usize>i << 2), <u32>(at - base));
      store<u32>(ends + (<usize>i << 2), <u32>(to - base));
      at = to;
      // The literal that ended it is there.
      if (load<u8>(step, stepJoined) != 0 && at < end) {
        i++;
        at += load<usize>(step, stepLength);
      }
    } else if (kind == literal) {
      if (!standsAt(at, step)) {
        // The space before what is missing at the end of a line.
        if (i >= required && at + 1 >= end) break;
        return -1;
      }
      at += load<usize>(step, stepLength);
    } else if (kind == blanks) {
      if (at >= end || load<u8>(at) != space) return -1;
      while (at < end && load<u8>(at) == space) at++;
    } else {
      store<u32>(stopped, <u32>(at - base));
      return -2 - i;
    }
  }
  // What is left over does not belong here: a forged end of line, for instance, inside an unescaped text.
  while (at < end && load<u8>(at) == space) at++;
  store<u32>(stopped, <u32>(at - base));
  return at < end ? -1 : i;
}

/** Whether all of the step's text stands at `at`, before `end`. */
@inline
function standsAt(at: usize, step: usize): bool {
  const length = load<usize>(step, stepLength);
  if (at + length > end) return false;
  let text = load<usize>(step, stepText);
  let left = length;
  let place = at;
  while (left >= 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(place), v128.load(text))) != 0xffff) return false;
    left -= 16;
    place += 16;
    text += 16;
  }
  const wanted = (1 << <i32>left) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(place), v128.load(text))) & wanted) == wanted;
}

/** Where the field at `at` ends: before the first of its text, which a backslash does not escape; 0 when that never comes. */
@inline
function fieldEnd(from: usize, step: usize): usize {
  const length = load<usize>(step, stepLength);
  if (length == 0) return lastEnd(from, step);
  const first = load<u8>(step, stepFirst);
  const firsts = i8x16.splat(first);
  const seconds = v128.load8_splat(step, stepSecond);
  const thirds = v128.load8_splat(step, stepThird);
  let at = from;
  while (at < end) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(
      v128.or(i8x16.eq(bytes, firsts), v128.or(i8x16.eq(bytes, seconds), i8x16.eq(bytes, thirds))),
    );
    if (found == 0) {
      at += 16;
      continue;
    }
    at += ctz(found);
    if (at >= end) return 0;
    const code = load<u8>(at);
    if (code == first && (length == 1 || standsAt(at, step))) return at;
    if (code == space && load<u8>(step, stepBlank) == 0) return 0;
    at += code == backslash && first == quote ? 2 : 1;
  }
  return 0;
}

/** Where the line ends, in which a field without blanks has to have none; else 0. */
function lastEnd(from: usize, step: usize): usize {
  if (load<u8>(step, stepBlank) != 0) return end;
  const spaces = i8x16.splat(space);
  for (let at = from; at < end; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), spaces));
    if (found != 0) return at + ctz(found) < end ? 0 : end;
  }
  return end;
}
