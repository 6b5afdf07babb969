import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const at = (rest: string, word = 'block'): string =>
  `2026-11-22 00:32:11.250000 rule 4/0(match): ${word} in on em0: ${rest}`;
const there = '192.0.2.7.61000 > 198.51.100.4.22: ';
const base = { ...firewallContact, time: '2026-11-22T00:32:11.250000Z', window: 1024 } as const;
const syn = { ...base, flags: ['syn', 'tcpFlags', 'header'] } as const;
const bare = { ...base, sourcePort: 0, targetPort: 0, window: 0 } as const;

export const fixture: FormatFixture = {
  format: 'pflog-text',
  cases: [
    {
      name: 'stamps and words of FreeBSD and OpenBSD',
      input: [
        at(`${there}Flags [S], seq 1234567890, win 1024, options [mss 1460], length 0`),
        at(`IP ${there}Flags [S], seq 1234567890, win 1024, options [mss 1460], length 0`, 'pass'),
        `1795307531.250000 rule 4/0(match): block in on em0: ${there}Flags [S], seq 1234567890, win 1024, options [mss 1460], length 0`,
        `Nov 22 00:32:11.250000 rule 4/(match) block in on em0: ${there}S 1234567890:1234567890(0) win 1024 <mss 1460>`,
        `Nov 22 00:32:11.250000 rule 4.anchor.2/(match) [uid 0, pid 4711] block in on vio0: ${there}S 1:1(0) win 1024 <mss 1460> (DF)`,
        `Nov 22 00:32:11 fw pf: rule 4/0(match): block in on em0: ${there}Flags [S], seq 1, win 1024, options [mss 1460], length 0`,
      ].join('\n'),
      events: [
        { ...syn, record: 1, sequence: 1_234_567_890 },
        { ...syn, outcome: 'unknown', flags: [...syn.flags, 'passed'] },
        syn,
        syn,
        syn,
        { ...syn, time: '2026-11-22T00:32:11.000000Z' },
      ],
    },
    {
      name: "OpenBSD's lines alone, which name no reason and perhaps no process",
      input: [
        `Nov 22 00:32:11.250000 rule 12/(match) block in on em0: ${there}S 1234567890:1234567890(0) win 1024 <mss 1460>`,
        'Nov 22 00:32:11.250000 rule 12/(match) block in on em0: 192.0.2.7 > 198.51.100.4: icmp: echo request (DF)',
      ].join('\n'),
      events: [syn, { ...bare, proto: 1, targetPort: 2048 }],
    },
    {
      name: 'roles and stealth by TCP flags',
      input: [
        at(`${there}Flags [S], seq 1, win 1024, length 0`),
        at(`198.51.100.4.22 > 192.0.2.7.61000: Flags [S.], seq 1, ack 2, win 1024, options [mss 1460], length 0`),
        at(`${there}Flags [FPU], seq 1, win 1024, urg 0, length 0`),
        at(`${there}Flags [none], win 1024, length 0`),
        at(`${there}Flags [R], seq 1, win 1024, length 0`),
        at(`192.0.2.7.443 > 198.51.100.4.61000: Flags [P.], seq 1:13, ack 1, win 1024, length 12`),
        at(`192.0.2.7.443 > 198.51.100.4.61000: . ack 1 win 1024`),
      ].join('\n'),
      events: [
        { ...base, flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...base, source: '198.51.100.4', target: '192.0.2.7', sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'header'] },
        { ...base, flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'header'] },
        { ...base, flags: ['tcpFlags', 'stealth', 'header'] },
        { ...base, role: 'responder', flags: ['rst', 'tcpFlags', 'header'] },
        { ...base, sourcePort: 443, targetPort: 61000, role: 'unpaired', flags: ['psh', 'ack', 'tcpFlags', 'sentData', 'header'] },
        { ...base, sourcePort: 443, targetPort: 61000, role: 'unpaired', flags: ['ack', 'tcpFlags', 'header'] },
      ],
    },
    {
      name: 'UDP, ICMP, others, IPv6',
      input: [
        at('192.0.2.7.40000 > 198.51.100.4.161: UDP, length 40'),
        at('192.0.2.7.40000 > 198.51.100.4.53: 4660+ A? example.org. (29)'),
        at('192.0.2.7.40000 > 198.51.100.4.161: UDP, length 0'),
        at('192.0.2.7 > 198.51.100.4: ICMP echo request, id 1, seq 1, length 64'),
        at('192.0.2.7 > 198.51.100.4: icmp: echo request'),
        at('192.0.2.7 > 198.51.100.4: ICMP 192.0.2.7 udp port 53 unreachable, length 36'),
        at('192.0.2.7 > 198.51.100.4: GREv0, length 28: gre-proto-0x880b'),
        at('192.0.2.7 > 198.51.100.4:  ip-proto-103 20'),
        at('IP6 2001:db8::7.61000 > 2001:db8:1::4.443: Flags [S], seq 1, win 1024, options [mss 1440], length 0'),
        at('2001:db8::7 > 2001:db8:1::4: ICMP6, echo request, id 1, seq 1, length 16'),
        at('2001:db8::7 > ff02::1:ff00:4: ICMP6, neighbor solicitation, who has 2001:db8:1::4, length 32'),
      ].join('\n'),
      events: [
        { ...bare, proto: 17, sourcePort: 40000, targetPort: 161, flags: ['sentData'] },
        { ...bare, proto: 17, sourcePort: 40000, targetPort: 53, flags: ['sentData'] },
        { ...bare, proto: 17, sourcePort: 40000, targetPort: 161 },
        { ...bare, proto: 1, targetPort: 2048 },
        { ...bare, proto: 1, targetPort: 2048 },
        { ...bare, proto: 1, targetPort: 771, role: 'responder' },
        { ...bare, proto: 47 },
        { ...bare, proto: 103 },
        { ...syn, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443 },
        { ...bare, proto: 58, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 32_768 },
        { ...bare, proto: 58, source: '2001:db8::7', target: 'ff02::1:ff00:4', targetPort: 34_560, role: 'unknown' },
      ],
    },
    {
      name: 'among lines of another kind',
      input: [
        at(`${there}Flags [S], seq 1, win 1024, options [mss 1460], length 0`),
        at(`${there}Flags [S], seq 1, win 1024, options [mss 1460], length 0`),
        at(`${there}Flags [S], seq 1, win 1024, options [mss 1460], length 0`),
        'listening on pflog0, link-type PFLOG',
        '2026-11-22 00:32:11.250000 something else',
        at('192.0.2.7.61000 > 198.51.100.444.22: Flags [S]'),
        at('192.0.2.7 > 198.51.100.4: what is this'),
      ].join('\n'),
      events: [syn, syn, syn],
      skipped: { 'no time stamp': 1, 'no rule': 1, 'no source or target address': 1, 'no protocol': 1 },
    },
  ],
  malformed: {
    input: '00:32:11.250000 rule 4/0(match): block in on em0: 192.0.2.7.61000 > 198.51.100.4.22: Flags [S]',
    reason: 'no time stamp',
  },
};
