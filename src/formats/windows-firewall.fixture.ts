import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const header = [
  '#Version: 1.5',
  '#Software: Microsoft Windows Firewall',
  '#Time Format: Local',
  '#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path',
  '',
].join('\n');
const line = (rest: string): string => `2026-11-22 00:32:11 ${rest}`;
const tcp = (flags: string, size = 44, ports = '61000 22'): string =>
  line(`DROP TCP 192.0.2.7 198.51.100.4 ${ports} ${size} ${flags} 1234567890 0 1024 - - - RECEIVE`);
const base = firewallContact;
const syn = { ...base, window: 1024, sequence: 1_234_567_890, flags: ['syn', 'tcpFlags', 'header'] } as const;

export const fixture: FormatFixture = {
  format: 'windows-firewall',
  cases: [
    {
      name: 'header, local time, dropped packets by flags',
      zone: 'Europe/Berlin',
      input: `${header}\n${[
        tcp('S'),
        tcp('S', 40),
        tcp('SA', 44, '22 61000'),
        tcp('FPU', 40),
        tcp('0', 40),
        tcp('RA', 40, '22 61000'),
        tcp('AP', 99, '443 61000'),
        tcp('-', 0),
      ].join('\r\n')}\r\n`,
      events: [
        { ...syn, time: '2026-11-21T23:32:11.000000Z', record: 6 },
        { ...syn, time: '2026-11-21T23:32:11.000000Z', flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...syn, time: '2026-11-21T23:32:11.000000Z', sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'header'] },
        { ...syn, time: '2026-11-21T23:32:11.000000Z', flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'header'] },
        { ...syn, time: '2026-11-21T23:32:11.000000Z', flags: ['tcpFlags', 'stealth', 'header'] },
        { ...syn, time: '2026-11-21T23:32:11.000000Z', sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['rst', 'ack', 'tcpFlags', 'header'] },
        { ...syn, time: '2026-11-21T23:32:11.000000Z', sourcePort: 443, targetPort: 61000, role: 'unpaired', flags: ['psh', 'ack', 'tcpFlags', 'header'] },
        { ...base, time: '2026-11-21T23:32:11.000000Z' },
      ],
    },
    {
      name: 'other columns, UTC, allowed and opened connections, other protocols, IPv6',
      zone: 'Europe/Berlin',
      input: [
        '#Version: 1.0',
        '#Software: Microsoft Internet Connection Firewall',
        '#Time Format: UTC',
        '#Fields: action date time protocol dst-ip src-ip dst-port src-port icmptype icmpcode',
        'DROP 2026-11-22 00:32:11 TCP 198.51.100.4 192.0.2.7 22 61000 - -',
        'ALLOW 2026-11-22 00:32:11 TCP 198.51.100.4 192.0.2.7 22 61000 - -',
        'OPEN 2026-11-22 00:32:11 TCP 198.51.100.4 192.0.2.7 22 61000 - -',
        'OPEN-INBOUND 2026-11-22 00:32:11 TCP 198.51.100.4 192.0.2.7 22 61000 - -',
        'CLOSE 2026-11-22 00:32:11 TCP 198.51.100.4 192.0.2.7 22 61000 - -',
        'DROP 2026-11-22 00:32:11 UDP 198.51.100.4 192.0.2.7 161 61000 - -',
        'DROP 2026-11-22 00:32:11 ICMP 198.51.100.4 192.0.2.7 - - 8 0',
        'DROP 2026-11-22 00:32:11 ICMP 2001:db8:1::4 2001:db8::7 - - 128 0',
        'DROP 2026-11-22 00:32:11 47 198.51.100.4 192.0.2.7 - - - -',
        'DROP 2026-11-22 00:32:11 UDP 239.255.255.250 192.0.2.7 1900 61000 - -',
        'DROP 2026-11-22 00:32:11 UDP ff02::1:3 fe80::1%5 5355 61000 - -',
      ].join('\n'),
      events: [
        base,
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, proto: 17, targetPort: 161 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, proto: 58, source: '2001:db8::7', target: '2001:db8:1::4', sourcePort: 0, targetPort: 32_768 },
        { ...base, proto: 47, sourcePort: 0, targetPort: 0 },
        { ...base, proto: 17, target: '239.255.255.250', targetPort: 1900, role: 'unknown' },
        { ...base, proto: 17, source: 'fe80::1', target: 'ff02::1:3', targetPort: 5355, role: 'unknown' },
      ],
    },
    {
      name: 'without its header, among what is no event',
      input: [
        tcp('S'),
        tcp('S'),
        tcp('S'),
        tcp('S').replace('192.0.2.7', '192.0.2.777'),
        tcp('S').replace('DROP TCP', 'DROP WHAT'),
        tcp('S').replace('11-22', '11-31'),
        line('INFO-EVENTS-LOST - - - - - 17 - - - - - - - -'),
        line('DROP TCP'),
        tcp('S').replace(' 22 ', ' 70000 '),
        tcp('S').replace(' 22 ', ' - '),
      ].join('\n'),
      events: [syn, syn, syn],
      skipped: {
        'no target port, or an impossible one': 2,
        'no source or target address': 1,
        'no protocol': 1,
        'no time stamp': 1,
        'events that the firewall lost': 1,
        'fewer fields than the header names': 1,
      },
    },
  ],
  malformed: {
    input: '2026-11-22 00:32:11 DROP TCP 192.0.2.7',
    reason: 'fewer fields than the header names',
  },
};
