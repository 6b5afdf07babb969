import { kernel, place, placed } from './kernel.ts';

// Searches through much of a line; of what is in no announced chunk, no more than 2 MiB are looked at.

/** As `find` of numbers.ts: the first position of the byte in `bytes[start, end)`; `end` when it is not there. */
export function findFar(bytes: Uint8Array, start: number, end: number, code: number): number {
  if (start >= end) return end;
  const base = place(bytes, start, end);
  const at = kernel().searchByte(base, start, placed, code);
  return at < placed ? at : end;
}

/** The first position in `bytes[start, end)` behind a blank or '-' whose byte is one of three; `end` when there is none. */
export function findWord(
  bytes: Uint8Array,
  start: number,
  end: number,
  a: number,
  b: number,
  c: number,
): number {
  if (start >= end) return end;
  // The byte in front of the first one is looked at too.
  const base = place(bytes, Math.max(0, start - 1), end);
  const at = kernel().searchWord(base, start, placed, a, b, c);
  return at < placed ? at : end;
}
