// What each sensor of a recording wrote down, per source address, read with the plainest means (regular expressions,
// nfdump, dnstap-read) and not with Offtrail's readers: the truth must not depend on the judged.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackets, shortAddress } from './packets.ts';

export const SENSORS = ['netfilter', 'access', 'dns', 'dnstap', 'netflow', 'pcap'] as const;
export type Sensor = (typeof SENSORS)[number];

/** The files of each sensor in a recording. */
export const FILES: Record<Sensor, string[]> = {
  netfilter: ['firewall.log'],
  access: ['access.log', 'access-vhost.log'],
  dns: ['dns-query.log'],
  dnstap: ['dns.dnstap'],
  netflow: ['flows.nfcapd'],
  pcap: ['capture.pcap', 'capture.pcap.gz'],
};

/** One thing that a sensor saw a source do. Contacts have a target; requests and queries a name. */
export interface Sighting {
  time: number;
  source: string;
  target: string;
  /** Lower-case protocol and port: tcp/22, icmp/8, proto/47. */
  service: string;
  /** FIN, NULL, Xmas, Maimon, or an ACK out of nowhere. */
  stealth: boolean;
  /** The target spoke back: a handshake, a payload, an echo. */
  answered: boolean;
  /** The server spoke first, and what it said came through. */
  greeted: boolean;
  /** Requested path (with host where logged), or queried name and type. */
  name: string;
  /** HTTP status, else 0. */
  status: number;
}

const empty: Sighting = {
  time: 0,
  source: '',
  target: '',
  service: '',
  stealth: false,
  answered: false,
  greeted: false,
  name: '',
  status: 0,
};
const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;
const URG = 32;
const PROTO_NAMES: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp', 132: 'sctp' };
const service = (proto: number, port: number): string =>
  PROTO_NAMES[proto] === undefined ? `proto/${proto}` : `${PROTO_NAMES[proto]}/${port}`;

function lines(folder: string, file: string): string[] {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function netfilter(folder: string): Sighting[] {
  return lines(folder, 'firewall.log').flatMap((line) => {
    const field = (name: string): string => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1] ?? '';
    const proto = field('PROTO');
    const number = /^[0-9]+$/.test(proto) ? `proto/${proto}` : undefined;
    const port = proto.startsWith('ICMP') ? field('TYPE') : field('DPT');
    const word = proto.startsWith('ICMP') ? 'icmp' : proto.toLowerCase();
    return [
      {
        ...empty,
        time: Date.parse(line.slice(0, 32)),
        source: shortAddress(field('SRC')),
        target: shortAddress(field('DST')),
        service: number ?? (port === '' ? `proto/${word}` : `${word}/${port}`),
        stealth: proto === 'TCP' && !/ (SYN|RST) /.test(line),
      },
    ];
  });
}

function access(folder: string): Sighting[] {
  const line = /^(?:([^ :]+):\d+ )?([0-9a-f.:]+) \S+ \S+ \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d+)/;
  return FILES.access.flatMap((file) =>
    lines(folder, file).flatMap((text) => {
      const found = line.exec(text);
      if (found === null) return [];
      const [, host, source, stamp, request, status] = found;
      const [, day, month, year, clock] = /^(\d+)\/(\w+)\/(\d+):(\S+) \+0000$/.exec(stamp)!;
      return [
        {
          ...empty,
          time: Date.parse(`${day} ${month} ${year} ${clock} UTC`),
          source: shortAddress(source),
          name: `${host ?? ''}${request.split(' ')[1] ?? request}`.replace(/\?.*/, ''),
          status: Number(status),
        },
      ];
    }),
  );
}

function dns(folder: string): Sighting[] {
  const line = /^(\S+) (\S+) .*client @\S+ ([0-9a-f.:]+)#\d+ .*query: (\S+) (\S+) (\S+)/;
  return lines(folder, 'dns-query.log').flatMap((text) => {
    const found = line.exec(text);
    if (found === null) return [];
    const [, day, clock, source, name, klass, type] = found;
    return [
      {
        ...empty,
        time: Date.parse(`${day.replaceAll('-', ' ')} ${clock} UTC`),
        source: shortAddress(source),
        name: `${name.toLowerCase()} ${klass} ${type}`,
      },
    ];
  });
}

function dnstap(folder: string): Sighting[] {
  const file = join(folder, 'dns.dnstap');
  if (!existsSync(file)) return [];
  const text = execFileSync('dnstap-read', [file], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
    maxBuffer: 2 ** 30,
  });
  const line = /^(\S+) (\S+) [AC]Q ([0-9a-f.:]+):\d+ -> \S+ \S+ \S+ (.+)\/([^/]+)\/([^/]+)$/;
  return text.split('\n').flatMap((row) => {
    const found = line.exec(row);
    if (found === null) return [];
    const [, day, clock, source, name, klass, type] = found;
    return [
      {
        ...empty,
        time: Date.parse(`${day.replaceAll('-', ' ')} ${clock} UTC`),
        source: shortAddress(source),
        name: `${name.toLowerCase()} ${klass} ${type}`,
      },
    ];
  });
}

