import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'alert',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'originator',
  status: 2,
} as const;
const texts = { name: 'ET SCAN Potential SSH Scan', detail: 'Attempted Information Leak' };
const rule = '[**] [1:2001219:20] ET SCAN Potential SSH Scan [**] [Classification: Attempted Information Leak] [Priority: 2]';

export const fixture: FormatFixture = {
  format: 'alert-fast',
  cases: [
    {
      name: 'Suricata: TCP, dropped, ICMP with type and code, IPv6 with a port behind',
      input: [
        `11/22/2026-00:32:11.250000  ${rule} {TCP} 192.0.2.7:61000 -> 198.51.100.4:22`,
        `11/22/2026-00:32:11.250000  [Drop] ${rule} {TCP} 192.0.2.7:61000 -> 198.51.100.4:22`,
        `11/22/2026-00:32:11.250000  ${rule} {ICMP} 192.0.2.7:8 -> 198.51.100.4:0`,
        `11/22/2026-00:32:11.250000  ${rule} {TCP} 2001:0db8:0000:0000:0000:0000:0000:0007:61000 -> 2001:0db8:0001:0000:0000:0000:0000:0004:22`,
        `11/22/2026-00:32:11.250000  ${rule} {IPv6-ICMP} 2001:0db8:0000:0000:0000:0000:0000:0007:128 -> 2001:0db8:0001:0000:0000:0000:0000:0004:0`,
        `11/22/2026-00:32:11.250000  ${rule} {IPv6-ICMP} 2001:db8::7:135 -> 2001:db8:1::4:0`,
        `11/22/2026-00:32:11.250000  ${rule} {PROTO:047} 2001:db8::7:0 -> 2001:db8:1::4:0`,
      ].join('\n'),
      events: [
        { ...base, texts },
        { ...base, texts },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, texts },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', texts },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 32_768, texts },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 34_560, texts },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 47, sourcePort: 0, targetPort: 0, texts },
      ],
    },
    {
      name: 'Snort 2 and 3: no year, quoted message, no classification, no ports',
      input: [
        `11/22-00:32:11.250000  ${rule} {TCP} 192.0.2.7:61000 -> 198.51.100.4:22`,
        '11/22-00:32:11.250000 [**] [116:444:1] "(ipv4) IPv4 option set" [**] [Priority: 3] {ICMP} 192.0.2.7 -> 198.51.100.4',
        `11/22-00:32:11.250000  ${rule} {IPV6-ICMP} 2001:db8::7 -> 2001:db8:1::4`,
        '11/22/26-00:32:11.250000 [**] [122:1:1] "(port_scan) TCP portscan" [**] [Priority: 9] {ip} 192.0.2.7 -> 198.51.100.4',
      ].join('\r\n'),
      events: [
        { ...base, texts },
        { ...base, proto: 1, sourcePort: 0, targetPort: 0, status: 3, texts: { name: '(ipv4) IPv4 option set' } },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 0, texts },
        { ...base, proto: 0, sourcePort: 0, targetPort: 0, status: 4, texts: { name: '(port_scan) TCP portscan' } },
      ],
    },
    {
      name: 'lines that say too little',
      input: [
        `11/22-00:32:11.250000  ${rule} {TCP} 192.0.2.7:61000 -> 198.51.100.4:22`,
        `11/22-00:32:11.250000  ${rule} {TCP} 192.0.2.7:61000`,
        `11/22-00:32:11.250000  ${rule} {TCP} 192.0.2.7:61000 -> host:22`,
        `13/22-00:32:11.250000  ${rule} {TCP} 192.0.2.7:61000 -> 198.51.100.4:22`,
      ].join('\n'),
      events: [{ ...base, texts }],
      skipped: { 'no {protocol} source -> target': 1, 'no source or target address': 1, 'no time stamp': 1 },
    },
  ],
  malformed: { input: '11/22-00:32:11.250000  [**] [1:2001219:20] never closed', reason: 'no rule between [**] and [**]' },
};
