import { backslash, pipe, space } from '../bytes/codes.ts';
import { hasText } from '../bytes/numbers.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { readExtension } from '../wire/cef-extension.ts';
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

class CefReader implements LineReader {
  readonly #events: SiemEvents;

  constructor(info: InputInfo) {
    this.#events = new SiemEvents(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    let at = cefStart(bytes, start, end);
    if (at < 0) return 'no CEF header';
    // Version, vendor, product, version, class id, name, severity.
    const { header } = this.#events;
    for (let part = 0; part < 7; part++) {
      const from = at;
      while (at < end && bytes[at] !== pipe) at += bytes[at] === backslash ? 2 : 1;
      if (at >= end) return 'no whole CEF header';
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
    readExtension(this.#events.fields, bytes, at, end);
    return this.#events.put(batch, bytes, start, end);
  }
}

/** Where the version stands, behind 'CEF:'; a syslog daemon may have taken that for a program's name and dropped it. */
function cefStart(bytes: Uint8Array, start: number, end: number): number {
  if ((bytes[start] === 48 || bytes[start] === 49) && bytes[start + 1] === pipe) return start;
  const limit = Math.min(end, start + headAtMost);
  for (let at = start; at + 5 < limit; at++) {
    if (bytes[at] !== 67 || !hasText(bytes, at, end, 'CEF:')) continue;
    at += 4;
    while (at < end && bytes[at] === space) at++;
    return at;
  }
  return -1;
}
