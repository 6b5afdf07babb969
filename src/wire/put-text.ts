import type { EventBatch } from '../model/event.ts';

/** Makes `bytes[start, end)` row `row`'s text `field`: points into the chunk when that is what `bytes` is; else copies. */
export function putText(
  batch: EventBatch,
  row: number,
  field: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (end <= start) return;
  if (batch.bytes === bytes) batch.setText(row, field, start, end);
  else batch.setScratchText(row, field, bytes, start, end);
}
