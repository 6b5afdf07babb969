import { formatIPv4, formatWords } from '../model/address.ts';
import { Flag, hasPorts, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { DerivedColumn, PlainColumn, RowColumn } from '../model/detector.ts';
import { hashBytes, hashOut, hashSeed, mix4 } from './hash.ts';

/** Columns that are numbers; -1 where the row has none. */
type NumberColumn = Exclude<PlainColumn, keyof typeof Text | 'source-address' | 'target-address'>;

const noAnswer = 255;

/** The number that a column of the row holds, -1 when it is missing. */
export function numberIn(batch: EventBatch, row: number, column: NumberColumn): number {
  switch (column) {
    // As Zeek and ECS write it, an ICMP message's type stands for the source port and its code for the target's.
    case 'source-port':
      if (isIcmp(batch, row)) return batch.targetPort[row] >>> 8;
      return hasPorts(batch.proto[row]) && batch.sourcePort[row] !== 0 ? batch.sourcePort[row] : -1;
    case 'target-port':
      if (isIcmp(batch, row)) return batch.targetPort[row] & 255;
      return hasPorts(batch.proto[row]) ? batch.targetPort[row] : -1;
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
  if (typeof column === 'object') return String(column.value(batch, row) ?? '');
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

/** Columns as {@link RowHash} reads them: texts by their number from 0, derived ones after them, the others below. */
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
const textColumns = Math.max(...Object.values(Text)) + 1;
/** Those that anybody counted by so far: there are as many as there are meanings. */
const derived: DerivedColumn[] = [];

/** The number that the column of this code holds in the row, negative or not; NaN where it is missing or no number. */
export function numberAt(batch: EventBatch, row: number, code: number): number {
  if (code >= textColumns) {
    const value = derived[code - textColumns].value(batch, row);
    return typeof value === 'number' ? value : NaN;
  }
  const number = code < targetCode ? numberIn(batch, row, numbers[targetCode - 1 - code]) : -1;
  return number < 0 ? NaN : number;
}

export function columnCodes(columns: readonly RowColumn[]): ColumnCodes {
  return columns.map((column) => {
    if (typeof column === 'object') return derivedCode(column);
    if (column === 'source-address') return sourceCode;
    if (column === 'target-address') return targetCode;
    if (column in Text) return Text[column as keyof typeof Text];
    return targetCode - 1 - numbers.indexOf(column as NumberColumn);
  });
}

/** Numbers are below the texts: a code less this is a place in the lists below. */
const lowestCode = targetCode - numbers.length;

/*
 * Of one row after the other many counts ask for the same few columns, in other combinations: the hash of each is kept
 * until another row is asked about.
 *
 *   by column   asked (turn) · missing? · low · high
 */
let asked = new Float64Array(textColumns - lowestCode);
let missing = new Uint8Array(asked.length);
let lows = new Int32Array(asked.length);
let highs = new Int32Array(asked.length);
let hashed: EventBatch | undefined;
let hashedSerial = -1;
let hashedRow = -1;
let turn = 0;

function derivedCode(column: DerivedColumn): number {
  const known = derived.indexOf(column);
  if (known >= 0) return textColumns + known;
  derived.push(column);
  const columns = textColumns - lowestCode + derived.length;
  asked = new Float64Array(columns);
  missing = new Uint8Array(columns);
  lows = new Int32Array(columns);
  highs = new Int32Array(columns);
  return textColumns + derived.length - 1;
}

/** Where the lists have the row's column; -1 when it is missing. */
function columnOf(batch: EventBatch, row: number, code: number): number {
  if (row !== hashedRow || batch !== hashed || batch.serial !== hashedSerial) {
    hashed = batch;
    hashedSerial = batch.serial;
    hashedRow = row;
    turn++;
  }
  const at = code - lowestCode;
  if (asked[at] !== turn) {
    asked[at] = turn;
    missing[at] = hashColumn(batch, row, code, at) ? 0 : 1;
  }
  return missing[at] === 0 ? at : -1;
}

function hashColumn(batch: EventBatch, row: number, code: number, at: number): boolean {
  if (code >= textColumns) return hashDerived(derived[code - textColumns].value(batch, row), at);
  if (code >= 0) {
    const length = batch.textLengthOf(row, code);
    if (length === 0) return false;
    hashBytes(batch.textBytesOf(row, code), batch.textStartOf(row, code), length, hashSeed);
    lows[at] = hashOut[0];
    highs[at] = hashOut[1];
    return true;
  }
  if (code === sourceCode) return hashAddress(batch, row, batch.source[row], at);
  if (code === targetCode)
    return (batch.flags[row] & Flag.noTarget) === 0 && hashAddress(batch, row, batch.target[row], at);
  const number = numberIn(batch, row, numbers[targetCode - 1 - code]);
  if (number < 0) return false;
  return put(at, number, 0, 0, 3);
}

/** As the column of a text would be hashed that says the same. */
function hashDerived(value: string | number | undefined, at: number): boolean {
  if (value === undefined) return false;
  const bytes = Buffer.from(String(value));
  hashBytes(bytes, 0, bytes.length, hashSeed);
  lows[at] = hashOut[0];
  highs[at] = hashOut[1];
  return true;
}

function hashAddress(batch: EventBatch, row: number, value: number, at: number): boolean {
  if ((batch.flags[row] & Flag.v6) === 0) return put(at, value, 0, 0, 4);
  const i = value * 4;
  const { wide } = batch;
  return put(
    at,
    wide[i],
    wide[i + 1],
    mix4(wide[i + 2], wide[i + 3], 0, 6),
    mix4(wide[i + 2], wide[i + 3], 1, 6),
  );
}

function put(at: number, a: number, b: number, c: number, d: number): true {
  lows[at] = mix4(a, b, c, d);
  highs[at] = mix4(a ^ 0x51a7, b, d, c);
  return true;
}

/**
 * A 64-bit hash of some columns of a row, seeded by the process: whoever writes the logs cannot choose collisions, and of
 * a million tuples two collide with probability 3 · 10⁻⁸. The columns' hashes are the coefficients of two polynomials.
 */
export class RowHash {
  low = 0;
  high = 0;

  begin({ low, high }: RowHashStart): void {
    this.low = low;
    this.high = high;
  }

  /** Takes the columns in; false when the row lacks one of them. The row is final. */
  add(batch: EventBatch, row: number, columns: ColumnCodes): boolean {
    for (let i = 0; i < columns.length; i++) {
      const at = columnOf(batch, row, columns[i]);
      if (at < 0) return false;
      this.number(lows[at], highs[at]);
    }
    return true;
  }

  number(low: number, high: number): void {
    this.low = (Math.imul(this.low, 0x9e3779b1) + low) | 0;
    this.high = (Math.imul(this.high, 0x85ebca6b) + high) | 0;
  }
}

/** What tells the hashes of one use from those of another. */
export interface RowHashStart {
  readonly low: number;
  readonly high: number;
}

export function startOf(seed: number): RowHashStart {
  return { low: mix4(seed, 0x51a7, 0, 1), high: mix4(seed, 0x51a7, 0, 2) };
}
