import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'query',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 40000,
  targetPort: 53,
  proto: 17,
  role: 'originator',
} as const;
const asked = { ...base, sourcePort: 0, outcome: 'unknown', status: 255, flags: ['noTarget'] } as const;
const told = { ...base, outcome: 'answered', flags: ['noTarget', 'gotData'] } as const;

export const fixture: FormatFixture = {
  format: 'powerdns',
  cases: [
    {
      name: 'authoritative server: questions, client subnets, TCP; transfers allowed and denied',
      input: [
        'Nov 22 00:32:11 Done launching threads, ready to distribute questions',
        "Nov 22 00:32:11 Remote 192.0.2.7 wants 'vpn.example.com|A', do = 0, bufsize = 1232: packetcache MISS",
        "Nov 22 00:32:11 TCP Remote 2001:db8:a::7 wants 'www.example.com|AAAA', do = 1, bufsize = 1232: packetcache HIT",
        "Nov 22 00:32:11 ns pdns_server[7]: Remote 192.0.2.7<-203.0.113.0/24 wants 'x|y.example.com|TXT', do = 0, bufsize = 512: packetcache MISS",
        "Nov 22 00:32:11 AXFR-out zone 'example.com', client '192.0.2.7', transfer initiated",
        "Nov 22 00:32:11 AXFR-out zone 'example.com', client '192.0.2.7:40000', denied: client IP has no permission",
        "Nov 22 00:32:11 AXFR-out zone 'example.com', client '192.0.2.7', failed: client may not request AXFR",
        "Nov 22 00:32:11 AXFR-out zone 'example.com', client '192.0.2.7:40000', allowed: client IP is in allow-axfr-ips",
      ].join('\n'),
      events: [
        { ...asked, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, source: '2001:db8:a::7', proto: 6, queryType: 28, texts: { name: 'www.example.com' } },
        { ...asked, queryType: 16, texts: { name: 'x|y.example.com' } },
        { ...told, proto: 6, status: 5, queryType: 252, texts: { name: 'example.com' } },
        { ...told, proto: 6, status: 0, queryType: 252, texts: { name: 'example.com' } },
      ],
      skipped: { 'not a question of a client': 1 },
    },
    {
      name: 'recursor: the question’s client and time with the answer’s code; threads apart',
      input: [
        "Nov 22 00:32:11 3 [1/1] question for 'vpn.example.com|A' from 192.0.2.7:40000",
        "Nov 22 00:32:11 2 [1/1] question for 'vpn.example.com|A' from 192.0.2.8:41000",
        "Nov 22 00:32:12 3 [1/1] answer to question 'vpn.example.com|A': 0 answers, 1 additional, took 1 packets, 0.17 netw ms, 0.415 tot ms, 0 throttled, 0 timeouts, 0/0 tcp/dot connections, rcode=3",
        "Nov 22 00:32:12 1 [1/1] TCP question for 'example.com|AXFR' from [2001:db8:a::7]:40000",
        "Nov 22 00:32:12 1 [1/1] answer to non-rd question 'example.com|AXFR': 0 answers, 1 additional, took 0 packets, 0 netw ms, 0 tot ms, 0 throttled, 0 timeouts, 0/0 tcp/dot connections, rcode=-1",
        "Nov 22 00:32:12 4 [9/1] answer to question 'lost.example.com|A': 0 answers, rcode=0",
      ].join('\n'),
      events: [
        { ...asked, sourcePort: 40000, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, source: '192.0.2.8', sourcePort: 41000, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:12.000000Z', source: '2001:db8:a::7', sourcePort: 40000, proto: 6, queryType: 252, texts: { name: 'example.com' } },
      ],
      skipped: { 'an answer to a question that was not seen': 1 },
    },
    {
      name: 'recursor, structured',
      input: [
        'Nov 22 00:32:11 msg="Question" subsystem="syncres" level="0" prio="Info" tid="3" ts="1795307531.792" ecs="" mtid="1" proto="udp" qname="vpn.example.com" qtype="A" remote="192.0.2.7:40000"',
        'Nov 22 00:32:11 msg="Answer" subsystem="syncres" level="0" prio="Info" tid="3" ts="1795307531.793" additional="1" answers="0" proto="udp" qname="vpn.example.com" qtype="A" rcode="3" rd="1" remote="192.0.2.7:40000" tcpout="0"',
        'Nov 22 00:32:11 msg="Question" subsystem="syncres" level="0" prio="Info" tid="3" ts="1795307531.792" ecs="" mtid="1" proto="udp" qname="a.example.com" qtype="A" remote="192.0.2.7:40000"',
        'Nov 22 00:32:11 msg="Enabled multiplexer" subsystem="runtime" level="0" prio="Info" tid="0" ts="1795307531.806" name="epoll"',
      ].join('\n'),
      events: [
        { ...asked, sourcePort: 40000, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
      ],
      skipped: { 'not a question of a client': 1 },
    },
  ],
  malformed: {
    input: "Nov 22 00:32:11 Remote 192.0.2.777 wants 'a.example.com|A', do = 0, bufsize = 1232: packetcache MISS",
    reason: 'no address of a client',
  },
};
