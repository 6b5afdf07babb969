import { Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { hashBytes, hashOut } from './hash.ts';

/*
 * Several detectors ask for the hash of one row's agent, host or path, one after the other: per text field the last row's
 * hash is kept.
 *
 *   per field   batch · its serial · row → two words
 */
const fields = Math.max(...Object.values(Text)) + 1;
const batches: (EventBatch | undefined)[] = Array.from({ length: fields }, () => undefined);
const serials = new Float64Array(fields);
const rows = new Int32Array(fields);
const words = new Uint32Array(2 * fields);

/** {@link hashBytes} of a row's text, without a seed, into {@link hashOut}. The row's texts are final. */
export function hashText(batch: EventBatch, row: number, field: number): void {
  if (rows[field] === row && batches[field] === batch && serials[field] === batch.serial) {
    hashOut[0] = words[2 * field];
    hashOut[1] = words[2 * field + 1];
    return;
  }
  hashBytes(batch.textBytesOf(row, field), batch.textStartOf(row, field), batch.textLengthOf(row, field));
  batches[field] = batch;
  serials[field] = batch.serial;
  rows[field] = row;
  words[2 * field] = hashOut[0];
  words[2 * field + 1] = hashOut[1];
}
