import { kernel, placeInChunk } from './kernel.ts';
import { hasText } from './numbers.ts';

/** Shorter stretches are searched at once: the kernel's answer would take longer. */
const shortSearch = 24;
/** Texts are the formats' own words, so they are few; should there be more, those are searched for without the kernel. */
const needleLimit = 1024;

const needles = new Map<string, number>();
/** Those that were asked for last: a comparison of two strings of the program costs less than a look-up. */
const places = 256;
const lastTexts: string[] = Array.from({ length: places }, () => '');
const lastNeedles = new Int32Array(places);
let findFirst: ReturnType<typeof kernel>['findNeedle'] | undefined;
let findLast: ReturnType<typeof kernel>['findLastNeedle'] | undefined;

/** The first position of the ASCII `text` in `bytes[start, end)`; -1 when it is not there. */
export function findText(bytes: Uint8Array, start: number, end: number, text: string): number {
  const { length } = text;
  if (end - start >= shortSearch && length > 0) {
    const base = placeInChunk(bytes, start, end);
    const needle = Number.isNaN(base) ? 0 : needleOf(text);
    if (needle > 0) return findFirst!(base, start, end, needle);
  }
  const first = text.charCodeAt(0);
  const last = end - length;
  for (let at = start; at <= last; at++) {
    if (bytes[at] === first && hasText(bytes, at, end, text)) return at;
  }
  return -1;
}

/** The kernel's copy of a text; 0 when there are too many. */
function needleOf(text: string): number {
  const place =
    (text.charCodeAt(text.length - 1) * 31 + text.charCodeAt(0) + text.length * 97) & (places - 1);
  return lastTexts[place] === text ? lastNeedles[place] : lookUp(text, place);
}

function lookUp(text: string, place: number): number {
  let needle = needles.get(text);
  if (needle === undefined) {
    if (needles.size === needleLimit) return 0;
    const functions = kernel();
    findFirst = functions.findNeedle;
    findLast = functions.findLastNeedle;
    needle = functions.newNeedle(text.length);
    const written = new Uint8Array(functions.memory.buffer, functions.needleBytes(needle), text.length);
    for (let i = 0; i < text.length; i++) written[i] = text.charCodeAt(i);
    needles.set(text, needle);
  }
  lastTexts[place] = text;
  lastNeedles[place] = needle;
  return needle;
}

/** The last position of the ASCII `text` in `bytes[start, end)`; -1 when it is not there. For the ends of lines. */
export function lastText(bytes: Uint8Array, start: number, end: number, text: string): number {
  const { length } = text;
  if (end - start >= shortSearch && length > 0) {
    const base = placeInChunk(bytes, start, end);
    const needle = Number.isNaN(base) ? 0 : needleOf(text);
    if (needle > 0) return findLast!(base, start, end, needle);
  }
  for (let at = end - length; at >= start; at--) if (hasText(bytes, at, end, text)) return at;
  return -1;
}
