import { kernel, place, placed } from './kernel.ts';

/**
 * The first position in `bytes[start, end)` behind a blank or '-' whose byte is one of three; `end` when there is none. Of what is
 * in no announced chunk, no more than 2 MiB are looked at.
 */
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
