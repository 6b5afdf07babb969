import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const head = 'CEF:0|Example|Firewall|1.0|deny|Connection denied|5|';
const there = 'src=192.0.2.7 spt=61000 dst=198.51.100.4 dpt=22 proto=TCP';
const at = (rest: string, header = head): string => `<134>Nov 22 00:32:14 fw01 ${header}rt=1795307531250 ${rest}`;
const base = { ...firewallContact, time: '2026-11-22T00:32:11.250000Z' } as const;
const end = 'CEF:0|Palo Alto Networks|PAN-OS|11.0|end|TRAFFIC|1|';

export const fixture: FormatFixture = {
  format: 'cef',
  cases: [
    {
      name: 'headers and stamps',
      zone: 'Europe/Berlin',
      input: [
        at(`${there} act=deny`),
        `${head}${there} act=deny rt=Nov 22 2026 01:32:11.250`,
        `${head}${there} act=deny rt=Nov 22 2026 00:32:11.250 UTC`,
        `${head}${there} act=deny rt=Nov 21 2026 19:32:11.250 EST`,
        `CEF: 0${head.slice(5)}${there} act=deny start=2026-11-22T00:32:11.250Z`,
        `${head.slice(4)}${there} act=deny end=2026/11/22 01:32:11`,
        `<134>1 2026-11-22T00:32:11.250Z fw01 CEF - - - ${head}${there} act=deny`,
        `500 <134>Nov 22 01:32:11 fw01 ${head}${there} act=deny`,
        `<134>Nov 22 01:32:11 fw01 ${head}${there} act=deny rt=nonsense`,
      ].join('\n'),
      events: [
        { ...base, record: 1 },
        base,
        base,
        base,
        base,
        { ...base, time: '2026-11-22T00:32:11.000000Z' },
        base,
        { ...base, time: '2026-11-22T00:32:11.000000Z' },
        { ...base, time: '2026-11-22T00:32:11.000000Z' },
      ],
    },
    {
      name: 'verdicts by act, outcome, name; sessions by what came back',
      input: [
        at(`${there} act=Blocked`),
        at(`${there} act=Reject`),
        at(`${there} outcome=failure`),
        at(there),
        at(`${there} act=Accept in=60 out=0`),
        at(`${there} act=accept`),
        at(`${there} act=monitor`),
        at(`${there} act=allow in=0 out=180 reason=aged-out`, end),
        at(`${there} act=allow in=40 out=60 reason=tcp-rst-from-server`, end),
        at(`${there} act=server-rst in=40 out=60`, 'CEF:0|Fortinet|Fortigate|v7.2|00013|traffic:forward server-rst|3|'),
        at(`${there} act=timeout in=0 out=180`, 'CEF:0|Fortinet|Fortigate|v7.2|00013|traffic:forward timeout|3|'),
        at(`${there} act=start`, 'CEF:0|Fortinet|Fortigate|v7.2|00015|traffic:forward start|3|'),
      ].join('\n'),
      events: [
        base,
        base,
        base,
        base,
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, outcome: 'unknown' },
        { ...base, outcome: 'unanswered' },
        { ...base, outcome: 'answered' },
        { ...base, outcome: 'refused' },
        { ...base, outcome: 'unanswered' },
        { ...base, outcome: 'unknown' },
      ],
    },
    {
      name: 'values with blanks, escapes and equals signs; translation, IPv6, ICMP',
      input: [
        at(`msg=a rule \\= with | and = signs cs1=x y z request=http://h/?src\\=1&dst=2 ${there} act=deny`),
        at(`cs1Label=Rule Name cs1=block all   ${there} act=deny destinationTranslatedAddress=10.0.0.4 destinationTranslatedPort=2222`),
        at(`${there} act=deny destinationTranslatedAddress=0.0.0.0`),
        at('c6a2=2001:db8::7 c6a2Label=Source IPv6 Address c6a3=2001:db8:1::4 spt=61000 dpt=443 proto=6 act=deny'.replace('c6a2=', 'src=2001:db8::7 c6a2=')),
        at('src=2001:db8::7 c6a3=2001:db8:1::4 spt=61000 dpt=443 proto=6 act=deny'),
        at('src=192.0.2.7 dst=198.51.100.4 proto=ICMP act=deny'),
        at('src=192.0.2.7 dst=198.51.100.4 proto=1 icmpType=13 icmpCode=0 act=deny'),
      ].join('\n'),
      events: [
        base,
        { ...base, target: '10.0.0.4', targetPort: 2222 },
        base,
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443 },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 3328 },
      ],
    },
    {
      name: 'alerts, with and without a target; events that are neither are passed over',
      input: [
        at(`${there} act=blocked UNIFIcategory=Security UNIFIsubCategory=Intrusion Prevention UNIFIipsSignature=ET SCAN NMAP UNIFIipsSignatureId=1 msg=blocked`, 'CEF:0|Ubiquiti|UniFi Network|9.4.19|201|Threat Detected and Blocked|7|'),
        at(`src=192.0.2.7 spt=61000 dpt=22 proto=TCP`, 'CEF:0|Ubiquiti|UniFi Network|9.4.19|201|Threat Detected and Blocked|9|'),
        at(`${there} act=detected cat=utm:ips`, 'CEF:0|Fortinet|Fortigate|v7.2|16384|utm:ips signature detected|4|'),
        at(`${there} act=alert`, 'CEF:0|Palo Alto Networks|PAN-OS|11.0|TCP Port Scan(8001)|THREAT|Low|'),
        at(`${there} act=blocked UNIFIsubCategory=Firewall`, 'CEF:0|Ubiquiti|UniFi Network|9.4.19|400|Blocked by Firewall|4|'),
        at('src=192.0.2.7 UNIFIadmin=admin msg=Admin accessed', 'CEF:0|Ubiquiti|UniFi Network|9.4.19|544|Admin Accessed UniFi Network|1|'),
        at('duser=joe msg=nothing with addresses'),
        at('src=192.0.2.7 dst=198.51.100.4 duser=joe msg=a login', 'CEF:0|Example|App|1|login|Login|1|'),
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', status: 1, texts: { name: 'ET SCAN NMAP', detail: 'Intrusion Prevention' } },
        { ...base, kind: 'alert', target: '-', status: 1, flags: ['noTarget'], texts: { name: 'Threat Detected and Blocked' } },
        { ...base, kind: 'alert', outcome: 'unknown', status: 2, texts: { name: 'utm:ips signature detected', detail: 'utm:ips' } },
        { ...base, kind: 'alert', outcome: 'unknown', status: 3, texts: { name: 'THREAT' } },
        base,
      ],
    },
    {
      name: 'among other lines',
      input: [
        at(`${there} act=deny`),
        at(`${there} act=deny`),
        at(`${there} act=deny`),
        'Nov 22 00:32:11 fw01 something: else',
        `<134>Nov 22 00:32:11 fw01 CEF:0|Example|Firewall|1.0|deny|cut`,
        at('src=gateway dst=198.51.100.4 dpt=22 proto=TCP act=deny'),
        at('src=192.0.2.7 dst=198.51.100.4 dpt=22 proto=WHAT act=deny'),
        `${head}${there} act=deny`,
        at('src=192.0.2.7 dst=198.51.100.4 proto=TCP act=deny'),
      ].join('\n'),
      events: [base, base, base],
      skipped: {
        'no target port, or an impossible one': 1,
        'no CEF header': 1,
        'no whole CEF header': 1,
        'no source address': 1,
        'no protocol': 1,
        'no time stamp': 1,
      },
    },
  ],
  malformed: {
    input: 'Nov 22 00:32:11 fw01 CEF:0|Example|Firewall|1.0|deny|Connection denied',
    reason: 'no whole CEF header',
  },
};
