import { putSource } from '../model/address.ts';
import { EventKind, Outcome, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { recogniseZeek, ZeekRows } from '../wire/zeek-log.ts';

/** Zeek's software.log, TSV or JSON. */
export const zeekSoftware: Format = {
  name: 'zeek-software',
  title: 'Zeek software.log',
  lateness: 120,
  yields: ['alert'],
  blindness: ['each program of a host is written once a day'],
  sample:
    '{"ts":1795307531.25,"host":"198.51.100.4","host_p":80,"software_type":"HTTP::SERVER","name":"nginx","version.major":1,"version.minor":24,"unparsed_version":"nginx/1.24.0"}',
  recognise: (sample) => recogniseZeek(sample, 'software', ['host', 'software_type', 'unparsed_version']),
  lines: () => new ZeekSoftwareReader(),
};

const fields = ['ts', 'host', 'host_p', 'software_type', 'unparsed_version'];
/** The lowest of 1 (high) … 4: it is a fact, not an alarm. */
const severity = 4;

class ZeekSoftwareReader implements LineReader {
  readonly #rows = new ZeekRows('software', fields);
  readonly #host = new Uint32Array(4);

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = rows.read(bytes, start, end);
    if (read !== 'row') return read;
    const time = rows.time(0);
    if (Number.isNaN(time)) return 'no time stamp';
    if (!rows.address(1, this.#host)) return 'no source address';
    const row = batch.length++;
    batch.kind[row] = EventKind.alert;
    batch.time[row] = time;
    batch.flags[row] = 0;
    putSource(batch, row, this.#host);
    const port = rows.integer(2);
    if (port > 0 && port < 65_536) batch.sourcePort[row] = port;
    batch.outcome[row] = Outcome.unknown;
    batch.role[row] = Role.unknown;
    batch.status[row] = severity;
    rows.setText(batch, row, Text.name, 3);
    rows.setText(batch, row, Text.detail, 4);
    return '';
  }
}
