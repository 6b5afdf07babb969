import { messageOf } from '../base/errors.ts';
import { blockHolds } from './cidr.ts';
import type { EventView, FieldScalar, FieldValue } from './field-source.ts';
import { fold } from './fold.ts';
import { literalOf } from './pattern.ts';
import { compileRegex } from './regex.ts';
import { SigmaError } from './sigma-error.ts';
import type { Comparison, Pattern, Predicate, Test, TimePart } from './tree.ts';
import { compilePattern } from './wildcard.ts';

export type Check = (view: EventView) => boolean;
/** A question about one value of a field; `folded` is asked for only by those that fold. */
type ValueCheck = (value: string | number | null, folded: (text: string) => string) => boolean;

/** Compiles one predicate. Of a field with several values, one that fits is enough. */
export function compilePredicate(predicate: Predicate, view: EventView): Check {
  const slot = view.slot(predicate.field);
  const { test } = predicate;
  if (test.kind === 'exists') return (event) => (event.value(slot) !== undefined) === test.present;
  if (test.kind === 'field') {
    const other = view.slot(test.other);
    return (event) =>
      some(event.value(slot), (value) => some(event.value(other), (text) => refers(test, value, text)));
  }
  if (test.kind === 'like' && !test.cased && !test.number) return compileText(test.pattern, slot);
  const check = compileTest(test, predicate);
  const keepFolded = (event: EventView) => (text: string) => event.folded(slot, text);
  return (event) => {
    const value = event.value(slot);
    if (value === undefined) return false;
    if (typeof value === 'object' && value !== null) return value.some((each) => check(each, fold));
    return check(value, keepFolded(event));
  };
}

/** The usual test, without an allocation per event. */
function compileText(pattern: Pattern, slot: number): Check {
  const fits = compilePattern(pattern, false);
  return (event) => {
    const value = event.value(slot);
    if (typeof value === 'string') return fits(event.folded(slot, value));
    if (value === undefined || value === null) return false;
    if (typeof value === 'number') return fits(fold(String(value)));
    return value.some((each) => each !== null && fits(fold(String(each))));
  };
}

function compileTest(test: Exclude<Test, { kind: 'exists' | 'field' }>, { place }: Predicate): ValueCheck {
  switch (test.kind) {
    case 'null':
      return (value) => value === null;
    case 'like': {
      const fits = compilePattern(test.pattern, test.cased);
      const number = test.number ? Number(literalOf(test.pattern)) : Number.NaN;
      return (value, folded) => {
        if (value === null) return false;
        if (typeof value === 'number')
          return value === number || fits(test.cased ? String(value) : fold(String(value)));
        return fits(test.cased ? value : folded(value));
      };
    }
    case 'regex': {
      const search = compiled(test, place);
      return (value) => value !== null && search(String(value));
    }
    case 'cidr':
      return (value) => typeof value === 'string' && blockHolds(test, value);
    case 'compare':
      return (value) => {
        const number = numberOf(value);
        return number !== undefined && compare(test.op, number, test.value);
      };
    case 'time':
      return (value) => {
        const found = timePartOf(value, test.part);
        return found !== undefined && compare(test.op, found, test.value);
      };
    case 'placeholder':
      throw new SigmaError(`the placeholder "%${test.name}%" has no value`, place);
  }
}

function compiled(test: Test & { kind: 'regex' }, place: Predicate['place']): (text: string) => boolean {
  try {
    return compileRegex(test);
  } catch (thrown) {
    throw new SigmaError(`this regular expression cannot be used: ${messageOf(thrown)}`, place);
  }
}

function some(value: FieldValue, check: (each: FieldScalar) => boolean): boolean {
  if (value === undefined) return false;
  return typeof value === 'object' && value !== null ? value.some(check) : check(value);
}

function refers(test: Test & { kind: 'field' }, value: FieldScalar, other: FieldScalar): boolean {
  if (value === null || other === null) return false;
  const left = test.cased ? String(value) : fold(String(value));
  const right = test.cased ? String(other) : fold(String(other));
  if (test.reach === 'contains') return left.includes(right);
  if (test.reach === 'startswith') return left.startsWith(right);
  return test.reach === 'endswith' ? left.endsWith(right) : left === right;
}

/** A number, or a text that is a decimal number and nothing else. Comparisons are of IEEE doubles. */
export function numberOf(value: FieldScalar | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 400) return undefined;
  return /^[+-]?[0-9]+(?:\.[0-9]+)?$/.test(value) ? Number(value) : undefined;
}

function compare(op: Comparison | 'eq', left: number, right: number): boolean {
  if (op === 'lt') return left < right;
  if (op === 'lte') return left <= right;
  if (op === 'gt') return left > right;
  return op === 'gte' ? left >= right : left === right;
}

/**
 * A part of a date as it is written (`2026-01-02T03:04…`, a blank for the T; no zone is applied, as the specification
 * asks), or of a number of microseconds since 1970 in UTC. Weeks are those of ISO 8601.
 */
function timePartOf(value: FieldScalar, part: TimePart): number | undefined {
  let text: string;
  if (typeof value === 'number') {
    const date = new Date(Math.floor(value / 1000));
    if (Number.isNaN(date.getTime())) return undefined;
    text = date.toISOString();
  } else if (value === null) return undefined;
  else text = value;
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  date.setUTCFullYear(year);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59)
    return undefined;
  const parts = { year, month, day, hour, minute };
  return part === 'week' ? isoWeek(date) : parts[part];
}

function isoWeek(date: Date): number {
  const day = 86_400_000;
  // The week belongs to the year that holds its Thursday.
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * day);
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - newYear) / (7 * day));
}
