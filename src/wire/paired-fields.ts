import { comma, semicolon, space } from '../bytes/codes.ts';
import type { NamedFields } from './named-fields.ts';

/**
 * Fills `fields` from 'key=value key="two words"', parted by blanks, tabs or commas; words without '=' are passed over. A
 * value in quotes or apostrophes ends at the next one that no backslash escapes.
 */
export function readPairs(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.picker.quoted(bytes, start, end, comma, false);
}

/**
 * As {@link readPairs}, parted by blanks, tabs or `separator`, a byte. What has nothing in front of its '=' is a pair too. Whether
 * there is any.
 */
export function readKeyValues(
  fields: NamedFields,
  bytes: Uint8Array,
  start: number,
  end: number,
  separator: number = space,
): boolean {
  return fields.picker.quoted(bytes, start, end, separator, true);
}

/** Fills `fields` from 'key=value', parted by `delimiter` alone; keys begin and values end without blanks. */
export function readDelimited(
  fields: NamedFields,
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
): void {
  fields.picker.delimited(bytes, start, end, delimiter);
}

/**
 * Fills `fields` from CEF's 'key=value key=value with blanks key=…': a value ends before the blank in front of the next key, which
 * is letters, digits, '_', '.', '-' and brackets; '\\=' is no separator, and a blank behind a backslash begins no key. A second '='
 * in one word belongs to the value ('request=http://host/?a=b').
 */
export function readExtension(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.picker.extension(bytes, start, end);
}

/** Fills `fields` from 'key:"value"; key:"value"' or 'key: value; key: value;'; '\"' is no end of a value. */
export function readSemicolons(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.picker.colon(bytes, start, end, semicolon, false);
}

/** Fills `fields` from 'Key: value, Key: value'; a comma without a blank behind it belongs to the value. */
export function readCommas(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.picker.colon(bytes, start, end, comma, true);
}

/** Where the text behind an octet count and '<PRI>' begins; `start` when there is neither. */
export function behindPriority(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++;
  if (at > start && at < end && bytes[at] === space) at++;
  else at = start;
  if (at >= end || bytes[at] !== 60) return start;
  const from = ++at;
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++;
  return at > from && at < end && bytes[at] === 62 ? at + 1 : start;
}
