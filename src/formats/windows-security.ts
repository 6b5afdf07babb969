import { Json, JsonFields } from '../bytes/json-fields.ts';
import { port } from '../bytes/numbers.ts';
import { Zone } from '../bytes/zone.ts';
import { putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { WebTimes } from '../wire/web-times.ts';
import { setJsonText } from '../wire/json-text.ts';
import { shareOf } from '../wire/recognition.ts';

/** Windows' Security log, logons alone (4624, 4625), as the usual shippers write it in JSON. */
export const windowsSecurity: Format = {
  name: 'windows-security',
  title: 'Windows Security log as JSON, logons 4624 and 4625 (Winlogbeat, NXLog, evtx, Wazuh, Sentinel)',
  lateness: 60,
  yields: ['login'],
  blindness: [
    'a logon names its own machine, not the address that was reached',
    'logons without a network address are left out',
  ],
  sample:
    '{"@timestamp":"2026-11-22T00:32:11.250Z","winlog":{"channel":"Security","event_id":4625,"event_data":{"TargetUserName":"administrator","LogonType":"10","IpAddress":"192.0.2.7","IpPort":"40000"}}}',
  recognise(sample) {
    const share = shareOf(sample, isLogon);
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new WindowsSecurityReader(info),
};

const isLogon = (line: string): boolean =>
  line.startsWith('{') &&
  /\b462[45]\b/.test(line) &&
  /"ipaddress"/i.test(line) &&
  /"targetusername"/i.test(line);

/*
 * Where the shippers put what is needed: Winlogbeat (ECS; 6.x without 'winlog'), NXLog's im_msvistalog and Sentinel (flat), the
 * event's own XML as JSON (evtx_dump), Wazuh. Of each group the first that holds something counts.
 */
const group = {
  id: ['winlog/event_id', 'EventID', 'Event/System/EventID', 'Event/System/EventID/#text', 'win/system/eventID', 'event_id', 'event/code'],
  time: ['@timestamp', 'EventTime', 'Event/System/TimeCreated/#attributes/SystemTime', 'Event/System/TimeCreated/SystemTime', 'win/system/systemTime', 'TimeCreated', 'TimeGenerated'],
  user: ['winlog/event_data/TargetUserName', 'TargetUserName', 'Event/EventData/TargetUserName', 'win/eventdata/targetUserName', 'event_data/TargetUserName'],
  source: ['winlog/event_data/IpAddress', 'IpAddress', 'Event/EventData/IpAddress', 'win/eventdata/ipAddress', 'event_data/IpAddress'],
  port: ['winlog/event_data/IpPort', 'IpPort', 'Event/EventData/IpPort', 'win/eventdata/ipPort', 'event_data/IpPort'],
  logon: ['winlog/event_data/LogonType', 'LogonType', 'Event/EventData/LogonType', 'win/eventdata/logonType', 'event_data/LogonType'],
} as const; // prettier-ignore
type Group = keyof typeof group;
const groups = Object.keys(group) as Group[];
const paths = groups.flatMap((name) => group[name]);
/** The fields of a group: the first, and the one behind its last. */
const fields = Object.fromEntries(
  groups.map((name) => {
    const first = paths.indexOf(group[name][0]);
    return [name, { first, behind: first + group[name].length }];
  }),
) as Readonly<Record<Group, { readonly first: number; readonly behind: number }>>;

const logonSucceeded = 4624;
const logonFailed = 4625;
const Logon = { network: 3, remoteInteractive: 10 } as const;
const rdpPort = 3389;
const services = new Map<number, Uint8Array>([
  [Logon.network, Buffer.from('network')],
  [Logon.remoteInteractive, Buffer.from('rdp')],
]);
const otherService = Buffer.from('windows');

class WindowsSecurityReader implements LineReader {
  readonly #json = new JsonFields(paths);
  readonly #times: WebTimes;
  readonly #source = new Uint32Array(4);

  constructor(info: InputInfo) {
    this.#times = new WebTimes(new Zone(info.zone));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    const event = this.#field('id');
    const id = event < 0 ? -1 : json.integer(event);
    if (id < 0) return 'no number of an event';
    if (id !== logonSucceeded && id !== logonFailed) return 'not a logon';
    const stamp = this.#field('time');
    const time = stamp < 0 ? Number.NaN : this.#times.read(bytes, json.start[stamp], json.end[stamp]);
    if (Number.isNaN(time)) return 'no time stamp';
    const from = this.#field('source');
    const source = this.#source;
    // '-' and the machine itself: services, tasks, the console.
    if (from < 0 || json.is(from, '-')) return '';
    if (!json.address(from, source)) return 'no source address';
    if (isLoopback(source)) return '';
    const user = this.#field('user');
    // A null session asks who may ask; nobody has logged in.
    if (user >= 0 && json.is(user, 'ANONYMOUS LOGON')) return '';
    const row = batch.length;
    batch.kind[row] = EventKind.login;
    batch.time[row] = time;
    batch.flags[row] = Flag.sentData | Flag.gotData;
    putSource(batch, row, source);
    const behind = this.#field('port');
    batch.sourcePort[row] = behind < 0 ? 0 : Math.max(0, port(bytes, json.start[behind], json.end[behind]));
    const kind = this.#field('logon');
    const logon = kind < 0 ? -1 : json.integer(kind);
    batch.targetPort[row] = logon === Logon.remoteInteractive ? rdpPort : 0;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    batch.status[row] = id === logonSucceeded ? 1 : 0;
    batch.length = row + 1;
    batch.setScratchText(row, Text.name, services.get(logon) ?? otherService);
    if (user >= 0 && !json.is(user, '-')) setJsonText(batch, row, Text.user, json, user, bytes);
    return '';
  }

  /** The first field of the group that holds a text or a number; -1 for none. */
  #field(name: Group): number {
    const { kind } = this.#json;
    const { first, behind } = fields[name];
    for (let field = first; field < behind; field++) {
      if (kind[field] >= Json.string && kind[field] <= Json.number) return field;
    }
    return -1;
  }
}

function isLoopback(words: Uint32Array): boolean {
  if (words[0] !== 0 || words[1] !== 0) return false;
  return words[2] === 0xffff ? words[3] >>> 24 === 127 || words[3] === 0 : words[2] === 0 && words[3] <= 1;
}
