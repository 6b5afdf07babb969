import { EventKind, Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { ZeekConnection } from '../wire/zeek-connection.ts';
import { connectionFields, recogniseZeek, zeekProtocol, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's dns.log, TSV or JSON. */
export const zeekDns: Format = {
  name: 'zeek-dns',
  title: 'Zeek dns.log',
  lateness: 120,
  yields: ['query'],
  blindness: ['queries over TLS or HTTPS are not seen', 'the source may be a resolver that asks for others'],
  sample:
    '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":40000,"id.resp_h":"198.51.100.4","id.resp_p":53,"proto":"udp","trans_id":7,"query":"vpn.example.com","qtype":1,"qtype_name":"A","rcode":3,"rcode_name":"NXDOMAIN"}',
  recognise: (sample) => recogniseZeek(sample, 'dns', ['id.orig_h', 'trans_id']),
  lines: () => new ZeekDnsReader(),
};

const fields = [...connectionFields, 'proto', 'query', 'qtype', 'rcode', 'answers'];
/** Status of a query that nobody was seen to answer. */
const noAnswer = 255;

class ZeekDnsReader implements LineReader {
  readonly #rows = new ZeekRows('dns', fields);
  readonly #connection = new ZeekConnection(this.#rows);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = this.#connection.read(bytes, start, end);
    if (read !== 'row') return read;
    // Multicast DNS and answers without a question have no name or another port; they are no questions to a server.
    if (!rows.has(6)) return 'no name asked for';
    const rcode = rows.integer(8);
    const answered = rcode >= 0 && rcode < noAnswer;
    const row = this.#connection.append(
      batch,
      EventKind.query,
      zeekProtocol(rows, 5) || Proto.udp,
      answered ? Outcome.answered : Outcome.unanswered,
      answered ? Flag.gotData : 0,
    );
    batch.status[row] = answered ? rcode : noAnswer;
    const type = rows.integer(7);
    if (type > 0 && type < 65_536) batch.queryType[row] = type;
    rows.setText(batch, row, Text.name, 6);
    rows.setText(batch, row, Text.detail, 9);
    return '';
  }
}
