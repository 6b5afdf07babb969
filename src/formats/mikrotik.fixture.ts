import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const stamp = '2026-11-22T00:32:11.250000+00:00 192.0.2.1 firewall,info';
const state = 'connection-state:new src-mac 52:54:00:12:34:56';
const packet = (what: string): string => `in:ether1-WAN out:(unknown 0), ${state}, proto ${what}`;
const syn4 = packet('TCP (SYN), 192.0.2.7:61000->198.51.100.4:22, len 44');
const drop = (what: string): string => `${stamp} drop-in input: ${packet(what)}`;
const base = { ...firewallContact, time: '2026-11-22T00:32:11.250000Z' } as const;
const syn = { ...base, flags: ['syn', 'tcpFlags'] } as const;

export const fixture: FormatFixture = {
  format: 'mikrotik',
  cases: [
    {
      name: 'stamps: syslog, BSD syslog of RouterOS, its own files of both versions',
      zone: 'Europe/Berlin',
      input: [
        `${stamp} drop-in input: ${syn4}`,
        `<134>Nov 22 01:32:11 router firewall,info drop-in input: ${syn4}`,
        `Nov 22 01:32:11 router firewall,info drop-in input: ${syn4}`,
        `2026-11-22 01:32:11 firewall,info drop-in input: ${syn4}`,
        `nov/22 01:32:11 firewall,info drop-in input: ${syn4}`,
        `nov/22/2026 01:32:11 firewall,info drop-in input: ${syn4}`,
        `<134>1 2026-11-22T00:32:11.250Z router firewall - - - drop-in input: ${syn4}`,
      ].join('\n'),
      events: [
        { ...syn, record: 1 },
        { ...syn, time: '2026-11-22T00:32:11.000000Z' },
        { ...syn, time: '2026-11-22T00:32:11.000000Z' },
        { ...syn, time: '2026-11-22T00:32:11.000000Z' },
        { ...syn, time: '2026-11-22T00:32:11.000000Z' },
        { ...syn, time: '2026-11-22T00:32:11.000000Z' },
        { ...syn, record: 7 },
      ],
    },
    {
      name: 'verdicts are what the prefix says, never what the chain, the interface or the host is called',
      input: [
        `${stamp} input: ${syn4}`,
        `${stamp} forward: ${syn4}`,
        `${stamp} ACCEPT-ssh forward: ${syn4}`,
        `${stamp} fwd drop invalid forward: ${syn4}`,
        `${stamp} IN_REJECT input: ${syn4}`,
        `Nov 22 00:32:11 dropbox firewall,info input: ${syn4}`,
        `${stamp} input: ${syn4.replace('ether1-WAN', 'drop1')}`,
      ].join('\n'),
      events: [
        { ...syn, outcome: 'unknown' },
        { ...syn, outcome: 'unknown' },
        { ...syn, outcome: 'unknown', flags: ['syn', 'tcpFlags', 'passed'] },
        syn,
        syn,
        { ...syn, time: '2026-11-22T00:32:11.000000Z', outcome: 'unknown' },
        { ...syn, outcome: 'unknown' },
      ],
    },
    {
      name: 'roles by flags, UDP, ICMP, other protocols, IPv6, translation',
      input: [
        drop('TCP (SYN), 192.0.2.7:61000->198.51.100.4:22, len 40'),
        drop('TCP (SYN,ACK), 192.0.2.7:22->198.51.100.4:61000, len 44'),
        drop('TCP (FIN,PSH,URG), 192.0.2.7:61000->198.51.100.4:22, len 40'),
        drop('TCP (ACK,RST), 192.0.2.7:22->198.51.100.4:61000, len 40'),
        drop('UDP, 192.0.2.7:61000->198.51.100.4:161, len 65'),
        drop('ICMP (type 8, code 0), 192.0.2.7->198.51.100.4, len 84'),
        drop('ICMP (type 3, code 3), 192.0.2.7->198.51.100.4, len 56'),
        drop('47, 192.0.2.7->198.51.100.4, len 84'),
        drop('TCP (SYN), [2001:db8::7]:61000->[2001:db8:1::4]:22, len 20'),
        drop('ICMP (type 128, code 0), 2001:db8::7->2001:db8:1::4, len 64'),
        drop('TCP (SYN), 192.0.2.7:61000->203.0.113.4:22, NAT 192.0.2.7:61000->(203.0.113.4:22->10.0.0.4:2222), len 44'),
        drop('TCP (SYN), 10.0.0.9:61000->198.51.100.4:22, NAT (10.0.0.9:61000->203.0.113.4:61000)->198.51.100.4:22, len 44'),
        drop('UDP, 192.0.2.7:5678->255.255.255.255:5678, len 150'),
        drop('TCP, 192.0.2.7:61000->198.51.100.4:22, len 44'),
      ].join('\n'),
      events: [
        { ...base, flags: ['syn', 'tcpFlags', 'noOptions'] },
        { ...base, sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['syn', 'ack', 'tcpFlags'] },
        { ...base, flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth'] },
        { ...base, sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['rst', 'ack', 'tcpFlags'] },
        { ...base, proto: 17, targetPort: 161, flags: ['sentData'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 771, role: 'responder' },
        { ...base, proto: 47, sourcePort: 0, targetPort: 0 },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', flags: ['syn', 'tcpFlags', 'noOptions'] },
        { ...base, proto: 58, source: '2001:db8::7', target: '2001:db8:1::4', sourcePort: 0, targetPort: 32_768 },
        { ...syn, target: '10.0.0.4', targetPort: 2222 },
        { ...syn, source: '10.0.0.9' },
        { ...base, proto: 17, sourcePort: 5678, targetPort: 5678, target: '255.255.255.255', role: 'unknown', flags: ['sentData'] },
        { ...base, role: 'unknown' },
      ],
    },
    {
      name: 'among other lines',
      input: [
        `${stamp} drop-in input: ${syn4}`,
        `${stamp} drop-in input: ${syn4}`,
        `${stamp} drop-in input: ${syn4}`,
        '2026-11-22T00:32:11+00:00 192.0.2.1 system,error,critical login failure for user admin from 192.0.2.7 via winbox',
        `00:32:11 firewall,info drop-in input: ${syn4}`,
        drop('TCP (SYN), 192.0.2.777:61000->198.51.100.4:22, len 44'),
        drop('WHAT, 192.0.2.7->198.51.100.4, len 44'),
      ].join('\n'),
      events: [syn, syn, syn],
      skipped: { 'no firewall packet': 1, 'no time stamp': 1, 'no source or target address': 1, 'no protocol': 1 },
    },
  ],
  malformed: {
    input: `${stamp} drop-in input: in:ether1 out:(unknown 0), proto TCP (SYN), 192.0.2.7:61000-`,
    reason: 'no source or target address',
  },
};
