import { bracketOpen, minus, quote, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { Cuts } from '../bytes/cuts.ts';
import { find, fraction, isText } from '../bytes/numbers.ts';
import { Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format } from '../model/format.ts';
import { endpoint, readEndpoint } from '../wire/alert-line.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { CarriedLines } from '../wire/log-line.ts';
import type { LogLine, MessageReader } from '../wire/log-line.ts';
import { QueryRow } from '../wire/query-row.ts';
import { shareOf } from '../wire/recognition.ts';

/** CoreDNS' `log` plugin, common and combined; its stamp comes from what carries it. */
export const coredns: Format = {
  name: 'coredns',
  title: 'CoreDNS (log plugin)',
  lateness: 10,
  yields: ['query'],
  blindness: ['the source may be a resolver that asks for others'],
  sample:
    '2026-11-22T00:32:11.287990251Z stdout F [INFO] 192.0.2.7:40000 - 29008 "A IN vpn.example.com. udp 41 false 4096" NXDOMAIN qr,rd,ra 116 0.037990251s',
  recognise(sample) {
    const share = shareOf(sample, (line) => answer.test(line.slice(0, 600)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new CarriedLines(info, new CorednsReader()),
};

const answer =
  /[.:\]0-9a-f]:\d{1,5} - \d{1,5} (?:\d{1,2} )?\\?"[A-Z0-9]{1,12} [A-Z0-9]{1,8} [^ ]{1,255} (?:udp|tcp|[a-z]{3,5}) \d{1,5} (?:true|false) \d{1,5}\\?" /;

class CorednsReader implements MessageReader {
  readonly #row = new QueryRow();
  readonly #cuts = new Cuts(256);

  message(batch: EventBatch, line: LogLine): string {
    const { bytes } = line;
    let at = line.own;
    // '[INFO] ' stands in front, unless another logger took it off.
    const level = findText(bytes, at, Math.min(line.end, at + 200), '[INFO] ');
    if (level >= 0) at = level + 7;
    else if (bytes[at] === bracketOpen) return 'not an answered question';
    return this.#entry(batch, bytes, at, line.end, line.time);
  }

  // '192.0.2.7:40000 - 29008 "A IN vpn.example.com. udp 41 false 4096" NXDOMAIN qr,rd,ra 116 0.037990251s'
  #entry(batch: EventBatch, bytes: Uint8Array, from: number, end: number, time: number): string {
    const count = this.#cuts.find(bytes, from, end, space, quote);
    const { at } = this.#cuts;
    const source = at[1];
    if (source + 2 >= end || bytes[source + 1] !== minus || bytes[source + 2] !== space)
      return 'not an answered question';
    const row = this.#row;
    row.begin(time);
    if (!readEndpoint(bytes, from, source, true, row.source)) return 'no address of a client';
    row.sourcePort = Math.max(0, endpoint.port);
    const open = find(bytes, source, end, quote) + 1;
    // Behind the question's id, and in the combined form its opcode.
    let first = 1;
    while (first < count && at[first] < open) first++;
    if (first + 3 > count) return 'not an answered question';
    const type = at[first];
    const klass = at[first + 1];
    const name = at[first + 2];
    const proto = at[first + 3];
    const close = find(bytes, proto, end, quote);
    if (close >= end) return 'not an answered question';
    row.type = queryTypeOf(bytes, open, type);
    row.nameStart = klass + 1;
    row.nameEnd = name;
    if (row.nameEnd <= row.nameStart) return 'no name asked for';
    // dns over tls, https and grpc run over TCP.
    if (!isText(bytes, name + 1, proto, 'udp')) row.proto = Proto.tcp;
    const behind = first + 6;
    const code =
      behind < count && at[behind] === close + 1 ? at[behind + 1] : find(bytes, close + 2, end, space);
    row.status = rcodeOf(bytes, close + 2, code, true);
    this.#rewind(bytes, code, end);
    row.append(batch, bytes);
    return '';
  }

  /** The line is written when the answer is: '0.037990251s' before that was asked. */
  #rewind(bytes: Uint8Array, from: number, end: number): void {
    let last = end;
    while (last > from && bytes[last - 1] !== 115) last--;
    let start = last - 1;
    while (start > from && bytes[start - 1] !== space) start--;
    const seconds = fraction(bytes, start, last - 1);
    if (seconds > 0 && seconds < 3600) this.#row.time -= Math.round(seconds * 1_000_000);
  }
}
