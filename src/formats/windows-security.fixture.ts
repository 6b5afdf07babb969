import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const login = (status: 0 | 1, user: string, service: string): ExpectedEvent => ({
  kind: 'login',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 40000,
  targetPort: service === 'rdp' ? 3389 : 0,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
  status,
  flags: ['noTarget', 'sentData', 'gotData'],
  texts: { user, name: service },
});
const data = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  TargetUserName: 'administrator',
  TargetDomainName: 'EXAMPLE',
  LogonType: '10',
  IpAddress: '192.0.2.7',
  IpPort: '40000',
  ...more,
});
const beat = (id: number, more?: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    '@timestamp': '2026-11-22T00:32:11.250Z',
    event: { code: String(id), provider: 'Microsoft-Windows-Security-Auditing' },
    winlog: { channel: 'Security', event_id: id, computer_name: 'dc1', event_data: data(more) },
  });

export const fixture: FormatFixture = {
  format: 'windows-security',
  cases: [
    {
      name: 'Winlogbeat: success and failure; by network; local ones and null sessions are left out; other events',
      input: [
        beat(4624),
        beat(4625, { TargetUserName: 'a\\b', LogonType: '3' }),
        beat(4625, { IpAddress: '::ffff:192.0.2.7', LogonType: 3 }),
        beat(4624, { IpAddress: '-', LogonType: '5' }),
        beat(4624, { IpAddress: '127.0.0.1' }),
        beat(4624, { TargetUserName: 'ANONYMOUS LOGON', LogonType: '3' }),
        beat(4634),
      ].join('\n'),
      events: [
        login(1, 'administrator', 'rdp'),
        login(0, 'a\\b', 'network'),
        login(0, 'administrator', 'network'),
      ],
      skipped: { 'not a logon': 1 },
    },
    {
      name: 'NXLog and Sentinel (flat), the event’s XML as JSON, Wazuh, Winlogbeat 6; a zone for stamps without one',
      zone: 'Europe/Berlin',
      input: [
        JSON.stringify({ EventTime: '2026-11-22 01:32:11.250', Hostname: 'dc1', EventID: 4624, Channel: 'Security', ...data() }),
        JSON.stringify({ TimeGenerated: '2026-11-22T00:32:11.25Z', EventID: 4625, Computer: 'dc1', ...data() }),
        JSON.stringify({
          Event: {
            System: { EventID: { '#attributes': { Qualifiers: 0 }, '#text': 4625 }, TimeCreated: { '#attributes': { SystemTime: '2026-11-22T00:32:11.250000Z' } } },
            EventData: data({ LogonType: 2 }),
          },
        }),
        JSON.stringify({
          win: {
            system: { eventID: '4625', systemTime: '2026-11-22T00:32:11.2500000Z' },
            eventdata: { targetUserName: 'administrator', ipAddress: '192.0.2.7', ipPort: '40000', logonType: '3' },
          },
        }),
        JSON.stringify({ '@timestamp': '2026-11-22T00:32:11.250Z', event_id: 4624, event_data: data() }),
      ].join('\n'),
      events: [
        login(1, 'administrator', 'rdp'),
        login(0, 'administrator', 'rdp'),
        login(0, 'administrator', 'windows'),
        login(0, 'administrator', 'network'),
        login(1, 'administrator', 'rdp'),
      ],
    },
  ],
  malformed: { input: beat(4625, { IpAddress: 'unknown' }), reason: 'no source address' },
};
