import { EventKind, Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { splitTarget } from '../wire/request-target.ts';
import { ZeekConnection } from '../wire/zeek-connection.ts';
import { connectionFields, recogniseZeek, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's http.log, TSV or JSON. */
export const zeekHttp: Format = {
  name: 'zeek-http',
  title: 'Zeek http.log',
  lateness: 120,
  yields: ['request'],
  blindness: ['requests inside TLS are not seen'],
  sample:
    '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":80,"trans_depth":1,"method":"GET","host":"www.example.com","uri":"/admin?x=1","user_agent":"curl/8.5.0","response_body_len":153,"status_code":404}',
  recognise: (sample) => recogniseZeek(sample, 'http', ['id.orig_h', 'trans_depth']),
  lines: () => new ZeekHttpReader(),
};

const fields = [
  ...connectionFields,
  'method',
  'host',
  'uri',
  'referrer',
  'user_agent',
  'response_body_len',
  'status_code',
  'username',
];
const uri = 7;

class ZeekHttpReader implements LineReader {
  readonly #rows = new ZeekRows('http', fields);
  readonly #connection = new ZeekConnection(this.#rows);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = this.#connection.read(bytes, start, end);
    if (read !== 'row') return read;
    const status = rows.integer(11);
    const answered = status > 0 && status < 1000;
    const size = answered ? rows.integer(10) : -1;
    const row = this.#connection.append(
      batch,
      EventKind.request,
      Proto.tcp,
      answered ? Outcome.answered : Outcome.unknown,
      size >= 0 ? Flag.hasSize : 0,
    );
    if (answered) batch.status[row] = status;
    if (size > 0) batch.size[row] = size;
    rows.setText(batch, row, Text.method, 5);
    rows.setText(batch, row, Text.host, 6);
    rows.setText(batch, row, Text.referer, 8);
    rows.setText(batch, row, Text.agent, 9);
    rows.setText(batch, row, Text.user, 12);
    if (rows.has(uri)) {
      const parts = splitTarget(bytes, rows.startOf(uri), rows.endOf(uri));
      rows.setPart(batch, row, Text.path, uri, parts.pathStart, parts.pathEnd);
      rows.setPart(batch, row, Text.query, uri, parts.queryStart, parts.queryEnd);
    }
    return '';
  }
}
