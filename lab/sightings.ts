// What each sensor of a recording wrote down, per source address, read with the plainest means (regular expressions,
// nfdump, dnstap-read) and not with Offtrail's readers: the truth must not depend on the judged.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readPackets, shortAddress } from './packets.ts';
import type { Packet } from './packets.ts';

export const SENSORS = ['netfilter', 'access', 'dns', 'dnstap', 'netflow', 'pcap'] as const;
export type Sensor = (typeof SENSORS)[number];

/** The files of each sensor in a recording; large ones are kept as `NAME.gz`. */
export const FILES: Record<Sensor, string[]> = {
  netfilter: ['firewall.log'],
  access: ['access.log', 'access-vhost.log'],
  dns: ['dns-query.log'],
  dnstap: ['dns.dnstap'],
  netflow: ['flows.nfcapd'],
  pcap: ['capture.pcap'],
};

/** What a file of a recording is called there, or nothing where it is missing. */
export const recordedAs = (folder: string, name: string): string | undefined =>
  [name, `${name}.gz`].find((kept) => existsSync(join(folder, kept)));

/** The bytes of a file of a recording, unpacked. */
export function readRecorded(folder: string, name: string): Buffer | undefined {
  const kept = recordedAs(folder, name);
  if (kept === undefined) return undefined;
  const bytes = readFileSync(join(folder, kept));
  return kept === name ? bytes : gunzipSync(bytes);
}

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
  return readRecorded(folder, file)?.toString('utf8').split('\n').filter(Boolean) ?? [];
}

/** What a program makes of a file of a recording, line by line. */
function linesBy(folder: string, file: string, program: string, args: (path: string) => string[]): string[] {
  const data = readRecorded(folder, file);
  if (data === undefined) return [];
  // nfdump reads neither gzip nor a pipe.
  const work = mkdtempSync(join(tmpdir(), 'lab-'));
  try {
    const path = join(work, file);
    writeFileSync(path, data);
    const env = { ...process.env, TZ: 'UTC' };
    return execFileSync(program, args(path), { encoding: 'utf8', env, maxBuffer: 2 ** 30 }).split('\n');
  } finally {
    rmSync(work, { recursive: true });
  }
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

/** The lines of a log of queries: day, clock, source, name, class and type are the groups of `line`. */
function queries(rows: readonly string[], line: RegExp): Sighting[] {
  return rows.flatMap((row) => {
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

const dns = (folder: string): Sighting[] =>
  queries(
    lines(folder, 'dns-query.log'),
    /^(\S+) (\S+) .*client @\S+ ([0-9a-f.:]+)#\d+ .*query: (\S+) (\S+) (\S+)/,
  );

const dnstap = (folder: string): Sighting[] =>
  queries(
    linesBy(folder, 'dns.dnstap', 'dnstap-read', (path) => [path]),
    /^(\S+) (\S+) [AC]Q ([0-9a-f.:]+):\d+ -> \S+ \S+ \S+ (.+)\/([^/]+)\/([^/]+)$/,
  );

function netflow(folder: string): Sighting[] {
  const columns = 'fmt:%ts,%pr,%sa,%da,%dp,%flg,%pkt';
  const rows = linesBy(folder, 'flows.nfcapd', 'nfdump', (path) => ['-q', '-6', '-r', path, '-o', columns]);
  const known: Record<string, string> = { TCP: 'tcp', UDP: 'udp', ICMP: 'icmp', ICMP6: 'icmp', SCTP: 'sctp' };
  return rows.flatMap((row) => {
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

function packets(folder: string): Iterable<Packet> {
  const [name] = FILES.pcap;
  const data = readRecorded(folder, name);
  return data === undefined ? [] : readPackets(data, join(folder, name));
}

/** First and last packet of every source in the capture, in milliseconds. */
export function readActivity(folder: string): Map<string, { first: number; last: number }> {
  const active = new Map<string, { first: number; last: number }>();
  for (const { source, time } of packets(folder)) {
    const known = active.get(source);
    if (known === undefined) active.set(source, { first: time, last: time });
    else known.last = time;
  }
  return active;
}

function pcap(folder: string): Sighting[] {
  const seen: Sighting[] = [];
  const flows = new Map<string, { by: Sighting; asked: boolean }>();
  for (const packet of packets(folder)) {
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
