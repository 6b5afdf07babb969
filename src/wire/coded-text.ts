import { percent, plus, space } from '../bytes/codes.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { find, hexDigit } from '../bytes/numbers.ts';
import { textLimit } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';

/** How a log wrote down a text. */
export const Coding = {
  plain: 0,
  /** JSON string escapes. */
  json: 1,
  /** '%20' for a blank, also doubly encoded ('%2520'), as CloudFront does. */
  percent: 2,
  /** '+' for a blank, as IIS does. */
  plus: 3,
  /** An address that always has its port behind it, so that '2001:db8::7:443' is not a longer address. */
  portBehind: 4,
} as const;

/** Makes `bytes[start, end)` row `row`'s text `field`, decoded; plain text is not copied. */
export function putCoded(
  batch: EventBatch,
  row: number,
  field: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  coding: number,
): void {
  if (coding === Coding.plain || (coding === Coding.percent && isAsWritten(batch, bytes, start, end))) {
    batch.setText(row, field, start, end);
    return;
  }
  const stop = Math.min(end, start + textLimit);
  const at = batch.reserveScratch(stop - start);
  batch.finishScratch(row, field, at, decode(bytes, start, stop, batch.scratch, at, coding));
}

/** Whether nothing is encoded, and the batch can point to the bytes themselves. */
function isAsWritten(batch: EventBatch, bytes: Uint8Array, start: number, end: number): boolean {
  return bytes === batch.bytes && find(bytes, start, end, percent) === end;
}

function decode(
  bytes: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
  coding: number,
): number {
  if (coding === Coding.json) return unescapeJson(bytes, start, end, to, at);
  if (coding === Coding.percent) return unescapePercent(bytes, start, end, to, at);
  for (let i = start; i < end; i++) to[at + i - start] = bytes[i] === plus ? space : bytes[i];
  return end - start;
}

function unescapePercent(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let out = at;
  for (let i = start; i < end; i++) {
    let code = bytes[i];
    if (code === percent && i + 2 < end) {
      let value = hexPair(bytes, i + 1);
      if (value >= 0) {
        i += 2;
        if (value === percent && i + 2 < end) {
          const inner = hexPair(bytes, i + 1);
          if (inner >= 0) {
            value = inner;
            i += 2;
          }
        }
        code = value;
      }
    }
    to[out++] = code;
  }
  return out - at;
}

function hexPair(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at]);
  const low = hexDigit(bytes[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
