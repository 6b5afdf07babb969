import { EventKind, Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { ZeekConnection } from '../wire/zeek-connection.ts';
import { connectionFields, recogniseZeek, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's ssh.log, TSV or JSON. */
export const zeekSsh: Format = {
  name: 'zeek-ssh',
  title: 'Zeek ssh.log',
  lateness: 120,
  yields: ['login', 'contact'],
  blindness: ['whether a login succeeded is inferred from packet sizes; who logged in is not seen'],
  sample:
    '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":22,"version":2,"auth_success":false,"auth_attempts":3,"client":"SSH-2.0-Go","server":"SSH-2.0-OpenSSH_9.6"}',
  recognise: (sample) => recogniseZeek(sample, 'ssh', ['id.orig_h', 'auth_attempts']),
  lines: () => new ZeekSshReader(),
};

const fields = [...connectionFields, 'auth_success', 'client', 'server', 'hassh'];
const service = Buffer.from('ssh');

class ZeekSshReader implements LineReader {
  readonly #rows = new ZeekRows('ssh', fields);
  readonly #connection = new ZeekConnection(this.#rows);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = this.#connection.read(bytes, start, end);
    if (read !== 'row') return read;
    // Without a verdict nobody tried to log in: a banner was exchanged at most.
    const login = rows.has(5);
    const row = this.#connection.append(
      batch,
      login ? EventKind.login : EventKind.contact,
      Proto.tcp,
      Outcome.answered,
      (rows.has(6) ? Flag.sentData : 0) | (rows.has(7) ? Flag.gotData : 0),
    );
    if (login) {
      batch.status[row] = rows.isTrue(5) ? 1 : 0;
      batch.setScratchText(row, Text.name, service);
    }
    rows.setText(batch, row, Text.agent, 6);
    rows.setText(batch, row, Text.detail, 7);
    rows.setText(batch, row, Text.fingerprint, 8);
    return '';
  }
}
