import { EventKind, Outcome, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { ZeekConnection } from '../wire/zeek-connection.ts';
import { connectionFields, recogniseZeek, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's weird.log, TSV or JSON. */
export const zeekWeird: Format = {
  name: 'zeek-weird',
  title: 'Zeek weird.log',
  lateness: 120,
  yields: ['alert'],
  blindness: ['odd traffic is mostly broken software: alone it proves nothing'],
  sample:
    '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":80,"name":"bad_HTTP_request","notice":false,"peer":"zeek"}',
  recognise: (sample) => recogniseZeek(sample, 'weird', ['name', 'notice', 'peer']),
  lines: () => new ZeekWeirdReader(),
};

const fields = [...connectionFields, 'name', 'addl'];
/** The lowest of 1 (high) … 4. */
const severity = 4;

class ZeekWeirdReader implements LineReader {
  readonly #rows = new ZeekRows('weird', fields);
  readonly #connection = new ZeekConnection(this.#rows);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = this.#connection.read(bytes, start, end);
    if (read !== 'row') return read;
    const row = this.#connection.append(batch, EventKind.alert, 0, Outcome.unknown, 0);
    batch.role[row] = Role.unknown;
    batch.status[row] = severity;
    rows.setText(batch, row, Text.name, 5);
    rows.setText(batch, row, Text.detail, 6);
    return '';
  }
}
