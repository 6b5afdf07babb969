import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const header =
  'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr';
const rest =
  '1,2,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2026-01-02 03:04:05.838';
const line = (fields: string): string => `2026-01-02 03:04:00,2026-01-02 03:04:00,0.040,${fields},${rest}`;
const there = '192.0.2.7,198.51.100.4,61000,22';

const common: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:04:00.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'unpaired',
  size: 44,
};
const syn: ExpectedEvent = { ...common, outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] };

export const fixture: FormatFixture = {
  format: 'nfdump-csv',
  cases: [
    {
      name: 'as nfdump 1.7.1 writes it, with its summary',
      input: [
        header,
        line(`${there},TCP,......S.,0,0,1,44,0,0`),
        line('198.51.100.4,192.0.2.7,22,61000,TCP,...A.R..,0,0,1,40,0,0'),
        line(`${there},TCP,.....RS.,0,0,2,84,0,0`),
        line(`${there},TCP,CE.AP.SF,0,0,9,5000,0,0`),
        line(`${there},TCP,........,0,0,1,44,0,0`),
        line('192.0.2.7,198.51.100.4,5353,161,UDP,........,0,0,1,44,0,0'),
        line('192.0.2.7,198.51.100.4,0,2048,ICMP,........,0,0,1,44,0,0'),
        line('192.0.2.7,198.51.100.4,0,3.1,1,........,0,0,1,44,0,0'),
        line('192.0.2.7,198.51.100.4,0,0,GRE,........,0,0,1,44,0,0'),
        line('2001:db8::7,2001:db8:1::4,61000,443,TCP,......S.,0,0,1,60,0,0'),
        line(`${there},TCP,......S.,129,0,1,44,0,0`),
        'Summary',
        'flows,bytes,packets,avg_bps,avg_pps,avg_bpp',
        '26,9052,35,36027,17,258',
        '',
      ].join('\n'),
      events: [
        { ...syn, record: 2 },
        { ...common, source: '198.51.100.4', target: '192.0.2.7', sourcePort: 22, targetPort: 61000, outcome: 'refused', role: 'responder', size: 40, flags: ['rst', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, outcome: 'unknown', role: 'originator', size: 84, flags: ['syn', 'rst', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, size: 5000, flags: ['fin', 'syn', 'psh', 'ack', 'ece', 'cwr', 'tcpFlags', 'sentData', 'hasSize', 'oneSided'] },
        { ...common, role: 'originator', flags: ['tcpFlags', 'stealth', 'hasSize', 'oneSided'] },
        { ...common, proto: 17, sourcePort: 5353, targetPort: 161, flags: ['hasSize', 'oneSided'] },
        { ...common, proto: 1, sourcePort: 0, targetPort: 2048, role: 'originator', flags: ['hasSize', 'oneSided'] },
        { ...common, proto: 1, sourcePort: 0, targetPort: 0x0301, role: 'responder', flags: ['hasSize', 'oneSided'] },
        { ...common, proto: 47, sourcePort: 0, targetPort: 0, flags: ['hasSize', 'oneSided'] },
        { ...syn, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443, size: 60 },
        { ...syn, outcome: 'denied' },
      ],
    },
    {
      name: 'the shorter columns since nfdump 1.7.3, with milliseconds, in a zone',
      zone: 'Europe/Berlin',
      input: [
        'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows',
        '2026-01-02 04:04:00.250,0.040,TCP,192.0.2.7,61000,198.51.100.4,22,1,44,1',
      ].join('\n'),
      events: [{ ...common, time: '2026-01-02T03:04:00.250000Z', flags: ['hasSize', 'oneSided'] }],
    },
    {
      name: 'what is no flow, and impossible flows',
      input: [
        header,
        line('0.0.0.0,198.51.100.4,1,2,UDP,........,0,0,1,44,0,0'),
        line('192.0.2.x,198.51.100.4,1,2,UDP,........,0,0,1,44,0,0'),
        line(`${there},TCP,......S.,0,0,0,0,0,0`),
        line('192.0.2.7,198.51.100.4,61000,99999,TCP,......S.,0,0,1,44,0,0'),
        line(`${there},FOO,......S.,0,0,1,44,0,0`),
        '2026-13-02 03:04:00,x,0,192.0.2.7,198.51.100.4,1,2,UDP,........',
        '2026-01-02 03:04:00,x',
        'No matching flows',
      ].join('\n'),
      events: [],
      skipped: {
        'impossible address': 1,
        'address that is none': 1,
        'flow without packets': 1,
        'port that is none': 1,
        'unknown protocol': 1,
        'time that is none': 1,
        'fewer fields than the header names': 1,
      },
    },
  ],
  malformed: { input: line(`${there},TCP,......S.,0,0,1,44,0,0`), reason: 'no header line before it' },
};
