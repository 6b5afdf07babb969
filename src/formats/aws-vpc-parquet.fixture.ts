import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';
import { parquet } from '../../test/parquet-writer.ts';
import type { WrittenColumn, WriterOptions } from '../../test/parquet-writer.ts';

interface Row {
  readonly [field: string]: string | number | null;
}
const row: Row = { version: 5, account_id: '123456789010', srcaddr: '192.0.2.7', dstaddr: '198.51.100.4', srcport: 61000, dstport: 22, protocol: 6, packets: 20, bytes: 4249, start: 1767323040, end: 1767323100, action: 'ACCEPT', log_status: 'OK', tcp_flags: 2, pkt_srcaddr: '-', pkt_dstaddr: '-' };
const back = { srcaddr: '198.51.100.4', dstaddr: '192.0.2.7', srcport: 22, dstport: 61000 };
const nothing = { srcaddr: null, dstaddr: null, srcport: null, dstport: null, protocol: null, packets: null, bytes: null, action: null, tcp_flags: null, pkt_srcaddr: null, pkt_dstaddr: null };
const long = new Set(['packets', 'bytes', 'start', 'end']);

/** A file of rows; their texts go into dictionaries. */
function file(rows: readonly Row[], options: WriterOptions = {}): Uint8Array<ArrayBuffer> {
  const columns = Object.keys(rows[0]).map((name): WrittenColumn => {
    const values = rows.map((each) => each[name]);
    if (typeof row[name] === 'string') return { name, type: 'bytes', values, dictionary: true };
    return { name, type: long.has(name) ? 'int64' : 'int32', values, dictionary: name === 'dstport' };
  });
  return parquet(columns, options);
}

const common: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:04:00.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'originator',
  size: 4249,
  flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'],
};
const reply = { source: '198.51.100.4', target: '192.0.2.7', sourcePort: 22, targetPort: 61000 };

const rows: readonly Row[] = [
  row,
  { ...row, packets: 1, bytes: 44, dstport: 23 },
  { ...row, action: 'REJECT' },
  { ...row, ...back, tcp_flags: 18 },
  { ...row, ...nothing, log_status: 'NODATA' },
  { ...row, ...nothing, log_status: 'SKIPDATA' },
  { ...row, ...back, tcp_flags: null, packets: 1, bytes: 40 },
  { ...row, srcaddr: '10.0.0.9', dstaddr: '10.0.1.7', pkt_srcaddr: '2001:db8::7', pkt_dstaddr: '2001:db8:1::4', tcp_flags: 3, bytes: 8_589_934_592 },
];
const events: readonly ExpectedEvent[] = [
  { ...common, record: 1 },
  { ...common, targetPort: 23, outcome: 'unanswered', size: 44 },
  { ...common, outcome: 'denied' },
  { ...common, ...reply, role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
  { ...common, ...reply, role: 'responder', outcome: 'refused', size: 40, flags: ['hasSize', 'oneSided'], record: 7 },
  { ...common, source: '2001:db8::7', target: '2001:db8:1::4', size: 8_589_934_592, flags: ['fin', 'syn', 'tcpFlags', 'hasSize', 'oneSided'], record: 8 },
];
const skipped = {
  'no traffic in the interval (NODATA)': 1,
  'AWS could not keep up and skipped records (SKIPDATA)': 1,
};

/** The file's second row group has a page that does not fit. */
let groups = 0;
const halfDamaged = file([row, row, row], {
  rowsPerGroup: 1,
  tamper: (name, value) => (name === 'codec' && groups++ === 19 ? 6 : value),
});

export const fixture: FormatFixture = {
  format: 'aws-vpc-parquet',
  cases: [
    { name: 'gzip, as AWS writes it', input: file(rows, { codec: 'gzip' }), events, skipped },
    { name: 'Snappy, several row groups and pages', input: file(rows, { codec: 'snappy', rowsPerGroup: 3, rowsPerPage: 2 }), events, skipped },
    { name: 'not compressed, data pages of version 2', input: file(rows, { version2: true, rowsPerPage: 3 }), events, skipped },
    { name: 'gzip, data pages of version 2', input: file(rows, { codec: 'gzip', version2: true }), events, skipped },
    {
      name: 'a row group that cannot be read between two that can',
      input: halfDamaged,
      events: [{ ...common, record: 1 }, { ...common, record: 3 }],
      skipped: { 'damaged Parquet file: Zstandard compression is not built in': 1 },
    },
    {
      name: 'other columns',
      input: parquet([{ name: 'x', type: 'int32', values: [1] }]),
      events: [],
      notes: { 'the fields name no addresses, no protocol or no time': 1 },
    },
    {
      name: 'a file that is cut',
      input: file(rows).subarray(0, 1000),
      events: [],
      skipped: { 'damaged Parquet file: not a whole Parquet file': 1 },
    },
  ],
  malformed: { input: file([{ ...row, srcaddr: '192.0.2.x' }]), reason: 'address that is none' },
};
