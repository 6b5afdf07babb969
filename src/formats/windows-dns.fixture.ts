import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'query',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  targetPort: 53,
  proto: 17,
  role: 'originator',
} as const;
const asked = { ...base, outcome: 'unknown', status: 255, flags: ['noTarget'] } as const;
const told = { ...base, outcome: 'answered', flags: ['noTarget', 'gotData'] } as const;
const stamp = '11/22/2026 12:32:11 AM 0294 PACKET  000002DAEC36D650';

export const fixture: FormatFixture = {
  format: 'windows-dns',
  cases: [
    {
      name: 'answers to clients; what the server asks others; updates; header and details',
      input: [
        'DNS Server log file creation at 11/22/2026 12:30:00 AM',
        'Log file wrap at 11/22/2026 12:30:00 AM',
        '',
        'Message logging key (for packets - other items use a subset of these fields):',
        '\tField #  Information         Values',
        `${stamp} UDP Snd 192.0.2.7       d07e R Q [8385 A DR NXDOMAIN] A      (3)vpn(7)example(3)com(0)`,
        `${stamp} UDP Rcv 192.0.2.7       d07f   Q [0001   D   NOERROR] AAAA   (3)vpn(7)example(3)com(0)`,
        `${stamp} UDP Snd 198.51.100.53   d07e   Q [0001   D   NOERROR] A      (3)www(7)example(3)org(0)`,
        `${stamp} UDP Rcv 198.51.100.53   d07e R Q [8081   DR  NOERROR] A      (3)www(7)example(3)org(0)`,
        `${stamp} TCP Snd 2001:db8:a::7   d080 R Q [0583 A     REFUSED] AXFR   (7)example(3)com(0)`,
        `${stamp} UDP Rcv 192.0.2.7       d081   U [0028       NOERROR] SOA    (7)example(3)com(0)`,
        `${stamp} UDP Snd 192.0.2.7       d082 R Q [8081   DR  NOERROR] NS     (0)`,
        'UDP response info at 000002DAEC36D650',
        '  Socket = 512',
      ].join('\n'),
      events: [
        { ...told, status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, source: '2001:db8:a::7', proto: 6, status: 5, queryType: 252, texts: { name: 'example.com' } },
        { ...told, status: 0, queryType: 2, texts: { name: '.' } },
      ],
    },
    {
      name: 'questions alone; dates of other regions; zone',
      zone: 'Europe/Berlin',
      input: [
        '22.11.2026 1:32:11 0294 PACKET  000002DAEC36D650 UDP Rcv 192.0.2.7       d07e   Q [0001   D   NOERROR] A      (3)vpn(7)example(3)com(0)',
        '22/11/2026 01:32:11 0294 PACKET UDP Rcv 192.0.2.7       d07e   Q [0001   D   NOERROR] A      (3)vpn(7)example(3)com(0)',
        '2026-11-22 01:32:11 0294 PACKET  000002DAEC36D650 UDP Rcv 192.0.2.7       d07e   Q [0001   D   NOERROR] A      (3)vpn(7)example(3)com(0)',
      ].join('\n'),
      events: Array.from({ length: 3 }, () => ({ ...asked, queryType: 1, texts: { name: 'vpn.example.com' } })),
    },
  ],
  malformed: { input: `${stamp} UDP Snd 192.0.2.7       d07e R Q [8385 A DR NXDOMAIN] A      (3)vpn(7)exam`, reason: 'no name asked for' },
};
