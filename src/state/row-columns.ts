import { formatIPv4, formatWords } from '../model/address.ts';
import { Flag, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { RowColumn } from '../model/detector.ts';
import { hashOut, mix4 } from './hash.ts';
import { hashText } from './text-hash.ts';

/** Columns that are numbers; -1 where the row has none. */
type NumberColumn = Exclude<RowColumn, keyof typeof Text | 'source-address' | 'target-address'>;

const noAnswer = 255;

/** The number that a column of the row holds, -1 when it is missing. */
export function numberIn(batch: EventBatch, row: number, column: NumberColumn): number {
  switch (column) {
    // As Zeek and ECS write it, an ICMP message's type stands for the source port and its code for the target's.
    case 'source-port':
      if (isIcmp(batch, row)) return batch.targetPort[row] >>> 8;
      return hasPorts(batch, row) && batch.sourcePort[row] !== 0 ? batch.sourcePort[row] : -1;
    case 'target-port':
      if (isIcmp(batch, row)) return batch.targetPort[row] & 255;
      return hasPorts(batch, row) ? batch.targetPort[row] : -1;
    case 'severity':
    case 'status':
      return batch.status[row] === 0 ? -1 : batch.status[row];
    case 'rcode':
      return batch.status[row] === noAnswer ? -1 : batch.status[row];
    case 'query-type':
      return batch.queryType[row] === 0 ? -1 : batch.queryType[row];
  }
}

/** A column of the row in words, '' when it is missing; untrusted. */
export function textIn(batch: EventBatch, row: number, column: RowColumn): string {
  if (column === 'source-address') return addressText(batch, row, batch.source[row]);
  if (column === 'target-address')
    return (batch.flags[row] & Flag.noTarget) === 0 ? addressText(batch, row, batch.target[row]) : '';
  if (column in Text) return batch.text(row, Text[column as keyof typeof Text]);
  const number = numberIn(batch, row, column as NumberColumn);
  return number < 0 ? '' : String(number);
}

function addressText(batch: EventBatch, row: number, value: number): string {
  if ((batch.flags[row] & Flag.v6) === 0) return formatIPv4(value);
  const at = value * 4;
  return formatWords(batch.wide[at], batch.wide[at + 1], batch.wide[at + 2], batch.wide[at + 3]);
}

function isIcmp(batch: EventBatch, row: number): boolean {
  return batch.proto[row] === Proto.icmp || batch.proto[row] === Proto.icmp6;
}

function hasPorts(batch: EventBatch, row: number): boolean {
  const proto = batch.proto[row];
  return proto === Proto.tcp || proto === Proto.udp || proto === Proto.sctp;
}

/** Columns as {@link RowHash} reads them: a text by its number from 0, the others below. */
export type ColumnCodes = readonly number[];
const sourceCode = -1;
const targetCode = -2;
const numbers: readonly NumberColumn[] = [
  'source-port',
  'target-port',
  'status',
  'severity',
  'rcode',
  'query-type',
];

export function columnCodes(columns: readonly RowColumn[]): ColumnCodes {
  return columns.map((column) => {
    if (column === 'source-address') return sourceCode;
    if (column === 'target-address') return targetCode;
    if (column in Text) return Text[column as keyof typeof Text];
    return targetCode - 1 - numbers.indexOf(column as NumberColumn);
  });
}

/**
 * A 64-bit hash of some columns of a row, seeded by the process: whoever writes the logs cannot choose collisions, and of
 * a million tuples two collide with probability 3 · 10⁻⁸.
 */
export class RowHash {
  low = 0;
  high = 0;

  begin(seed: number): void {
    this.low = mix4(seed, 0x51a7, 0, 1);
    this.high = mix4(seed, 0x51a7, 0, 2);
  }

  /** Takes the columns in; false when the row lacks one of them. */
  add(batch: EventBatch, row: number, columns: ColumnCodes): boolean {
    for (let i = 0; i < columns.length; i++) {
      const code = columns[i];
      if (code >= 0) {
        if (batch.textLengthOf(row, code) === 0) return false;
        hashText(batch, row, code, this.low);
        this.number(hashOut[0], hashOut[1]);
      } else if (code === sourceCode) this.#address(batch, row, batch.source[row]);
      else if (code === targetCode) {
        if ((batch.flags[row] & Flag.noTarget) !== 0) return false;
        this.#address(batch, row, batch.target[row]);
      } else {
        const number = numberIn(batch, row, numbers[targetCode - 1 - code]);
        if (number < 0) return false;
        this.number(number, 0);
      }
    }
    return true;
  }

  number(low: number, high: number): void {
    const before = this.low;
    this.low = mix4(this.low, this.high, low, high);
    this.high = mix4(this.high, before, high, ~low);
  }

  #address(batch: EventBatch, row: number, value: number): void {
    if ((batch.flags[row] & Flag.v6) === 0) {
      this.number(value, 4);
      return;
    }
    const at = value * 4;
    this.number(batch.wide[at], batch.wide[at + 1]);
    this.number(batch.wide[at + 2], batch.wide[at + 3]);
  }
}
