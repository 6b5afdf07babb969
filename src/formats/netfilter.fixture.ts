import type { FormatFixture } from '../../test/format-fixture.ts';

const mac = 'MAC=52:54:00:12:34:56:52:54:00:ab:cd:ef:08:00';
const tcp = (flags: string, ports = 'SPT=61000 DPT=22', len = 44): string =>
  `IN=eth0 OUT= ${mac} SRC=192.0.2.7 DST=198.51.100.4 LEN=${len} TOS=0x00 PREC=0x00 TTL=49 ID=54321 PROTO=TCP ${ports} WINDOW=1024 RES=0x00 ${flags}URGP=0`;
const at = (text: string): string => `Nov 22 00:32:11 gw kernel: [123.456789] ${text}`;
const base = {
  kind: 'contact',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  ttl: 49,
  window: 1024,
  ipId: 54321,
} as const;
const syn = { ...base, role: 'originator', flags: ['syn', 'tcpFlags', 'header'] } as const;

export const fixture: FormatFixture = {
  format: 'netfilter',
  cases: [
    {
      name: 'the stamps of syslog daemons and of journald, one packet',
      input: [
        at(`[UFW BLOCK] ${tcp('SYN ')}`),
        `Nov 22 01:32:11 gw kernel: [UFW BLOCK] ${tcp('SYN ')}`,
        `<4>Nov 22 00:32:11 gw kernel: [UFW BLOCK] ${tcp('SYN ')}`,
        `Nov 22 2026 00:32:11 gw kernel: [UFW BLOCK] ${tcp('SYN ')}`,
        `2026-11-22T00:32:11.123456+00:00 gw kernel: [    1.456789] [UFW BLOCK] ${tcp('SYN ')}`,
        `2026-11-22T01:32:11+0100 gw kernel: [UFW BLOCK] ${tcp('SYN ')}`,
        `<4>1 2026-11-22T00:32:11.5Z gw kernel - - - [UFW BLOCK] ${tcp('SYN ')}`,
        `211 <4>1 2026-11-22T00:32:11Z gw kernel - - [x a="]\\"" b="y"] [UFW BLOCK] ${tcp('SYN ')}`,
        `1795307531.250000 gw kernel: [UFW BLOCK] ${tcp('SYN ')}`,
        `0 3 PVEFW-HOST-IN 22/Nov/2026:01:32:11 +0100 policy DROP: ${tcp('SYN ')}`,
        '',
      ].join('\n'),
      events: [
        { ...syn, outcome: 'denied', record: 1 },
        { ...syn, outcome: 'denied', time: '2026-11-22T01:32:11.000000Z' },
        { ...syn, outcome: 'denied' },
        { ...syn, outcome: 'denied' },
        { ...syn, outcome: 'denied', time: '2026-11-22T00:32:11.123456Z' },
        { ...syn, outcome: 'denied' },
        { ...syn, outcome: 'denied', time: '2026-11-22T00:32:11.500000Z' },
        { ...syn, outcome: 'denied' },
        { ...syn, outcome: 'denied', time: '2026-11-22T00:32:11.250000Z' },
        { ...syn, outcome: 'denied', record: 10 },
      ],
    },
    {
      name: 'zone of stamps without one, year from the file date across new year',
      zone: 'America/New_York',
      modified: '2026-01-05T00:00:00Z',
      input: `Dec 31 23:30:00 gw kernel: ${tcp('SYN ')}\nJan  1 00:30:00 gw kernel: ${tcp('SYN ')}\n`,
      events: [
        { ...syn, time: '2026-01-01T04:30:00.000000Z' },
        { ...syn, time: '2026-01-01T05:30:00.000000Z' },
      ],
    },
    {
      name: 'verdicts are what the prefix says, never what the host or a later field says',
      input: [
        at(`[UFW ALLOW] ${tcp('SYN ')}`),
        at(`[UFW LIMIT BLOCK] ${tcp('SYN ')}`),
        at(`DROP-input: ${tcp('SYN ')}`),
        at(`iptables denied: ${tcp('SYN ')}`),
        at(`FINAL_REJECT: ${tcp('SYN ')}`),
        at(`nft drop: ${tcp('SYN ')}`),
        `Nov 22 00:32:11 dropbox kernel: ${tcp('SYN ')}`,
        at(tcp('SYN ').replace('IN=eth0', 'IN=drop0')),
        `Nov 22 00:32:11 gw ulogd[712]: DENY ${tcp('SYN ')}`,
        `Nov 22 00:32:11 gw DROP-in ${tcp('SYN ')} MARK=0 `,
        `Nov 22 00:32:11 UDM UDM [WAN_LOCAL-A-2147483647] DESCR="[WAN_LOCAL]Block All Traffic" ${tcp('SYN ')}`,
        `Nov 22 00:32:11 UDM UDM [WAN_IN-default-D]${tcp('SYN ')}`,
      ].join('\n'),
      events: (
        ['passed', 'denied', 'denied', 'denied', 'denied', 'denied', 'unknown', 'unknown', 'denied', 'denied', 'passed', 'denied'] as const
      ).map((verdict) =>
        verdict === 'passed'
          ? { ...syn, outcome: 'unknown' as const, flags: [...syn.flags, 'passed' as const] }
          : { ...syn, outcome: verdict },
      ),
    },
    {
      name: 'roles and stealth by TCP flags',
      input: [
        at(tcp('SYN ', undefined, 40)),
        at(tcp('ACK SYN ')),
        at(tcp('RST ')),
        at(tcp('ACK RST ')),
        at(tcp('FIN ')),
        at(tcp('')),
        at(tcp('URG PSH FIN ')),
        at(tcp('ACK ')),
        at(tcp('ACK FIN ')),
        at(tcp('ACK ', 'SPT=443 DPT=61000')),
        at(tcp('ACK FIN ', 'SPT=51000 DPT=52000')),
        at(tcp('ACK PSH ')),
        at(tcp('CWR ECE SYN ')),
      ].join('\n'),
      events: [
        { ...base, role: 'originator', flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...base, role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'header'] },
        { ...base, role: 'responder', flags: ['rst', 'tcpFlags', 'header'] },
        { ...base, role: 'responder', flags: ['rst', 'ack', 'tcpFlags', 'header'] },
        { ...base, role: 'originator', flags: ['fin', 'tcpFlags', 'stealth', 'header'] },
        { ...base, role: 'originator', flags: ['tcpFlags', 'stealth', 'header'] },
        { ...base, role: 'originator', flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'header'] },
        { ...base, role: 'originator', flags: ['ack', 'tcpFlags', 'stealth', 'header'] },
        { ...base, role: 'originator', flags: ['fin', 'ack', 'tcpFlags', 'stealth', 'header'] },
        { ...base, sourcePort: 443, targetPort: 61000, role: 'unpaired', flags: ['ack', 'tcpFlags', 'header'] },
        { ...base, sourcePort: 51000, targetPort: 52000, role: 'unpaired', flags: ['fin', 'ack', 'tcpFlags', 'header'] },
        { ...base, role: 'unpaired', flags: ['psh', 'ack', 'tcpFlags', 'header'] },
        { ...base, role: 'originator', flags: ['syn', 'ece', 'cwr', 'tcpFlags', 'header'] },
      ],
    },
    {
      name: 'UDP, ICMP, other protocols, options, fragments, ARP',
      input: [
        at(`IN=eth0 OUT= ${mac} SRC=192.0.2.7 DST=198.51.100.4 LEN=28 TOS=0x00 PREC=0x00 TTL=49 ID=1 PROTO=UDP SPT=40000 DPT=161 LEN=8 `),
        at(`IN=eth0 OUT= ${mac} SRC=192.0.2.7 DST=198.51.100.4 LEN=128 TOS=0x00 PREC=0x00 TTL=49 ID=1 DF PROTO=UDP SPT=53 DPT=40000 LEN=108 `),
        at(`IN=eth0 OUT= ${mac} SRC=192.0.2.7 DST=198.51.100.4 LEN=128 TOS=0x00 PREC=0x00 TTL=49 ID=1 PROTO=UDP SPT=40000 DPT=5060 LEN=108 MARK=0x1`),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 LEN=84 TOS=0x00 PREC=0x00 TTL=49 ID=1 DF PROTO=ICMP TYPE=8 CODE=0 ID=77 SEQ=1 `),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 LEN=84 TOS=0x00 PREC=0x00 TTL=49 ID=1 PROTO=ICMP TYPE=0 CODE=0 ID=77 SEQ=1 `),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 LEN=84 TOS=0x00 PREC=0x00 TTL=49 ID=1 PROTO=ICMP TYPE=3 CODE=3 [SRC=198.51.100.4 DST=192.0.2.99 LEN=56 TOS=0x00 PREC=0x00 TTL=62 ID=4 PROTO=UDP SPT=53 DPT=9999 LEN=36 ] `),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 LEN=20 TOS=0x00 PREC=0x00 TTL=49 ID=1 PROTO=132 `),
        at(`IN=eth0 OUT= ${mac} SRC=192.0.2.7 DST=198.51.100.4 LEN=48 TOS=0x00 PREC=0x00 TTL=49 ID=1 OPT (0101) PROTO=TCP SPT=61000 DPT=22 SEQ=7 ACK=0 WINDOW=1024 RES=0x00 SYN URGP=0 OPT (020405B4) `),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 LEN=28 TOS=0x00 PREC=0x00 TTL=49 ID=1 MF PROTO=TCP INCOMPLETE [8 bytes] `),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 LEN=28 TOS=0x00 PREC=0x00 TTL=49 ID=1 FRAG:8 PROTO=TCP `),
        at(`IN=eth0 OUT= ARP HTYPE=1 PTYPE=0x0800 OPCODE=1 MACSRC=52:54:00:ab:cd:ef IPSRC=192.0.2.7 MACDST=00:00:00:00:00:00 IPDST=198.51.100.4`),
        at(`IN=eth0 OUT= SRC=192.0.2.7 DST=224.0.0.251 LEN=60 TOS=0x00 PREC=0x00 TTL=255 ID=1 PROTO=UDP SPT=5353 DPT=5353 LEN=40 `),
      ].join('\r\n'),
      events: [
        { ...base, window: 0, ipId: 1, proto: 17, sourcePort: 40000, targetPort: 161, role: 'originator', flags: ['header'] },
        { ...base, window: 0, ipId: 1, proto: 17, sourcePort: 53, targetPort: 40000, role: 'responder', flags: ['sentData', 'header'] },
        { ...base, window: 0, ipId: 1, proto: 17, sourcePort: 40000, targetPort: 5060, role: 'unpaired', flags: ['sentData', 'header'] },
        { ...base, window: 0, ipId: 1, proto: 1, sourcePort: 0, targetPort: 2048, role: 'originator', flags: ['header'] },
        { ...base, window: 0, ipId: 1, proto: 1, sourcePort: 0, targetPort: 0, role: 'responder', flags: ['header'] },
        { ...base, window: 0, ipId: 1, proto: 1, sourcePort: 0, targetPort: 771, role: 'responder', flags: ['header'] },
        { ...base, window: 0, ipId: 1, proto: 132, sourcePort: 0, targetPort: 0, role: 'originator', flags: ['header'] },
        { ...base, ipId: 1, role: 'originator', sequence: 7, flags: ['syn', 'tcpFlags', 'header'] },
        { ...base, window: 0, ipId: 1, sourcePort: 0, targetPort: 0, role: 'unknown', flags: ['fragment', 'header'] },
        { ...base, window: 0, ipId: 1, sourcePort: 0, targetPort: 0, role: 'unknown', flags: ['fragment', 'header'] },
        { ...base, window: 0, ipId: 0, ttl: 0, proto: 255, sourcePort: 0, targetPort: 0, role: 'unpaired', flags: [] },
        { ...base, window: 0, ipId: 1, ttl: 255, target: '224.0.0.251', proto: 17, sourcePort: 5353, targetPort: 5353, role: 'unknown', flags: ['sentData', 'header'] },
      ],
    },
    {
      name: 'IPv6',
      input: [
        at(`[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:ab:cd:ef:86:dd SRC=2001:0db8:0000:0000:0000:0000:0000:0007 DST=2001:0db8:0001:0000:0000:0000:0000:0004 LEN=60 TC=0 HOPLIMIT=62 FLOWLBL=0 PROTO=TCP SPT=61000 DPT=443 WINDOW=1024 RES=0x00 SYN URGP=0 `),
        at(`IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 DST=2001:0db8:0001:0000:0000:0000:0000:0004 LEN=104 TC=0 HOPLIMIT=62 FLOWLBL=99 PROTO=ICMPv6 TYPE=128 CODE=0 ID=4 SEQ=1 `),
        at(`IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 DST=2001:0db8:0001:0000:0000:0000:0000:0004 LEN=104 TC=0 HOPLIMIT=255 FLOWLBL=99 PROTO=ICMPv6 TYPE=135 CODE=0 `),
        at(`IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 DST=2001:0db8:0001:0000:0000:0000:0000:0004 LEN=104 TC=0 HOPLIMIT=62 FLOWLBL=0 OPT ( HBH ) FRAG:185 ID:00000007 OPT ( FRAG ) PROTO=UDP `),
      ].join('\n'),
      events: [
        { ...syn, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443, outcome: 'denied', ttl: 62, ipId: 0, flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 32768, role: 'originator', ttl: 62, ipId: 0, window: 0, flags: ['header'] },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 34560, role: 'unknown', ttl: 255, ipId: 0, window: 0, flags: ['header'] },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 17, sourcePort: 0, targetPort: 0, role: 'unknown', ttl: 62, ipId: 0, window: 0, flags: ['fragment', 'header'] },
      ],
    },
    {
      name: 'journalctl -o json, with and without escapes in the message',
      input: [
        `{"__REALTIME_TIMESTAMP":"1795307531250000","_TRANSPORT":"kernel","PRIORITY":"4","MESSAGE":"[UFW BLOCK] ${tcp('SYN ')}","_HOSTNAME":"gw"}`,
        `{"MESSAGE":"\\"drop\\" ${tcp('SYN ')}","__REALTIME_TIMESTAMP":"1795307531250000"}`,
        `{"__REALTIME_TIMESTAMP":"1795307531250000","MESSAGE":[104,105]}`,
      ].join('\n'),
      events: [
        { ...syn, time: '2026-11-22T00:32:11.250000Z', outcome: 'denied' },
        { ...syn, time: '2026-11-22T00:32:11.250000Z', outcome: 'denied', record: 2 },
      ],
      skipped: { 'no packet fields': 1 },
    },
    {
      name: 'journalctl -o export',
      input: [
        '__CURSOR=s=1;i=2',
        '__REALTIME_TIMESTAMP=1795307531250000',
        '__MONOTONIC_TIMESTAMP=1',
        'PRIORITY=4',
        `MESSAGE=[UFW BLOCK] ${tcp('SYN ')}`,
        '_HOSTNAME=gw',
        '',
        '__CURSOR=s=1;i=3',
        '__REALTIME_TIMESTAMP=1795307532000000',
        'MESSAGE=usb 1-1: new device',
        '',
      ].join('\n'),
      events: [{ ...syn, time: '2026-11-22T00:32:11.250000Z', outcome: 'denied', record: 5 }],
      skipped: { 'no packet fields': 1 },
    },
    {
      name: 'among other lines of a syslog',
      input: [
        'Nov 22 00:32:10 gw CRON[99]: (root) CMD (true)',
        at(tcp('SYN ')),
        at(tcp('SYN ').replace('SRC=192.0.2.7', 'SRC=192.0.2.777')),
        at(tcp('SYN ').replace('PROTO=TCP', 'PROTO=???')),
        'Nov 31 00:32:11 gw kernel: IN=eth0',
      ].join('\n'),
      events: [{ ...syn, record: 2 }],
      skipped: {
        'no packet fields': 1,
        'no source or target address': 1,
        'no protocol': 1,
        'no time stamp': 1,
      },
    },
  ],
  malformed: {
    input: 'Nov 22 00:32:11 gw kernel: [1.5] [UFW BLOCK] IN=eth0 OUT= MAC=52:54 SRC=192.0.2.7 LEN=44 PROTO=TCP SPT=1',
    reason: 'no source or target address',
  },
};
