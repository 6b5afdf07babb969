import { pipe, space, tab } from '../bytes/codes.ts';
import { Cuts } from '../bytes/cuts.ts';
import { findText } from '../bytes/find-text.ts';
import { find, hexadecimal } from '../bytes/numbers.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { readDelimited, readExtension } from '../wire/paired-fields.ts';
import { shareOf } from '../wire/recognition.ts';
import { SiemEvents } from '../wire/siem-event.ts';

/** IBM's Log Event Extended Format, 1.0 and 2.0, of any product. */
export const leef: Format = {
  name: 'leef',
  title: 'Log Event Extended Format (LEEF 1.0, 2.0) of any firewall or sensor',
  lateness: 120,
  yields: ['contact', 'alert'],
  blindness: [
    'what is logged, and when, differs from product to product',
    'whether a target answered is known only where its bytes or packets are counted',
  ],
  sample:
    '<13>Nov 22 00:32:11 fw01 LEEF:2.0|Example|Firewall|1.0|Deny|^|devTime=1795307531250^src=192.0.2.7^srcPort=61000^dst=198.51.100.4^dstPort=22^proto=TCP^action=deny',
  recognise: (sample) =>
    0.97 * shareOf(sample, (line) => /(?:^|[\s>])LEEF: ?[12](?:\.\d)?\|/.test(line.slice(0, 400))),
  lines: (info) => new LeefReader(info),
};

const headAtMost = 400;
const headerParts = 5;

class LeefReader implements LineReader {
  readonly #events: SiemEvents;
  readonly #parts = new Cuts(headerParts);

  constructor(info: InputInfo) {
    this.#events = new SiemEvents(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const mark = findText(bytes, start, Math.min(end, start + headAtMost), 'LEEF:');
    if (mark < 0) return 'no LEEF header';
    // Version, vendor, product, version, event id.
    const { header, fields } = this.#events;
    let at = mark + 5;
    while (at < end && bytes[at] === space) at++;
    const isSecond = bytes[at] === 50;
    const parts = this.#parts;
    if (parts.find(bytes, at, end, pipe, pipe) < headerParts) return 'no whole LEEF header';
    const behind = parts.at[headerParts];
    if (behind >= end || bytes[behind] !== pipe) return 'no whole LEEF header';
    header.nameStart = parts.at[headerParts - 1] + 1;
    header.nameEnd = behind;
    header.idStart = header.nameStart;
    header.idEnd = behind;
    at = behind + 1;
    header.severityStart = 0;
    header.severityEnd = 0;
    let delimiter: number = tab;
    if (isSecond) {
      // The delimiter is optional: one character, or its code in hexadecimal ('x09', '0x5E').
      const stop = find(bytes, at, Math.min(end, at + 8), pipe);
      if (stop < end && bytes[stop] === pipe) {
        const given = delimiterOf(bytes, at, stop);
        if (given >= 0) {
          delimiter = given;
          at = stop + 1;
        }
      }
    }
    if (delimiter === tab && findText(bytes, at, end, '\t') < 0) readExtension(fields, bytes, at, end);
    else readDelimited(fields, bytes, at, end, delimiter);
    return this.#events.put(batch, bytes, start, end);
  }
}

/** The delimiter that a header field names; tab when it is empty, -1 when it names none. */
function delimiterOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return tab;
  if (length === 1) return bytes[start];
  const from = (bytes[start] | 32) === 120 ? start + 1 : start;
  if (from === start && (bytes[start] !== 48 || (bytes[start + 1] | 32) !== 120)) return -1;
  const code = hexadecimal(bytes, from, end);
  return code > 0 && code < 256 ? code : -1;
}
