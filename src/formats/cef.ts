import { backslash, pipe, space } from '../bytes/codes.ts';
import { Cuts } from '../bytes/cuts.ts';
import { hasText } from '../bytes/numbers.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { readExtension } from '../wire/paired-fields.ts';
import { shareOf } from '../wire/recognition.ts';
import { SiemEvents } from '../wire/siem-event.ts';

/** ArcSight's Common Event Format, of any product. */
export const cef: Format = {
  name: 'cef',
  title: 'Common Event Format (CEF) of any firewall or sensor, UniFi among them',
  lateness: 120,
  yields: ['contact', 'alert'],
  blindness: [
    'what is logged, and when, differs from product to product',
    'whether a target answered is known only where both byte counters are logged',
  ],
  sample:
    '<134>Nov 22 00:32:11 fw01 CEF:0|Example|Firewall|1.0|deny|Connection denied|5|rt=1795307531250 src=192.0.2.7 spt=61000 dst=198.51.100.4 dpt=22 proto=TCP act=deny',
  recognise: (sample) =>
    0.96 *
    shareOf(
      sample,
      (line) =>
        /(?:^|[\s>])CEF: ?\d\|/.test(line.slice(0, 400)) ||
        /^[01]\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|.*=/.test(line),
    ),
  lines: (info) => new CefReader(info),
};

const headAtMost = 400;
/** Version, vendor, product, version, class id, name, severity. */
const headerParts = 7;

class CefReader implements LineReader {
  readonly #events: SiemEvents;
  readonly #parts = new Cuts(headerParts);

  constructor(info: InputInfo) {
    this.#events = new SiemEvents(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    let at = this.#plainHeader(bytes, start, end);
    if (at === 0) {
      at = cefStart(bytes, start, end);
      if (at < 0) return 'no CEF header';
      at = this.#header(bytes, at, end);
      if (at === 0) return 'no whole CEF header';
    }
    readExtension(this.#events.fields, bytes, at, end);
    return this.#events.put(batch, bytes, start, end);
  }

  /** Reads a header without escapes whose version is the first thing in front of a pipe; the position behind it, 0 for others. */
  #plainHeader(bytes: Uint8Array, start: number, end: number): number {
    const parts = this.#parts;
    if (parts.find(bytes, start, end, pipe, backslash, headerParts) < headerParts || parts.odd) return 0;
    const { header } = this.#events;
    const version = parts.at[1] - 1;
    if (parts.at[headerParts] === end || version - start > headAtMost || !isVersion(bytes[version])) return 0;
    let sign = version;
    while (sign > start && bytes[sign - 1] === space) sign--;
    if (version > start && (sign - 4 < start || !hasText(bytes, sign - 4, sign, 'CEF:'))) return 0;
    header.idStart = parts.at[4] + 1;
    header.idEnd = parts.at[5];
    header.nameStart = header.idEnd + 1;
    header.nameEnd = parts.at[6];
    header.severityStart = header.nameEnd + 1;
    header.severityEnd = parts.at[headerParts];
    return header.severityEnd + 1;
  }

  /** Reads the header from its version on; the position behind it, 0 when it does not end. */
  #header(bytes: Uint8Array, version: number, end: number): number {
    let at = version;
    const { header } = this.#events;
    for (let part = 0; part < headerParts; part++) {
      const from = at;
      while (at < end && bytes[at] !== pipe) at += bytes[at] === backslash ? 2 : 1;
      if (at >= end) return 0;
      if (part === 4) {
        header.idStart = from;
        header.idEnd = at;
      } else if (part === 5) {
        header.nameStart = from;
        header.nameEnd = at;
      } else if (part === 6) {
        header.severityStart = from;
        header.severityEnd = at;
      }
      at++;
    }
    return at;
  }
}

function isVersion(code: number): boolean {
  return code === 48 || code === 49;
}

/** Where the version stands, behind 'CEF:'; a syslog daemon may have taken that for a program's name and dropped it. */
function cefStart(bytes: Uint8Array, start: number, end: number): number {
  if (isVersion(bytes[start]) && bytes[start + 1] === pipe) return start;
  const limit = Math.min(end, start + headAtMost);
  for (let at = start; at + 5 < limit; at++) {
    if (bytes[at] !== 67 || !hasText(bytes, at, end, 'CEF:')) continue;
    at += 4;
    while (at < end && bytes[at] === space) at++;
    return at;
  }
  return -1;
}
