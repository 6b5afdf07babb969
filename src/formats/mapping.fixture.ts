import type { FormatFixture } from '../../test/format-fixture.ts';
import { parseMapping } from '../config/mapping-file.ts';
import type { Mapping } from '../config/mapping-schema.ts';

const given = (yaml: string): { mappings: Mapping[] } => {
  const { mapping, problems } = parseMapping('mapping.yaml', yaml);
  if (mapping === undefined) throw new Error(problems.join('\n'));
  return { mappings: [mapping] };
};

const vpn = given(`
name: vpn
lines: json
event: login
when: { type: [auth, reauth] }
time: { field: at, format: "%d.%m.%Y %H:%M:%S.%f", zone: Europe/Berlin }
fields: { source: [client/ip, peer], target: gateway, user: client/user }
constants: { service: openvpn, targetPort: 1194, protocol: udp }
outcome: { field: ok, success: true, failure: [false, 0] }
`);
const proxy = given(`
name: proxy
lines: csv
delimiter: ";"
event: contact
time: { field: date, clock: time }
fields: { source: c-ip, target: dst, targetPort: dport, protocol: proto, size: bytes }
outcome: { field: action, denied: [DENY, DROP], passed: ALLOW, answered: CLOSED, otherwise: unknown }
`);
const web = given(`
name: app
lines: key-value
envelope: syslog
event: request
fields: { source: ip, method: method, url: path, status: code, agent: ua, forwardedFor: xff }
constants: { host: app.example.com }
`);
const asked = given(`
name: adguard-like
lines: json
event: query
time: T
fields: { source: IP, name: QH, type: QT, rcode: [answer/rcode, code] }
`);

const session = {
  kind: 'contact',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  targetPort: 22,
  proto: 6,
  role: 'originator',
} as const;

