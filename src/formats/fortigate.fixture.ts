import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const head = 'date=2026-11-22 time=00:32:11 devname="fw01" devid="FGT60E0000000001"';
const stamp = `${head} eventtime=1795307531250000000 tz="+0000"`;
const kind = (type: string, subtype: string): string =>
  `logid="0000000013" type="${type}" subtype="${subtype}" level="notice" vd="root"`;
const there = 'srcip=192.0.2.7 srcport=61000 srcintf="wan1" dstip=198.51.100.4 dstport=22 dstintf="dmz" sessionid=4711';
const traffic = (rest: string, sides = there): string => `<189>${stamp} ${kind('traffic', 'forward')} ${sides} ${rest}`;
const base = { ...firewallContact, time: '2026-11-22T00:32:11.250000Z', outcome: 'unknown' } as const;
const sized = (size: number, more: 'gotData'[] = []) => ({ size, flags: [...more, 'hasSize' as const] });
const deny = 'proto=6 action="deny" policyid=0 service="SSH" trandisp="noop" duration=0';

export const fixture: FormatFixture = {
  format: 'fortigate',
  cases: [
    {
      name: 'headers and stamps of the versions',
      zone: 'Europe/Berlin',
      input: [
        traffic(deny),
        `${stamp} ${kind('traffic', 'local')} ${there} ${deny}`,
        `Nov 22 00:32:14 fw01 ${stamp} ${kind('traffic', 'forward')} ${there} ${deny}`,
        `560 <189>${stamp} ${kind('traffic', 'forward')} ${there} ${deny}`,
        `<189>${head} eventtime=1795307531 ${kind('traffic', 'forward')} ${there} ${deny}`,
        `<189>${head.replace('00:32', '19:32').replace('11-22', '11-21')} tz="-0500" ${kind('traffic', 'forward')} ${there} ${deny}`,
        `<189>${head.replace('00:32', '19:32').replace('11-22', '11-21')} tz="UTC-5:00" ${kind('traffic', 'forward')} ${there} ${deny}`,
        `<189>${head.replace('00:32', '01:32')} ${kind('traffic', 'forward')} ${there} ${deny}`,
        `<189>${stamp} ${kind('traffic', 'forward')} ${there} ${deny}`.replaceAll(' ', ','),
        `<185>devname="fw01" devid="FG" vd="root" date=2026-11-22 time=01:32:11 logid=0038000007 type=traffic subtype=other pri=warning status=deny src=192.0.2.7 srcport=61000 dst=198.51.100.4 dstport=22 proto=6 duration=0`,
      ].join('\n'),
      events: [
        { ...base, outcome: 'denied', record: 1 },
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied', time: '2026-11-22T00:32:11.000000Z' },
        { ...base, outcome: 'denied', time: '2026-11-22T00:32:11.000000Z' },
        { ...base, outcome: 'denied', time: '2026-11-22T00:32:11.000000Z' },
        { ...base, outcome: 'denied', time: '2026-11-22T00:32:11.000000Z' },
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied', time: '2026-11-22T00:32:11.000000Z', record: 10 },
      ],
    },
    {
      name: 'how sessions ended; the event is at their start',
      input: [
        traffic('proto=6 action="start" policyid=1'),
        traffic('proto=6 action="timeout" duration=10 sentbyte=180 rcvdbyte=0 sentpkt=3 rcvdpkt=0'),
        traffic('proto=6 action="server-rst" duration=1 sentbyte=60 rcvdbyte=40 sentpkt=1 rcvdpkt=1'),
        traffic('proto=6 action="client-rst" duration=0 sentbyte=84 rcvdbyte=44 sentpkt=2 rcvdpkt=1'),
        traffic('proto=6 action="server-rst" duration=5 sentbyte=900 rcvdbyte=2200 sentpkt=9 rcvdpkt=7'),
        traffic('proto=6 action="close" duration=5 sentbyte=900 rcvdbyte=2200 sentpkt=9 rcvdpkt=7 utmaction="block"'),
        traffic('proto=17 action="accept" duration=180 sentbyte=82 rcvdbyte=0 sentpkt=1 rcvdpkt=0'),
        traffic('proto=17 action="accept" duration=180 sentbyte=82 rcvdbyte=157 sentpkt=1 rcvdpkt=1'),
        traffic('proto=17 action="dns" policyid=1'),
        traffic('proto=6 action="ip-conn" policyid=1'),
        traffic('proto=6 action="accept" policyid=1'),
      ].join('\n'),
      events: [
        { ...base, flags: ['passed'] },
        { ...base, time: '2026-11-22T00:32:01.250000Z', outcome: 'unanswered', ...sized(0) },
        { ...base, time: '2026-11-22T00:32:10.250000Z', outcome: 'refused', ...sized(40) },
        { ...base, outcome: 'answered', ...sized(44) },
        { ...base, time: '2026-11-22T00:32:06.250000Z', outcome: 'answered', ...sized(2200) },
        { ...base, time: '2026-11-22T00:32:06.250000Z', outcome: 'answered', ...sized(2200) },
        { ...base, time: '2026-11-22T00:29:11.250000Z', proto: 17, outcome: 'unanswered', size: 0, flags: ['sentData', 'hasSize'] },
        { ...base, time: '2026-11-22T00:29:11.250000Z', proto: 17, outcome: 'answered', size: 157, flags: ['sentData', 'gotData', 'hasSize'] },
        { ...base, proto: 17, outcome: 'answered' },
        { ...base, outcome: 'unanswered' },
        { ...base, flags: ['passed'] },
      ],
    },
    {
      name: 'translation, ICMP, IPv6, late replies, multicast',
      input: [
        traffic(`proto=6 action="deny" trandisp="dnat" tranip=10.0.0.4 tranport=2222`),
        traffic(`proto=6 action="deny" trandisp="snat" transip=203.0.113.9 transport=40000`),
        traffic(`proto=6 action="deny" trandisp="snat+dnat" tranip=10.0.0.4 tranport=2222 transip=203.0.113.9 transport=4`),
        traffic('proto=1 action="deny" service="PING"', 'srcip=192.0.2.7 identifier=61 dstip=198.51.100.4'),
        traffic('proto=1 action="deny" service="icmp/3/3"', 'srcip=192.0.2.7 dstip=198.51.100.4'),
        traffic('proto=1 action="deny" service="icmp" icmptype=0x0d icmpcode=0x00', 'srcip=192.0.2.7 dstip=198.51.100.4'),
        traffic('proto=58 action="accept" service="icmp6/128/0"', 'srcip=2001:db8::7 dstip=2001:db8:1::4'),
        traffic(deny, 'srcip=2001:db8::7 srcport=61000 dstip=2001:db8:1::4 dstport=443'),
        traffic(deny, 'srcip=192.0.2.7 srcport=443 dstip=198.51.100.4 dstport=50000'),
        traffic('proto=17 action="deny"', 'srcip=192.0.2.7 srcport=5353 dstip=224.0.0.251 dstport=5353'),
        traffic('proto=47 action="deny" service="gre"', 'srcip=192.0.2.7 dstip=198.51.100.4'),
      ].join('\n'),
      events: [
        { ...base, outcome: 'denied', target: '10.0.0.4', targetPort: 2222 },
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied', target: '10.0.0.4', targetPort: 2222 },
        { ...base, proto: 1, outcome: 'denied', sourcePort: 0, targetPort: 2048 },
        { ...base, proto: 1, outcome: 'denied', sourcePort: 0, targetPort: 771, role: 'responder' },
        { ...base, proto: 1, outcome: 'denied', sourcePort: 0, targetPort: 3328 },
        { ...base, proto: 58, source: '2001:db8::7', target: '2001:db8:1::4', sourcePort: 0, targetPort: 32_768, flags: ['passed'] },
        { ...base, outcome: 'denied', source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443 },
        { ...base, outcome: 'denied', sourcePort: 443, targetPort: 50000, role: 'unpaired' },
        { ...base, proto: 17, outcome: 'denied', target: '224.0.0.251', sourcePort: 5353, targetPort: 5353, role: 'unknown' },
        { ...base, proto: 47, outcome: 'denied', sourcePort: 0, targetPort: 0 },
      ],
    },
    {
      name: 'alerts; other logs of the device are passed over',
      input: [
        `<185>${stamp} ${kind('utm', 'ips')} eventtype="signature" severity="high" ${there} proto=6 service="SSH" action="dropped" attack="SSH.Connection.Brute.Force" attackid=48754 msg="applications3: SSH.Connection.Brute.Force"`,
        `<185>${stamp} ${kind('utm', 'anomaly')} eventtype="anomaly" severity="critical" ${there} proto=6 action="clear_session" count=1 attack="tcp_port_scan" msg="anomaly: tcp_port_scan, 1001 > threshold 1000, repeats 1 times"`,
        `<190>${stamp} ${kind('event', 'system')} logdesc="System performance statistics" action="perf-stats"`,
        `<190>${stamp} ${kind('utm', 'app-ctrl')} ${there} proto=6 action="pass" app="SSH" msg="Network.Service: SSH,"`,
      ].join('\n'),
      events: [
        {
          ...base,
          kind: 'alert',
          outcome: 'denied',
          status: 1,
          texts: { name: 'SSH.Connection.Brute.Force', detail: 'ips' },
        },
        { ...base, kind: 'alert', status: 1, texts: { name: 'tcp_port_scan', detail: 'anomaly' } },
      ],
    },
    {
      name: 'among other lines',
      input: [
        traffic(deny),
        traffic(deny),
        traffic(deny),
        'Nov 22 00:32:11 fw01 sshd[1]: nothing of the kind',
        traffic(deny, 'srcip=192.0.2.777 dstip=198.51.100.4'),
        traffic('action="deny"'),
        `<189>date=2026-13-22 time=00:32:11 ${kind('traffic', 'forward')} ${there} ${deny}`,
        traffic(deny, 'srcip=192.0.2.7 srcport=61000 dstip=198.51.100.4 proto=6'),
      ].join('\n'),
      events: [
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied' },
        { ...base, outcome: 'denied' },
      ],
      skipped: { 'no type and subtype': 1, 'no source or target address': 1, 'no protocol': 1, 'no time stamp': 1, 'no target port, or an impossible one': 1 },
    },
  ],
  malformed: {
    input: '<189>date=2026-11-22 time=00:32:11 logid="0000000013" type="traffic" subtype="forward" srcip=192.0.2.7 dstip=',
    reason: 'no source or target address',
  },
};
