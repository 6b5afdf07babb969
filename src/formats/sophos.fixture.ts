import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const sides = 'src_ip="192.0.2.7" src_country="US" dst_ip="198.51.100.4" dst_country="US"';
const tcp = `${sides} protocol="TCP" src_port=61000 dst_port=22`;
const kind = (component: string, subtype: string, type = 'Firewall'): string =>
  `log_id="010102600002" log_type="${type}" log_component="${component}" log_subtype="${subtype}" log_version=1 severity="Information"`;
const sfos = (subtype: string, rest: string, component = 'Firewall Rule', type = 'Firewall'): string =>
  `Nov 22 00:32:12 fw01 device_name="SFW" timestamp="2026-11-22T01:32:11+0100" ${kind(component, subtype, type)} ${rest}`;
const utm = (action: string, rest: string, sub = 'packetfilter'): string =>
  `2026:11:22-00:32:11 utm ulogd[12511]: id="2001" severity="info" sys="SecureNet" sub="${sub}" name="Packet dropped" action="${action}" fwrule="60001" initf="eth6" srcip="192.0.2.7" dstip="198.51.100.4" ${rest}`;
const base = firewallContact;
const packet = { ...base, ttl: 56 } as const;
const tail = 'tos="0x00" prec="0x00" ttl="56"';

