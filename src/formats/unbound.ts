import { address } from '../bytes/addresses.ts';
import { bracketClose, bracketOpen, colon, dot, space } from '../bytes/codes.ts';
import { find, fraction, hasText, isText } from '../bytes/numbers.ts';
import { readEpoch } from '../bytes/times.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { LogLine } from '../wire/log-line.ts';
import { QueryRow } from '../wire/query-row.ts';
import { shareOf } from '../wire/recognition.ts';

/** Unbound's log-queries and log-replies, in its own file, by syslog or from the journal. */
export const unbound: Format = {
  name: 'unbound',
  title: 'Unbound (log-queries, log-replies)',
  lateness: 10,
  yields: ['query'],
  blindness: [
    'without log-replies the log does not say which names exist',
    'the source may be a resolver that asks for others',
  ],
  sample: '[1795307531] unbound[77:0] info: 192.0.2.7 vpn.example.com. A IN NXDOMAIN 0.000000 1 44',
  recognise(sample) {
    const share = shareOf(sample, (line) => question.test(line.slice(0, 500)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new UnboundReader(info),
};

const question =
  /(?:info|query|reply): [0-9a-f.:]{2,45} [^ ]{1,255} [A-Z0-9]{1,12} (?:IN|CH|HS|ANY|CLASS\d{1,5})\b/;
const levels = ['info', 'query', 'reply'];
const classes = ['IN', 'CH', 'HS', 'ANY'];
const notUnbound = 'not a question of a client';

class UnboundReader implements LineReader {
  readonly #line: LogLine;
  readonly #row = new QueryRow();
  /** Replies are logged: they hold what the questions do. */
  #replies = false;

  constructor(info: InputInfo) {
    this.#line = new LogLine(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    if (bytes[start] === bracketOpen) return this.#own(batch, bytes, start, end);
    const line = this.#line;
    const wrong = line.read(bytes, start, end);
    if (wrong !== '') return wrong;
    const from = line.own;
    if (line.bytes[from] === bracketOpen && line.tagStart === line.tagEnd) {
      // A container's output: Unbound's own stamp stands inside, or nothing but '[77:0]'.
      const inner = this.#own(batch, line.bytes, from, line.end);
      if (inner === '') return '';
    }
    // 'Nov 22 00:32:11 unbound[77:0] info: …': what looks like a host is the program.
    if (levels.some((level) => isText(line.bytes, line.tagStart, line.tagEnd, level)))
      return this.#entry(batch, line.bytes, line.start, line.end, line.time);
    let at = line.start;
    if (line.bytes[at] === bracketOpen) at = find(line.bytes, at, line.end, bracketClose) + 2;
    return this.#level(batch, line.bytes, at, line.end, line.time);
  }

  // '[1795307531] unbound[77:0] info: …'
  #own(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const close = find(bytes, start, Math.min(end, start + 24), bracketClose);
    const time = readEpoch(bytes, start + 1, close);
    if (Number.isNaN(time) || bytes[close + 1] !== space) return 'no time stamp';
    return this.#level(batch, bytes, find(bytes, close + 2, end, space) + 1, end, time);
  }

  #level(batch: EventBatch, bytes: Uint8Array, at: number, end: number, time: number): string {
    const mark = find(bytes, at, Math.min(end, at + 16), colon);
    if (!levels.some((level) => isText(bytes, at, mark, level))) return notUnbound;
    return this.#entry(batch, bytes, mark + 2, end, time);
  }

  // '192.0.2.7 vpn.example.com. A IN[ NXDOMAIN 0.000000 1 44]'
  #entry(batch: EventBatch, bytes: Uint8Array, at: number, end: number, time: number): string {
    const source = find(bytes, at, end, space);
    const name = find(bytes, source + 1, end, space);
    const type = find(bytes, name + 1, end, space);
    const klass = find(bytes, type + 1, end, space);
    const row = this.#row;
    row.begin(time);
    // What local zones did, statistics, and the like.
    if (type >= end || !isClass(bytes, type + 1, klass)) return notUnbound;
    if (!address(bytes, at, source, row.source))
      return bytes[source - 1] === dot ? notUnbound : 'no address of a client';
    row.nameStart = source + 1;
    row.nameEnd = name;
    row.type = queryTypeOf(bytes, name + 1, type);
    if (klass >= end) {
      if (this.#replies) return '';
    } else {
      this.#replies = true;
      const code = find(bytes, klass + 1, end, space);
      row.status = rcodeOf(bytes, klass + 1, code, true);
      const seconds = fraction(bytes, code + 1, find(bytes, code + 1, end, space));
      // The reply's stamp, less the time that it took.
      if (seconds > 0 && seconds < 3600) row.time -= Math.round(seconds * 1_000_000);
    }
    row.append(batch, bytes);
    return '';
  }
}

function isClass(bytes: Uint8Array, start: number, end: number): boolean {
  return classes.some((name) => isText(bytes, start, end, name)) || hasText(bytes, start, end, 'CLASS');
}