export const fixture: FormatFixture = {
  format: 'mapping',
  cases: [
    {
      name: 'JSON: nested keys, alternatives, a pattern in a zone, constants, rules of success; what is not meant',
      options: vpn,
      input: [
        '{"type":"auth","at":"22.11.2026 01:32:11.25","client":{"ip":"192.0.2.7:40000","user":"r\\"t"},"ok":true}',
        '{"type":"reauth","at":"22.11.2026 01:32:11.25","peer":"2001:db8:a::7","gateway":"2001:db8:51::1","client":{"user":"jo"},"ok":0}',
        '{"type":"stats","at":"22.11.2026 01:32:11.25"}',
        '{"type":"auth","at":"22.11.2026 01:32:11.25","peer":"192.0.2.7","ok":"maybe"}',
      ].join('\n'),
      events: [
        { kind: 'login', time: '2026-11-22T00:32:11.250000Z', source: '192.0.2.7', target: '-', sourcePort: 40000, targetPort: 1194, proto: 17, outcome: 'answered', role: 'originator', status: 1, flags: ['noTarget', 'sentData', 'gotData'], texts: { user: 'r"t', name: 'openvpn' } },
        { kind: 'login', time: '2026-11-22T00:32:11.250000Z', source: '2001:db8:a::7', target: '2001:db8:51::1', sourcePort: 0, targetPort: 1194, proto: 17, outcome: 'answered', role: 'originator', status: 0, flags: ['sentData', 'gotData'], texts: { user: 'jo', name: 'openvpn' } },
      ],
      skipped: { 'not what the mapping is about': 1, 'a word that no outcome names': 1 },
    },
    {
      name: 'CSV: columns by name, the header again, date and time apart, every outcome',
      options: proxy,
      input: [
        'date;time;c-ip;dst;dport;proto;action;bytes',
        '2026-11-22;00:32:11;192.0.2.7;198.51.100.4;22;TCP;DENY;-',
        '2026-11-22;00:32:11;192.0.2.7;198.51.100.4;22;tcp;ALLOW;0',
        'date;time;c-ip;dst;dport;proto;action;bytes',
        '2026-11-22;00:32:11;192.0.2.7;"198.51.100.4";53;17;CLOSED;120',
        '2026-11-22;00:32:11;192.0.2.7;198.51.100.4;22;tcp;SHRUG;',
        '2026-11-22;00:32;192.0.2.7;198.51.100.4;22;tcp;DENY;',
        '2026-11-22;00:32:11;192.0.2.7;198.51.100.4;70000;tcp;DENY;',
        '2026-11-22;00:32:11;192.0.2.7;198.51.100.4;-;tcp;DENY;',
      ].join('\n'),
      events: [
        { ...session, outcome: 'denied' },
        { ...session, outcome: 'unknown', size: 0, flags: ['hasSize', 'passed'] },
        { ...session, targetPort: 53, proto: 17, outcome: 'answered', size: 120, flags: ['hasSize'] },
        { ...session, outcome: 'unknown' },
      ],
      skipped: { 'no time stamp': 1, 'no target port, or an impossible one': 2 },
    },
    {
      name: 'key=value behind a syslog header, whose time counts; a trusted proxy',
      options: web,
      trustedProxies: ['192.0.2.80'],
      input: [
        'Nov 22 00:32:11 app web[7]: ip=192.0.2.80 method=GET path="/admin?x=1" code=404 ua="a b" xff=203.0.113.9',
        'Nov 22 00:32:11 app web[7]: started',
      ].join('\n'),
      events: [
        { kind: 'request', time: '2026-11-22T00:32:11.000000Z', source: '203.0.113.9', target: '-', proto: 6, outcome: 'answered', role: 'originator', status: 404, flags: ['noTarget', 'forwarded'], texts: { method: 'GET', host: 'app.example.com', path: '/admin', query: 'x=1', agent: 'a b' } },
      ],
      skipped: { 'no key=value pairs': 1 },
    },
    {
      name: 'questions of a resolver: rcode by name or number, or none',
      options: asked,
      input: [
        '{"T":"2026-11-22T01:32:11.25+01:00","IP":"192.0.2.7","QH":"vpn.example.com.","QT":"A","answer":{"rcode":"NXDOMAIN"}}',
        '{"T":1795307531.25,"IP":"192.0.2.7","QH":"vpn.example.com","QT":"28","code":0}',
        '{"T":1795307531250,"IP":"192.0.2.7","QH":"vpn.example.com","QT":"A"}',
      ].join('\n'),
      events: [
        { kind: 'query', time: '2026-11-22T00:32:11.250000Z', source: '192.0.2.7', target: '-', targetPort: 53, proto: 17, outcome: 'answered', role: 'originator', status: 3, queryType: 1, flags: ['noTarget', 'gotData'], texts: { name: 'vpn.example.com' } },
        { time: '2026-11-22T00:32:11.250000Z', source: '192.0.2.7', target: '-', proto: 17, outcome: 'answered', role: 'originator', status: 0, queryType: 28, flags: ['noTarget', 'gotData'], texts: { name: 'vpn.example.com' } },
        { time: '2026-11-22T00:32:11.250000Z', source: '192.0.2.7', target: '-', proto: 17, outcome: 'unknown', role: 'originator', status: 255, queryType: 1, flags: ['noTarget'], texts: { name: 'vpn.example.com' } },
      ],
    },
    {
      name: 'Offtrail’s own words, without a mapping',
      input: [
        '{"event":"contact","time":"2026-11-22T00:32:11Z","source":"192.0.2.7","target":"198.51.100.4","targetPort":22,"protocol":"tcp","result":"denied"}',
        '{"event":"alert","time":"2026-11-22T00:32:11Z","source":"192.0.2.7","target":"198.51.100.4:445","name":"ET SCAN","severity":"high"}',
        '{"event":"login","time":"2026-11-22T00:32:11Z","source":"192.0.2.7","user":"root","service":"ssh","result":"failure"}',
      ].join('\n'),
      events: [
        { ...session, outcome: 'denied' },
        { kind: 'alert', time: '2026-11-22T00:32:11.000000Z', source: '192.0.2.7', target: '198.51.100.4', targetPort: 445, proto: 6, outcome: 'unknown', role: 'originator', status: 1, texts: { name: 'ET SCAN' } },
        { kind: 'login', time: '2026-11-22T00:32:11.000000Z', source: '192.0.2.7', target: '-', proto: 6, outcome: 'answered', role: 'originator', status: 0, flags: ['noTarget', 'sentData', 'gotData'], texts: { user: 'root', name: 'ssh' } },
      ],
    },
  ],
  malformed: {
    input: '{"event":"login","time":"yesterday","source":"192.0.2.7"}',
    reason: 'no time stamp',
  },
};