export const fixture: FormatFixture = {
  format: 'sophos',
  cases: [
    {
      name: 'Sophos Firewall: stamps, verdicts, sessions',
      zone: 'America/New_York',
      input: [
        sfos('Denied', tcp),
        `<30>device="SFW" date=2026-11-22 time=01:32:11 timezone="CET" device_name="XG" ${kind('Firewall Rule', 'Denied')} status="Deny" ${tcp} sent_pkts=0 recv_pkts=0`,
        `device="SFW" date=2026-11-21 time=19:32:11 timezone="IST" device_name="XG" ${kind('Firewall Rule', 'Denied')} ${tcp}`,
        sfos('Allowed', `${tcp} con_event="Start"`),
        sfos('Allowed', `duration=31 ${tcp} packets_sent=3 packets_received=0 bytes_sent=180 bytes_received=0 con_event="Stop"`),
        sfos('Allowed', `duration=31 ${tcp} packets_sent=1 packets_received=1 bytes_sent=60 bytes_received=40 con_event="Stop"`),
        sfos('Allowed', `duration=31 ${tcp} packets_sent=9 packets_received=7 bytes_sent=900 bytes_received=2200 con_event="Stop"`),
        sfos('Allowed', `duration=30 ${sides} protocol="UDP" src_port=61000 dst_port=161 sent_pkts=1 recv_pkts=1 sent_bytes=77 recv_bytes=105 connevent="Stop"`),
        sfos('Allowed', `duration=30 ${tcp} sent_pkts=0 recv_pkts=0 sent_bytes=0 recv_bytes=0 connevent="Stop"`),
        sfos('Denied', `${tcp} tran_dst_ip=10.0.0.4 tran_dst_port=2222`),
        sfos('Denied', `${tcp} tran_src_ip= tran_src_port=0 tran_dst_ip= tran_dst_port=0`),
        sfos('Denied', tcp, 'Invalid Traffic'),
      ].join('\n'),
      events: [
        base,
        base,
        base,
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, time: '2026-11-22T00:31:40.000000Z', outcome: 'unanswered', size: 0, flags: ['hasSize'] },
        { ...base, time: '2026-11-22T00:31:40.000000Z', outcome: 'refused', size: 40, flags: ['hasSize'] },
        { ...base, time: '2026-11-22T00:31:40.000000Z', outcome: 'answered', size: 2200, flags: ['hasSize'] },
        { ...base, time: '2026-11-22T00:31:41.000000Z', proto: 17, targetPort: 161, outcome: 'answered', size: 105, flags: ['gotData', 'hasSize'] },
        { ...base, time: '2026-11-22T00:31:41.000000Z', outcome: 'unknown', flags: ['passed'] },
        { ...base, target: '10.0.0.4', targetPort: 2222 },
        base,
        { ...base, role: 'unpaired' },
      ],
    },
    {
      name: 'Sophos Firewall: ICMP, IPv6, IPS, other logs',
      input: [
        sfos('Denied', `${sides} protocol="ICMP" icmp_type=8 icmp_code=0`),
        sfos('Denied', `${sides} protocol="ICMP" icmp_type=11 icmp_code=0`, 'ICMP ERROR MESSAGE'),
        sfos('Denied', tcp.replace('192.0.2.7', '2001:db8::7').replace('198.51.100.4', '2001:db8:1::4')),
        sfos('Drop', `${tcp} signature_id=1881 signature_msg="SCAN nmap XMAS" classification="Attempted Information Leak" rule_priority=2`, 'Signatures', 'IDP'),
        sfos('Detect', `${tcp} signature_msg="SCAN ssh" classification="Misc activity" rule_priority=3`, 'Signatures', 'IDP'),
        sfos('Allowed', `${tcp} url="http://h/"`, 'HTTP', 'Content Filtering'),
      ].join('\n'),
      events: [
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2816, role: 'responder' },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4' },
        { ...base, kind: 'alert', status: 2, texts: { name: 'SCAN nmap XMAS', detail: 'Attempted Information Leak' } },
        { ...base, kind: 'alert', outcome: 'unknown', status: 3, texts: { name: 'SCAN ssh', detail: 'Misc activity' } },
      ],
    },
    {
      name: 'Sophos UTM: packets by flags, IPS, port scans',
      zone: 'UTC',
      input: [
        utm('drop', `proto="6" length="44" ${tail} srcport="61000" dstport="22" tcpflags="SYN"`),
        `<30>${utm('drop', `proto="6" length="40" ${tail} srcport="61000" dstport="22" tcpflags="SYN"`)}`,
        utm('drop', `proto="6" length="88" ${tail} srcport="443" dstport="42181" tcpflags="ACK PSH"`),
        utm('accept', `proto="6" length="44" ${tail} srcport="61000" dstport="22" tcpflags="SYN"`),
        utm('drop', `proto="17" length="438" ${tail} srcport="61000" dstport="161"`),
        utm('drop', `proto="1" length="84" ${tail} type="8" code="0"`),
        utm('DNS request', `proto="17" length="75" ${tail} srcport="61000" dstport="53"`),
        utm('drop', 'reason="SERVER-OTHER probe" group="500" proto="6" srcport="61000" dstport="22" sid="1" class="Misc activity" priority="3"', 'ips'),
        utm('portscan', `proto="6" length="44" ${tail} srcport="61000" dstport="22"`),
        '2026:11:22-00:32:11 utm httpproxy[5]: id="0001" severity="info" sys="SecureWeb" sub="http" name="http access" action="pass"',
        `Nov 22 00:32:11 utm ulogd[1]: ${utm('drop', `proto="6" length="44" ${tail} srcport="61000" dstport="22" tcpflags="SYN"`).slice(38)}`,
      ].join('\n'),
      events: [
        { ...packet, flags: ['syn', 'tcpFlags', 'header'] },
        { ...packet, flags: ['syn', 'tcpFlags', 'noOptions', 'header'] },
        { ...packet, sourcePort: 443, targetPort: 42_181, role: 'unpaired', flags: ['psh', 'ack', 'tcpFlags', 'header'] },
        { ...packet, outcome: 'unknown', flags: ['syn', 'tcpFlags', 'header', 'passed'] },
        { ...packet, proto: 17, targetPort: 161, flags: ['sentData', 'header'] },
        { ...packet, proto: 1, sourcePort: 0, targetPort: 2048, flags: ['header'] },
        { ...packet, proto: 17, targetPort: 53, outcome: 'unknown', flags: ['sentData', 'header'] },
        { ...base, kind: 'alert', status: 3, texts: { name: 'SERVER-OTHER probe', detail: 'Misc activity' } },
        { ...base, kind: 'alert', outcome: 'unknown', status: 2, texts: { name: 'Packet dropped' } },
        { ...packet, flags: ['syn', 'tcpFlags', 'header'] },
      ],
    },
    {
      name: 'among other lines',
      input: [
        sfos('Denied', tcp),
        sfos('Denied', tcp),
        sfos('Denied', tcp),
        'Nov 22 00:32:11 fw01 sshd[1]: nothing',
        sfos('Denied', tcp.replace('192.0.2.7', '0.0.0.0')),
        sfos('Denied', tcp.replace('"TCP"', '"0"')),
        sfos('Denied', tcp).replace('2026-11-22', '2026-11-32'),
        sfos('Denied', tcp.replace('dst_port=22', '').replace('dst_port="22"', '')),
      ].join('\n'),
      events: [base, base, base],
      skipped: { 'no Sophos record': 1, 'no source or target address': 1, 'no protocol': 1, 'no time stamp': 1, 'no target port, or an impossible one': 1 },
    },
  ],
  malformed: {
    input: `device="SFW" date=2026-11-22 time=01:32:11 ${kind('Firewall Rule', 'Denied')} src_ip=`,
    reason: 'no source or target address',
  },
};
