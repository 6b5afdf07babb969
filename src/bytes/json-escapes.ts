import { decodedText, isDecodedLine, kernel, place, placed, scratchSize } from './kernel.ts';

// The texts that were decoded, and what they were copied to last: mostly that of the next one too.
let text: Uint8Array = new Uint8Array(0);
let textView: DataView = new DataView(text.buffer);
let lastTo: Uint8Array = text;
let toView: DataView = textView;

/**
 * Decodes JSON string escapes of `from[start, end)`, 2 MiB at most, into `to` at `at` as UTF-8; returns the length written, never
 * more than `end - start`. A lone surrogate becomes U+FFFD; an unknown escape keeps its letter.
 */
export function unescapeJson(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  const base = place(from, start, end);
  if (isDecodedLine(to)) {
    const stop = Math.min(placed, start + scratchSize - at);
    return kernel().unescape(base + start, base + stop, to.byteOffset + at);
  }
  if (text.length === 0) {
    text = decodedText();
    textView = new DataView(text.buffer, text.byteOffset, text.length);
  }
  const length = kernel().unescape(base + start, base + placed, text.byteOffset);
  if (to !== lastTo) {
    lastTo = to;
    toView = new DataView(to.buffer, to.byteOffset, to.length);
  }
  // A call that copies costs as much as a hundred bytes do by four.
  let i = 0;
  for (; i + 4 <= length; i += 4) toView.setInt32(at + i, textView.getInt32(i, true), true);
  for (; i < length; i++) to[at + i] = text[i];
  return length;
}
