import { bracketClose, bracketOpen, minus, quote, slash, space, zero } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, decimal, find, hasText } from '../bytes/numbers.ts';
import { TextMarks } from '../bytes/text-marks.ts';
import { YearlessTimes } from '../bytes/yearless.ts';
import { Zone } from '../bytes/zone.ts';
import { putAddresses } from '../model/address.ts';
import { EventKind, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { endpoint, readEndpoint, readEndpointTo } from '../wire/alert-line.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';

/** One alert a line: Suricata's fast.log, Snort's alert_fast. */
export const alertFast: Format = {
  name: 'alert-fast',
  title: 'Suricata fast.log and Snort alert_fast',
  lateness: 10,
  yields: ['alert'],
  blindness: ['only what a rule matched is seen', 'the stamps have no zone, and Snort’s no year'],
  sample:
    '11/22/2026-00:32:11.250000  [**] [1:2001219:20] ET SCAN Potential SSH Scan [**] [Classification: Attempted Information Leak] [Priority: 2] {TCP} 192.0.2.7:61000 -> 198.51.100.4:22',
  recognise: (sample) =>
    0.98 * shareOf(sample, (line) => /^\d\d\/\d\d[-/]/.test(line) && line.includes('[**] [')),
  lines: (info) => new AlertFastReader(info),
};

const lowestSeverity = 4;
const opening = '[**] [';

/** What parts an alert behind its first '[**] ['. */
const parting = [' [**]', '] ', '{', '} ', ' -> ', '[Classification: ', '] [Priority: '];
const Mark = { close: 0, name: 1, brace: 2, behind: 3, arrow: 4, class: 5, priority: 6 } as const;

class AlertFastReader implements LineReader {
  readonly #times: YearlessTimes;
  readonly #marks = TextMarks.of(parting);
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);

  constructor(info: InputInfo) {
    this.#times = new YearlessTimes(new Zone(info.zone), info.modified);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const time = this.#times.readSlashed(bytes, start, end, false);
    if (Number.isNaN(time)) return 'no time stamp';
    const open = hasText(bytes, cursor.at + 2, end, opening)
      ? cursor.at + 2
      : findText(bytes, cursor.at, end, opening);
    if (open < 0) return 'no rule between [**] and [**]';
    const marks = this.#marks;
    marks.find(bytes, open + opening.length, end);
    const close = marks.in(Mark.close, bytes, open + opening.length, end);
    if (close < 0) return 'no rule between [**] and [**]';
    // '[1:2001219:20] message', which Snort 3 quotes.
    let name = marks.in(Mark.name, bytes, open + opening.length, close);
    name = name < 0 ? close : name + 2;
    let nameEnd = close;
    if (bytes[name] === quote && nameEnd - name > 1 && bytes[nameEnd - 1] === quote) {
      name++;
      nameEnd--;
    }
    const brace = marks.in(Mark.brace, bytes, close, end);
    const behind = brace < 0 ? -1 : marks.in(Mark.behind, bytes, brace, end);
    const arrow = behind < 0 ? -1 : marks.in(Mark.arrow, bytes, behind, end);
    if (arrow < 0) return 'no {protocol} source -> target';
    // Suricata calls what it has no name for 'PROTO:047'.
    const number = hasText(bytes, brace + 1, behind, 'PROTO:') ? brace + 7 : brace + 1;
    const proto = protocolOf(bytes, number, behind);
    // Suricata, whose year has four digits, writes two numbers with every protocol: ports, type and code, or zeros.
    const ported =
      proto === Proto.tcp ||
      proto === Proto.udp ||
      proto === Proto.sctp ||
      (bytes[start + 5] === slash && bytes[start + 10] === minus);
    if (!readEndpoint(bytes, behind + 2, arrow, ported, this.#source)) return 'no source or target address';
    const sourcePort = endpoint.port;
    if (!readEndpointTo(bytes, arrow + 4, end, space, ported, this.#target))
      return 'no source or target address';
    const targetPort = endpoint.port;
    const row = batch.length++;
    batch.kind[row] = EventKind.alert;
    batch.time[row] = time;
    batch.flags[row] = 0;
    putAddresses(batch, row, this.#source, this.#target);
    batch.proto[row] = proto;
    if (proto === Proto.icmp || proto === Proto.icmp6) {
      // Suricata writes type and code where the ports would stand.
      if (sourcePort >= 0)
        batch.targetPort[row] = ((sourcePort & 255) << 8) | (Math.max(0, targetPort) & 255);
    } else {
      batch.sourcePort[row] = Math.max(0, sourcePort);
      batch.targetPort[row] = Math.max(0, targetPort);
    }
    batch.outcome[row] = Outcome.unknown;
    batch.role[row] = Role.originator;
    batch.status[row] = this.#classes(batch, row, bytes, close + 5, brace);
    if (nameEnd > name) batch.setText(row, Text.name, name, nameEnd);
    return '';
  }

  /** Reads ' [Classification: …] [Priority: 2] '; returns the severity. */
  #classes(batch: EventBatch, row: number, bytes: Uint8Array, start: number, end: number): number {
    let severity = lowestSeverity;
    // Nearly all of them: one bracket of either kind.
    const text = start + 18;
    const digit = this.#marks.in(Mark.priority, bytes, start, end) + 13;
    if (
      digit > text + 13 &&
      digit + 3 === end &&
      bytes[start] === space &&
      bytes[digit + 1] === bracketClose &&
      this.#marks.in(Mark.class, bytes, start, end) === start + 1 &&
      find(bytes, text, end, bracketClose) === digit - 13
    ) {
      batch.setText(row, Text.detail, text, digit - 13);
      const priority = bytes[digit] - zero;
      return priority >= 1 && priority <= lowestSeverity ? priority : severity;
    }
    for (let at = start; at < end; at++) {
      if (bytes[at] !== bracketOpen) continue;
      const close = findText(bytes, at, end, ']');
      if (close < 0) break;
      if (hasText(bytes, at, close, '[Priority: ')) {
        const priority = decimal(bytes, at + 11, close);
        if (priority >= 1 && priority <= lowestSeverity) severity = priority;
      } else if (hasText(bytes, at, close, '[Classification: ') && close > at + 17) {
        batch.setText(row, Text.detail, at + 17, close);
      }
      at = close;
    }
    return severity;
  }
}
