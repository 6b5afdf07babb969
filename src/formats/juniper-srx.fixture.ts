import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const head = '<14>1 2026-11-22T00:32:11.250Z srx01 RT_FLOW -';
const sides =
  'source-address="192.0.2.7" source-port="61000" destination-address="198.51.100.4" destination-port="22" connection-tag="0" service-name="junos-ssh"';
const nat =
  'nat-source-address="203.0.113.9" nat-source-port="40000" nat-destination-address="10.0.0.4" nat-destination-port="2222" src-nat-rule-type="source rule" src-nat-rule-name="r 1"';
const deny = (more = 'protocol-id="6" icmp-type="0"', of = sides): string =>
  `${head} RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.129 ${of} ${more} policy-name="deny-all" source-zone-name="untrust" reason="Denied by policy"]`;
const close = (reason: string, counters: string, proto = 6, more = ''): string =>
  `${head} RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="${reason}" ${sides} ${more} protocol-id="${proto}" session-id-32="4711" packets-from-client="1" bytes-from-client="60" ${counters} application="UNKNOWN"]`;
const counters = (packets: number, bytes: number, elapsed = 20): string =>
  `packets-from-server="${packets}" bytes-from-server="${bytes}" elapsed-time="${elapsed}"`;
const text = (rest: string): string => `Nov 22 00:32:11 srx01 RT_FLOW: ${rest}`;
const pair = '192.0.2.7/61000->198.51.100.4/22';
const base = { ...firewallContact, time: '2026-11-22T00:32:11.250000Z' } as const;
const whole = { ...base, time: '2026-11-22T00:32:11.000000Z' } as const;
const passed = { ...base, outcome: 'unknown', flags: ['passed'] } as const;

