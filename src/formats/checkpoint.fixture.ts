import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const there = 'src:"192.0.2.7"; dst:"198.51.100.4"; proto:"6"; s_port:"61000"; service:"22"';
const at = (action: string, rest: string): string =>
  `<134>1 2026-11-22T00:32:12Z gw CheckPoint 7776 - [action:"${action}"; flags:"411908"; ifdir:"inbound"; loguid:"{0x0,0x1}"; origin:"192.0.2.1"; time:"1795307531"; __policy_id_tag:"product=VPN-1 & FireWall-1[db_tag={0};policy_name=Standard\\]"; product:"VPN-1 & FireWall-1"; rule_name:"a \\"quoted\\"; name"; ${rest}]`;
const base = firewallContact;
const passed = { ...base, outcome: 'unknown', flags: ['passed'] } as const;
const old = (action: string): string =>
  `Nov 22 00:32:11 gw Checkpoint: 22Nov2026 00:32:10 ${action} 192.0.2.1 >eth0 rule: 100; rule_uid: {0}; service_id: ssh; src: 192.0.2.7; dst: 198.51.100.4; proto: tcp; product: VPN-1 & FireWall-1; service: 22; s_port: 61000;`;

export const fixture: FormatFixture = {
  format: 'checkpoint',
  cases: [
    {
      name: 'Log Exporter’s syslog form: verdicts, translation, accounting, ICMP, IPv6, flags',
      input: [
        at('Drop', there),
        at('Reject', there),
        at('Accept', there),
        at('Detect', there),
        at('Drop', `${there}; xlatedst:"10.0.0.4"; xlatedport:"2222"; xlatesrc:"203.0.113.9"`),
        at('Accept', `${there}; xlatedst:"0.0.0.0"; sent_bytes:"900"; received_bytes:"2200"`),
        at('Accept', `${there}; sent_bytes:"60"; received_bytes:"40"`),
        at('Drop', 'src:"192.0.2.7"; dst:"198.51.100.4"; proto:"1"; icmp_type:"8"; icmp_code:"0"'),
        at('Drop', there.replace('192.0.2.7', '2001:db8::7').replace('198.51.100.4', '2001:db8:1::4')),
        at('Drop', `${there}; message_info:"TCP packet out of state: First packet isn't SYN"; tcp_flags:"RST-ACK"`),
        at('Drop', `${there}; tcp_flags:"FIN-PSH-URG"`),
        at('Accept', 'src:"192.0.2.7"; dst:"198.51.100.4"; proto:"17"; s_port:"61000"; service:"161"'),
      ].join('\n'),
      events: [
        { ...base, record: 1 },
        base,
        passed,
        { ...base, outcome: 'unknown' },
        { ...base, target: '10.0.0.4', targetPort: 2222 },
        { ...base, outcome: 'answered', size: 2200, flags: ['hasSize'] },
        passed,
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4' },
        { ...base, role: 'responder', flags: ['rst', 'ack', 'tcpFlags'] },
        { ...base, flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth'] },
        { ...passed, proto: 17, targetPort: 161 },
      ],
    },
    {
      name: 'drops that the gateway put into one record',
      input: at(
        'Drop',
        'packet_amount:"3"; packets:" <192.0.2.7,61000,198.51.100.4,22,6;eth0> <192.0.2.7,61000,198.51.100.5,161,17> <192.0.2.7,0,198.51.100.6,0,1;eth0>"',
      ),
      events: [
        { ...base, record: 1 },
        { ...base, target: '198.51.100.5', targetPort: 161, proto: 17, record: 1 },
        { ...base, target: '198.51.100.6', sourcePort: 0, targetPort: 2048, proto: 1 },
      ],
    },
    {
      name: 'the generic form and fw log',
      input: [
        'time=1795307531|hostname=gw|product=VPN-1 & FireWall-1|action=Drop|ifdir=inbound|origin=192.0.2.1|src=192.0.2.7|dst=198.51.100.4|proto=6|s_port=61000|service=22',
        '<134>time=1795307531|hostname=gw|product=VPN-1 & FireWall-1|action=Accept|origin=192.0.2.1|src=192.0.2.7|dst=198.51.100.4|proto=6|s_port=61000|service=22|',
        old('drop'),
        old('accept'),
      ].join('\n'),
      events: [base, passed, base, passed],
    },
    {
      name: 'alerts; logs of other kinds are passed over',
      input: [
        at('Prevent', `${there}; attack:"Port Scan"; attack_info:"Vertical TCP scan"; severity:"3"; protection_name:"Host Port Scan"`),
        at('Detect', `${there}; attack:"SSH Brute Force"; severity:"Medium"`),
        at('Log In', 'administrator:"admin"; subject:"Administrator Login"'),
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', status: 1, texts: { name: 'Host Port Scan', detail: 'Vertical TCP scan' } },
        { ...base, kind: 'alert', outcome: 'unknown', status: 2, texts: { name: 'SSH Brute Force' } },
      ],
    },
    {
      name: 'among other lines',
      input: [
        at('Drop', there),
        at('Drop', there),
        at('Drop', there),
        'Nov 22 00:32:11 gw something: else',
        at('Drop', there.replace('192.0.2.7', '192.0.2.777')),
        at('Drop', there.replace('proto:"6"; ', '')),
        at('Drop', there.replace('"22"', '"ssh_version_2"')),
      ].join('\n'),
      events: [base, base, base],
      skipped: {
        'no Check Point record': 1,
        'no source or target address': 1,
        'no protocol': 1,
        'service that is not known by name': 1,
      },
    },
  ],
  malformed: {
    input: '<134>1 2026-11-22T00:32:12Z gw CheckPoint 7776 - [action:"Drop"; src:"192.0.2.7"; dst:"198.51',
    reason: 'no source or target address',
  },
};
