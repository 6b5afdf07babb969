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

/** {@link hashBytes} of a row's text into {@link hashOut}; only those without a seed are kept. The row's texts are final. */
export function hashText(batch: EventBatch, row: number, field: number, seed = 0): void {
  if (seed !== 0) {
    hashOf(batch, row, field, seed);
    return;
  }
  if (rows[field] === row && batches[field] === batch && serials[field] === batch.serial) {
    hashOut[0] = words[2 * field];
    hashOut[1] = words[2 * field + 1];
    return;
  }
  hashOf(batch, row, field, 0);
  batches[field] = batch;
  serials[field] = batch.serial;
  rows[field] = row;
  words[2 * field] = hashOut[0];
  words[2 * field + 1] = hashOut[1];
}

function hashOf(batch: EventBatch, row: number, field: number, seed: number): void {
  const length = batch.textLengthOf(row, field);
  hashBytes(batch.textBytesOf(row, field), batch.textStartOf(row, field), length, seed);
}