export const fixture: FormatFixture = {
  format: 'juniper-srx',
  cases: [
    {
      name: 'structured: denied, created, translated, ICMP, IPv6',
      input: [
        deny(),
        deny('protocol-id="1" icmp-type="8"'),
        deny('protocol-id="1" icmp-type="3"'),
        deny('protocol-id="47" icmp-type="0"'),
        deny(undefined, sides.replace('192.0.2.7', '2001:db8::7').replace('198.51.100.4', '2001:db8:1::4')),
        `${head} RT_FLOW_SESSION_CREATE [junos@2636.1.1.1.2.129 ${sides} ${nat} protocol-id="6" session-id-32="4711"]`,
        `${head} RT_FLOW_SESSION_CREATE_LS [junos@2636.1.1.1.2.129 ${sides.replace('"22"', '"768"')} protocol-id="1"]`,
        `${head} APPTRACK_SESSION_VOL_UPDATE [junos@2636.1.1.1.2.129 ${sides} protocol-id="6" ${counters(9, 900)}]`,
      ].join('\n'),
      events: [
        base,
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 768, role: 'responder' },
        { ...base, proto: 47, sourcePort: 0, targetPort: 0 },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4' },
        { ...passed, target: '10.0.0.4', targetPort: 2222 },
        { ...passed, proto: 1, sourcePort: 0, targetPort: 2048 },
      ],
    },
    {
      name: 'structured: how sessions ended, at their start',
      input: [
        close('unset', counters(0, 0)),
        close('TCP RST', counters(1, 40, 0)),
        close('TCP RST', counters(1, 44, 0)),
        close('TCP SERVER RST', counters(1, 60, 0)),
        close('TCP CLIENT RST', counters(1, 44, 0)),
        close('TCP FIN', counters(9, 2200)),
        close('idle Timeout', counters(1, 136, 60), 17),
        close('response received', counters(1, 84, 0), 1),
        `${head} APPTRACK_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" ${sides} protocol-id="6" ${counters(2, 104, 1)}]`,
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-22T00:31:51.250000Z', outcome: 'unanswered', size: 0, flags: ['hasSize'] },
        { ...base, outcome: 'refused', size: 40, flags: ['hasSize'] },
        { ...base, outcome: 'answered', size: 44, flags: ['hasSize'] },
        { ...base, outcome: 'refused', size: 60, flags: ['hasSize'] },
        { ...base, outcome: 'answered', size: 44, flags: ['hasSize'] },
        { ...base, time: '2026-11-22T00:31:51.250000Z', outcome: 'answered', size: 2200, flags: ['hasSize'] },
        { ...base, time: '2026-11-22T00:31:11.250000Z', proto: 17, outcome: 'answered', size: 136, flags: ['gotData', 'hasSize'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, outcome: 'answered', size: 84, flags: ['hasSize'] },
        { ...base, time: '2026-11-22T00:32:10.250000Z', outcome: 'answered', size: 104, flags: ['hasSize'] },
      ],
    },
    {
      name: 'as text, of older and newer versions',
      zone: 'UTC',
      input: [
        text(`RT_FLOW_SESSION_DENY: session denied ${pair} junos-ssh 6(0) deny-all untrust trust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/0.0`),
        text(`RT_FLOW_SESSION_DENY: session denied ${pair} 0x0 None 1(8) deny-all(global) untrust trust UNKNOWN UNKNOWN`),
        text(`RT_FLOW_SESSION_CREATE: session created ${pair} junos-ssh ${pair} None None 6 policy1 untrust trust 4711 N/A(N/A) ge-0/0/0.0`),
        text(`RT_FLOW_SESSION_CREATE: session created ${pair} 0x0 junos-ssh 203.0.113.9/40000->10.0.0.4/2222 0x0 source rule r1 destination rule r2 6 policy1 untrust trust 4711 N/A(N/A)`),
        text(`RT_FLOW_SESSION_CLOSE: session closed TCP RST: ${pair} junos-ssh ${pair} None None 6 policy1 untrust trust 4711 1(60) 1(40) 1 UNKNOWN`),
        text(`RT_FLOW_SESSION_CLOSE: session closed unset: ${pair} 0x0 junos-ssh ${pair} 0x0 N/A N/A N/A N/A 6 policy1 untrust trust 4711 1(60) 0(0) 20 UNKNOWN`),
        `<14>Nov 22 00:32:11 srx01 RT_FLOW: RT_FLOW_SESSION_DENY: session denied 2001:db8::7/61000->2001:db8:1::4/22 junos-ssh 6(0) deny-all untrust trust`,
      ].join('\n'),
      events: [
        whole,
        { ...whole, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...whole, outcome: 'unknown', flags: ['passed'] },
        { ...whole, outcome: 'unknown', target: '10.0.0.4', targetPort: 2222, flags: ['passed'] },
        { ...whole, time: '2026-11-22T00:32:10.000000Z', outcome: 'refused', size: 40, flags: ['hasSize'] },
        { ...whole, time: '2026-11-22T00:31:51.000000Z', outcome: 'unanswered', size: 0, flags: ['hasSize'] },
        { ...whole, source: '2001:db8::7', target: '2001:db8:1::4' },
      ],
    },
    {
      name: 'screens and IDP are alerts',
      input: [
        `<11>1 2026-11-22T00:32:11.250Z srx01 RT_IDS - RT_SCREEN_TCP [junos@2636.1.1.1.2.129 attack-name="TCP port scan!" ${sides} source-zone-name="untrust" action="drop"]`,
        `<11>1 2026-11-22T00:32:11.250Z srx01 RT_IDS - RT_SCREEN_TCP_SRC_IP [junos@2636.1.1.1.2.129 attack-name="SYN flood!" source-address="192.0.2.7" action="alarm-without-drop"]`,
        `<11>1 2026-11-22T00:32:11.250Z srx01 RT_IDS - RT_SCREEN_TCP_DST_IP [junos@2636.1.1.1.2.129 attack-name="SYN flood!" destination-address="198.51.100.4" action="drop"]`,
        `Nov 22 00:32:11 srx01 RT_IDS: RT_SCREEN_TCP: TCP sweep! source: 192.0.2.7:61000, destination: 198.51.100.4:22, zone name: untrust, interface name: ge-0/0/0.0, action: drop`,
        `Nov 22 00:32:11 srx01 RT_IDS: RT_SCREEN_ICMP: Address sweep! source: 192.0.2.7, destination: 198.51.100.4, zone name: untrust, interface name: ge-0/0/0.0, action: drop`,
        `<165>1 2026-11-22T00:32:11.250Z srx01 RT_IDP - IDP_ATTACK_LOG_EVENT [junos@2636.1.1.1.2.129 message-type="SIG" ${sides} protocol-name="TCP" attack-name="SSH:BRUTE-LOGIN" action="DROP" threat-severity="HIGH"]`,
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', status: 2, texts: { name: 'TCP port scan!', detail: 'RT_SCREEN_TCP' } },
        {
          ...base,
          kind: 'alert',
          target: '-',
          sourcePort: 0,
          targetPort: 0,
          outcome: 'unknown',
          status: 2,
          flags: ['noTarget'],
          texts: { name: 'SYN flood!', detail: 'RT_SCREEN_TCP_SRC_IP' },
        },
        { ...whole, kind: 'alert', status: 2, texts: { name: 'TCP sweep!', detail: 'RT_SCREEN_TCP' } },
        {
          ...whole,
          kind: 'alert',
          proto: 1,
          sourcePort: 0,
          targetPort: 2048,
          status: 2,
          texts: { name: 'Address sweep!', detail: 'RT_SCREEN_ICMP' },
        },
        { ...base, kind: 'alert', status: 1, texts: { name: 'SSH:BRUTE-LOGIN', detail: 'IDP_ATTACK_LOG_EVENT' } },
      ],
    },
    {
      name: 'among other lines',
      input: [
        deny(),
        deny(),
        deny(),
        'Nov 22 00:32:11 srx01 sshd[1]: nothing',
        deny(undefined, sides.replace('192.0.2.7', '192.0.2.777')),
        deny('icmp-type="0"'),
        text('RT_FLOW_SESSION_DENY: session denied 192.0.2.7/61000->'),
      ].join('\n'),
      events: [base, base, base],
      skipped: {
        'no RT_FLOW, RT_SCREEN or IDP message': 1,
        'no source or target address': 2,
        'no protocol': 1,
      },
    },
  ],
  malformed: {
    input: text(`RT_FLOW_SESSION_DENY: session denied ${pair} junos-ssh`),
    reason: 'no protocol',
  },
};
