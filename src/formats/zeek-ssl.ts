import { EventKind, Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { ZeekConnection } from '../wire/zeek-connection.ts';
import { connectionFields, recogniseZeek, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's ssl.log, TSV or JSON. */
export const zeekSsl: Format = {
  name: 'zeek-ssl',
  title: 'Zeek ssl.log',
  lateness: 120,
  yields: ['contact'],
  blindness: ['only connections that spoke TLS are in it'],
  sample:
    '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":443,"version":"TLSv13","cipher":"TLS_AES_128_GCM_SHA256","server_name":"www.example.com","resumed":false,"established":true}',
  recognise: (sample) => recogniseZeek(sample, 'ssl', ['id.orig_h', 'version', 'cipher']),
  lines: () => new ZeekSslReader(),
};

const fields = [...connectionFields, 'version', 'server_name', 'ja4', 'ja3'];

class ZeekSslReader implements LineReader {
  readonly #rows = new ZeekRows('ssl', fields);
  readonly #connection = new ZeekConnection(this.#rows);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = this.#connection.read(bytes, start, end);
    if (read !== 'row') return read;
    // A version means that the server said hello; without one it may have closed at the client's hello.
    const answered = rows.has(5);
    const quic = rows.is(5, 'QUICv1');
    const row = this.#connection.append(
      batch,
      EventKind.contact,
      quic ? Proto.udp : Proto.tcp,
      answered ? Outcome.answered : Outcome.unknown,
      Flag.sentData | (answered ? Flag.gotData : 0),
    );
    rows.setText(batch, row, Text.detail, 6);
    rows.setText(batch, row, Text.fingerprint, rows.has(7) ? 7 : 8);
    return '';
  }
}