function netflow(folder: string): Sighting[] {
  const file = join(folder, 'flows.nfcapd');
  if (!existsSync(file)) return [];
  const text = execFileSync('nfdump', ['-q', '-6', '-r', file, '-o', 'fmt:%ts,%pr,%sa,%da,%dp,%flg,%pkt'], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
    maxBuffer: 2 ** 30,
  });
  const known: Record<string, string> = { TCP: 'tcp', UDP: 'udp', ICMP: 'icmp', ICMP6: 'icmp', SCTP: 'sctp' };
  return text.split('\n').flatMap((row) => {
    const [stamp, proto, source, target, port, flags, packets] = row.split(',').map((cell) => cell.trim());
    // softflowd writes a few records that cannot be: no flow of the lab has a million packets.
    if (packets === undefined || Number(packets) > 1_000_000) return [];
    // Only the RST to an answer, or only the answer: the packet that began it was not seen (nmap's fragments).
    if (proto === 'TCP' && (/R/.test(flags) ? !/S/.test(flags) : /^\.*A\.*S\.*$/.test(flags))) return [];
    const word = known[proto];
    // nfdump prints an ICMP type and code as type.code.
    const shown = word === undefined ? `proto/${proto}` : `${word}/${port.split('.')[0]}`;
    const stealth = word === 'tcp' && !/[SR]/.test(flags);
    return [
      {
        ...empty,
        time: Date.parse(`${stamp.replace(' ', 'T')}Z`),
        source: shortAddress(source),
        target: shortAddress(target),
        service: shown,
        stealth,
      },
    ];
  });
}

const capture = (folder: string): string | undefined =>
  FILES.pcap.map((name) => join(folder, name)).find((path) => existsSync(path));

/** First and last packet of every source in the capture, in milliseconds. */
export function readActivity(folder: string): Map<string, { first: number; last: number }> {
  const active = new Map<string, { first: number; last: number }>();
  const file = capture(folder);
  for (const { source, time } of file === undefined ? [] : readPackets(file)) {
    const known = active.get(source);
    if (known === undefined) active.set(source, { first: time, last: time });
    else known.last = time;
  }
  return active;
}

function pcap(folder: string): Sighting[] {
  const file = capture(folder);
  if (file === undefined) return [];
  const seen: Sighting[] = [];
  const flows = new Map<string, { by: Sighting; asked: boolean }>();
  for (const packet of readPackets(file)) {
    const { time, source, target, proto, flags } = packet;
    // An echo reply answers type 8 (IPv6: 128) of the same identifier.
    const echo = proto === 1 ? 8 : 128;
    const asked =
      proto === 1 || proto === 58
        ? `${packet.sourcePort} ${source} ${echo}`
        : `${packet.port} ${source} ${packet.sourcePort}`;
    const reply = flows.get(`${proto} ${target} ${asked}`);
    if (reply !== undefined) {
      if (proto !== 6 || (flags & (SYN | ACK)) === (SYN | ACK)) reply.by.answered = true;
      if (proto === 6 && packet.payload.length > 0 && !reply.asked) reply.by.greeted = true;
      continue;
    }
    const key = `${proto} ${source} ${packet.sourcePort} ${target} ${packet.port}`;
    const before = flows.get(key);
    if (before !== undefined) {
      if (packet.payload.length > 0) before.asked = true;
    } else {
      if (proto === 6 && (flags & RST || (flags & (SYN | ACK)) === (SYN | ACK))) continue;
      const stealth =
        proto === 6 && (flags & SYN) === 0 && (flags === 0 || (flags & (FIN | ACK | PSH | URG)) !== 0);
      const sighting = { ...empty, time, source, target, service: service(proto, packet.port), stealth };
      flows.set(key, { by: sighting, asked: packet.payload.length > 0 });
      seen.push(sighting);
    }
  }
  return seen;
}

const readers: Record<Sensor, (folder: string) => Sighting[]> = {
  netfilter,
  access,
  dns,
  dnstap,
  netflow,
  pcap,
};

/** What one sensor of a recording saw, in order of time. NetFlow and dnstap are read with nfdump and dnstap-read, which must be there. */
export function readSensor(folder: string, sensor: Sensor): Sighting[] {
  return readers[sensor](folder).sort((a, b) => a.time - b.time);
}

/** The same of every sensor. */
export function readSightings(folder: string): Record<Sensor, Sighting[]> {
  return Object.fromEntries(SENSORS.map((sensor) => [sensor, readSensor(folder, sensor)])) as Record<
    Sensor,
    Sighting[]
  >;
}
