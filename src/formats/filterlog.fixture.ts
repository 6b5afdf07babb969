import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const at = (csv: string): string => `Nov 22 00:32:11 fw filterlog[7164]: ${csv}`;
const v4 = (action: string, rest: string, proto = '6,tcp,44'): string =>
  `5,,,1000000103,em0,match,${action},in,4,0x0,,49,54321,0,none,${proto},192.0.2.7,198.51.100.4,${rest}`;
const v6 = (rest: string, proto = 'TCP,6,24'): string =>
  `5,,,1000000105,em0,match,block,in,6,0x00,0x0ea87,62,${proto},2001:db8::7,2001:db8:1::4,${rest}`;
const syn = '61000,22,0,S,1234567890,,1024,,mss';
const base = { ...firewallContact, ttl: 49, ipId: 54321 } as const;
const probe = { ...base, window: 1024, sequence: 1_234_567_890, flags: ['syn', 'tcpFlags', 'header'] } as const;
const base6 = { ...base, source: '2001:db8::7', target: '2001:db8:1::4', ttl: 62, ipId: 0 } as const;

export const fixture: FormatFixture = {
  format: 'filterlog',
  cases: [
    {
      name: 'the envelopes of pfSense, OPNsense and their relays',
      input: [
        at(v4('block', syn)),
        `<134>Nov 22 00:32:11 filterlog[7164]: ${v4('block', syn)}`,
        `<134>Nov 22 00:32:11 filterlog: ${v4('block', syn)}`,
        `<134>1 2026-11-22T01:32:11.868451+01:00 fw.lan filterlog 92653 - - ${v4('block', syn)}`,
        `<134>1 2026-11-22T00:32:11+00:00 opnsense filterlog 69805 - [meta sequenceId="2633353"] ${v4('block', syn)}`,
        `402 <134>1 2026-11-22T00:32:11Z fw filterlog 1 - - ${v4('block', syn)}`,
      ].join('\n'),
      events: [
        { ...probe, record: 1 },
        probe,
        probe,
        { ...probe, time: '2026-11-22T00:32:11.868451Z' },
        probe,
        { ...probe, record: 6 },
      ],
    },
    {
      name: 'verdicts',
      zone: 'Europe/Berlin',
      input: [
        at(v4('pass', syn)),
        at(v4('reject', syn)),
        at(v4('rdr', syn)),
        at(v4('block', syn).replace('match', 'ip-option')),
      ].join('\n'),
      events: [
        { ...probe, time: '2026-11-21T23:32:11.000000Z', outcome: 'unknown', flags: [...probe.flags, 'passed'] },
        { ...probe, time: '2026-11-21T23:32:11.000000Z' },
        { ...probe, time: '2026-11-21T23:32:11.000000Z', outcome: 'unknown' },
        { ...probe, time: '2026-11-21T23:32:11.000000Z' },
      ],
    },
    {
      name: 'roles, stealth and bare SYNs by TCP flags',
      input: [
        at(v4('block', '61000,22,0,S,1,,1024,,', '6,tcp,40')),
        at(v4('block', '22,61000,0,SA,1,2,65535,,mss')),
        at(v4('block', '61000,22,0,FPU,1,,1024,,')),
        at(v4('block', '61000,22,0,,1,,1024,,')),
        at(v4('block', '22,61000,0,R,1,,0,,')),
        at(v4('block', '443,61000,420,PA,29633380:29633800,3617062173,65535,,')),
        at(v4('block', '61000,22,0,SEW,1,,1024,,mss;sackOK')),
      ].join('\n'),
      events: [
        { ...base, flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...base, sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'header'] },
        { ...base, flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'header'] },
        { ...base, flags: ['tcpFlags', 'stealth', 'header'] },
        { ...base, sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['rst', 'tcpFlags', 'header'] },
        {
          ...base,
          sourcePort: 443,
          targetPort: 61000,
          role: 'unpaired',
          sequence: 29_633_380,
          window: 65_535,
          flags: ['psh', 'ack', 'tcpFlags', 'sentData', 'header'],
        },
        { ...base, flags: ['syn', 'ece', 'cwr', 'tcpFlags', 'header'] },
      ],
    },
    {
      name: 'UDP, ICMP in the words of pfSense and of OPNsense, other protocols, fragments, multicast',
      input: [
        at(v4('block', '40000,161,40', '17,udp,60')),
        at(v4('block', '40000,161,8', '17,udp,28')),
        at(v4('block', 'request,1,7', '1,icmp,84')),
        at(v4('block', 'unreachport,198.51.100.4,17,53', '1,icmp,56')),
        at(v4('block', 'datalength=64', '1,icmp,84')),
        at(v4('block', 'datalength=64,echoreq,0,7,1,', '1,icmp,84')),
        at(v4('block', 'datalength=36,unreach,port-unr,,,', '1,icmp,56')),
        at(v4('block', 'datalength=24', '47,gre,44')),
        at(v4('block', 'datalength=100', '6,tcp,120').replace(',54321,0,none', ',54321,185,none')),
        at(v4('block', '5353,5353,40', '17,udp,60').replace('198.51.100.4', '224.0.0.251')),
      ].join('\n'),
      events: [
        { ...base, proto: 17, sourcePort: 40000, targetPort: 161, flags: ['sentData', 'header'] },
        { ...base, proto: 17, sourcePort: 40000, targetPort: 161, flags: ['header'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, flags: ['header'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 771, role: 'responder', flags: ['header'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, role: 'unknown', flags: ['header'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, flags: ['header'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 771, role: 'responder', flags: ['header'] },
        { ...base, proto: 47, sourcePort: 0, targetPort: 0, flags: ['header'] },
        { ...base, sourcePort: 0, targetPort: 0, role: 'unknown', flags: ['fragment', 'header'] },
        { ...base, proto: 17, sourcePort: 5353, targetPort: 5353, target: '224.0.0.251', role: 'unknown', flags: ['sentData', 'header'] },
      ],
    },
    {
      name: 'IPv6',
      input: [
        at(v6('61000,443,0,S,1234567890,,64240,,mss;sackOK')),
        at(v6('61000,443,0,S,1,,1024,,', 'tcp,6,20')),
        at(v6('6881,51918,73', 'udp,17,73')),
        at(v6('datalength=40,echoreq,0,1,1,', 'ipv6-icmp,58,40')),
        at(v6('datalength=32,neighbrsol,0,,,', 'ICMPv6,58,32')),
      ].join('\n'),
      events: [
        { ...base6, targetPort: 443, window: 64_240, sequence: 1_234_567_890, flags: ['syn', 'tcpFlags', 'header'] },
        { ...base6, targetPort: 443, flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...base6, proto: 17, sourcePort: 6881, targetPort: 51_918, role: 'unpaired', flags: ['sentData', 'header'] },
        { ...base6, proto: 58, sourcePort: 0, targetPort: 32_768, flags: ['header'] },
        { ...base6, proto: 58, sourcePort: 0, targetPort: 34_560, role: 'unknown', flags: ['header'] },
      ],
    },
    {
      name: 'among other lines of the firewall',
      input: [
        at(v4('block', syn)),
        at(v4('block', syn)),
        'Nov 22 00:32:11 fw sshd[99]: Server listening on 0.0.0.0 port 22.',
        at('5,,,1000000103,em0,match,block,in,4,0x0'),
        at(v4('block', syn).replace('192.0.2.7', '192.0.2.777')),
        at(v4('block', '61000,70000,0,S,1,,1024,,')),
        at(v4('block', syn).replace(',in,4,', ',in,5,')),
      ].join('\n'),
      events: [probe, probe],
      skipped: {
        'not of filterlog': 1,
        'too few fields': 1,
        'no source or target address': 1,
        'no ports': 1,
        'no IP version': 1,
      },
    },
  ],
  malformed: {
    input: 'Nov 22 00:32:11 fw filterlog[1]: 5,,,1,em0,match,block,in,4,0x0,,49,1,0,none,6,tcp,44,192.0.2.7,198.51.100.4,x,22,0,S',
    reason: 'no ports',
  },
};
