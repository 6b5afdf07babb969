import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json } from '../bytes/json-fields.ts';
import type { JsonFields } from '../bytes/json-fields.ts';
import { textLimit } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';

/** Makes JSON field `field` of the object in `bytes` row `row`'s text; a string without escapes is not copied. */
export function setJsonText(
  batch: EventBatch,
  row: number,
  text: number,
  json: JsonFields,
  field: number,
  bytes: Uint8Array,
): void {
  const kind = json.kind[field];
  const start = json.start[field];
  const end = json.end[field];
  if (kind === Json.string || kind === Json.number) batch.setText(row, text, start, end);
  else if (kind === Json.escaped) {
    const stop = Math.min(end, start + textLimit);
    const at = batch.reserveScratch(stop - start);
    batch.finishScratch(row, text, at, unescapeJson(bytes, start, stop, batch.scratch, at));
  }
}

/** Makes the bytes `[start, end)` of string field `field` row `row`'s text. */
export function setJsonPart(
  batch: EventBatch,
  row: number,
  text: number,
  json: JsonFields,
  field: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const stop = Math.min(end, start + textLimit);
  if (stop <= start) return;
  if (json.kind[field] !== Json.escaped) batch.setText(row, text, start, stop);
  else {
    const at = batch.reserveScratch(stop - start);
    batch.finishScratch(row, text, at, unescapeJson(bytes, start, stop, batch.scratch, at));
  }
}
