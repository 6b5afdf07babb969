import { putAddresses, putSource } from '../model/address.ts';
import { EventKind, Outcome, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { recogniseZeek, zeekProtocol, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's notice.log, TSV or JSON. */
export const zeekNotice: Format = {
  name: 'zeek-notice',
  title: 'Zeek notice.log',
  lateness: 120,
  yields: ['alert'],
  blindness: ['a notice is another detector’s verdict, suppressed for an hour after the first'],
  sample:
    '{"ts":1795307531.25,"note":"Scan::Port_Scan","msg":"192.0.2.7 scanned at least 15 unique ports of host 198.51.100.4 in 0m3s","sub":"local","src":"192.0.2.7","dst":"198.51.100.4","peer_descr":"zeek","actions":["Notice::ACTION_LOG"],"suppress_for":3600.0}',
  recognise: (sample) => recogniseZeek(sample, 'notice', ['note', 'suppress_for']),
  lines: () => new ZeekNoticeReader(),
};

const fields = [
  'ts',
  'note',
  'msg',
  'src',
  'dst',
  'p',
  'proto',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
];
/** Zeek has no severities: middle of 1 (high) … 4. */
const severity = 3;

class ZeekNoticeReader implements LineReader {
  readonly #rows = new ZeekRows('notice', fields);
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = rows.read(bytes, start, end);
    if (read !== 'row') return read;
    const time = rows.time(0);
    if (Number.isNaN(time)) return 'no time stamp';
    // `src` is whom the notice is about; only without it the connection says.
    if (!rows.address(3, this.#source) && !rows.address(7, this.#source)) return 'no source address';
    const row = batch.length++;
    batch.kind[row] = EventKind.alert;
    batch.time[row] = time;
    batch.flags[row] = 0;
    if (rows.address(4, this.#target) || rows.address(9, this.#target)) {
      putAddresses(batch, row, this.#source, this.#target);
    } else putSource(batch, row, this.#source);
    const sourcePort = rows.integer(8);
    const port = rows.has(5) ? rows.integer(5) : rows.integer(10);
    if (sourcePort > 0 && sourcePort < 65_536) batch.sourcePort[row] = sourcePort;
    if (port > 0 && port < 65_536) batch.targetPort[row] = port;
    batch.proto[row] = zeekProtocol(rows, 6);
    batch.outcome[row] = Outcome.unknown;
    batch.role[row] = Role.originator;
    batch.status[row] = severity;
    rows.setText(batch, row, Text.name, 1);
    rows.setText(batch, row, Text.detail, 2);
    return '';
  }
}
