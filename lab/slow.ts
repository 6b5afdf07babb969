// Makes a recording of ten days out of one of minutes, by rewriting its clock: some scans are stretched until a probe comes
// every minute, every half hour, every hour; everybody harmless comes back every day. Text logs only; truth.json beside.
// Usage: slow.ts RECORDING FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TruthActor, Truth } from './truth.ts';
import { isoMicros, judgeRecords } from './truth.ts';
import { shortAddress } from './packets.ts';
import { FILES, readRecorded, readSightings } from './sightings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 10;

/** Which scans are stretched: a probe every so many milliseconds, at most so many. */
const STRETCHED: Record<string, { every: number; most: number; note: string }> = {
  'masscan-ports-filtered': { every: HOUR, most: 240, note: 'one port an hour for ten days' },
  'hping3-increment': {
    every: 31 * MINUTE,
    most: 46,
    note: 'forty-six ports in a day, never ten in five minutes',
  },
  'masscan-445': { every: 90 * MINUTE, most: 30, note: 'one host every hour and a half' },
  'icmp-fping': { every: 25 * MINUTE, most: 60, note: 'one echo request every twenty-five minutes' },
  gobuster: { every: MINUTE, most: 300, note: 'a wordlist at one path a minute' },
  'gobuster-browser-agent': {
    every: 4 * MINUTE,
    most: 300,
    note: 'a wordlist at one path every four minutes, as a browser',
  },
  'ffuf-soft-404': {
    every: MINUTE,
    most: 300,
    note: 'a wordlist at one path a minute on a site that finds everything',
  },
  'dnsrecon-brute': { every: 2 * MINUTE, most: 400, note: 'a name every two minutes' },
};

interface Line {
  time: number;
  text: string;
}

/** How a log writes its time and its source. */
interface Log {
  file: string;
  stamp: RegExp;
  read(stamp: string): number;
  write(time: number): string;
  source: RegExp;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (n: number): string => String(n).padStart(2, '0');
const dayMonthYear = (date: Date, by: string): string =>
  [two(date.getUTCDate()), MONTHS[date.getUTCMonth()], date.getUTCFullYear()].join(by);

const webLog = (file: string): Log => ({
  file,
  stamp: /\[([^\]]+) \+0000\]/,
  read: (stamp) => Date.parse(`${stamp.slice(0, 11).replaceAll('/', ' ')} ${stamp.slice(12)} UTC`),
  write: (time) => `${dayMonthYear(new Date(time), '/')}:${new Date(time).toISOString().slice(11, 19)}`,
  source: /^(?:[^ :]+:\d+ )?([0-9a-f.:]+) /,
});

const LOGS: Log[] = [
  {
    file: 'firewall.log',
    stamp: /^(\S+)\+00:00/,
    read: (stamp) => Date.parse(`${stamp}Z`),
    write: (time) => isoMicros(time).slice(0, -1),
    source: / SRC=(\S+)/,
  },
  webLog('access.log'),
  webLog('access-vhost.log'),
  {
    file: 'dns-query.log',
    stamp: /^(\S+ \S+)/,
    read: (stamp) => Date.parse(`${stamp.slice(0, 11).replaceAll('-', ' ')} ${stamp.slice(12)} UTC`),
    write: (time) => `${dayMonthYear(new Date(time), '-')} ${new Date(time).toISOString().slice(11, 23)}`,
    source: /client @\S+ ([0-9a-f.:]+)#/,
  },
];

function restamp(log: Log, text: string, time: number): Line {
  const old = log.stamp.exec(text)![1];
  return { time, text: text.replace(old, log.write(time)) };
}

/** Writes the ten days made of the recording in `from` into `to`. */
export function makeSlow(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  const truth = JSON.parse(readFileSync(join(from, 'truth.json'), 'utf8')) as Truth;
  const byAddress = new Map<string, TruthActor>();
  for (const actor of truth.actors) for (const source of actor.sources) byAddress.set(source, actor);
  const start = Date.parse(truth.recorded);
  /** When a stretched actor did its last thing, per log. */
  const ends = new Map<string, number>();

  for (const log of LOGS) {
    const seen = new Map<string, number>();
    const out: Line[] = [];
    for (const text of readRecorded(from, log.file)!.toString('utf8').split('\n')) {
      const stamp = log.stamp.exec(text)?.[1];
      const actor = byAddress.get(shortAddress(log.source.exec(text)?.[1] ?? ''));
      if (stamp === undefined || actor === undefined) continue;
      const time = log.read(stamp);
      if (actor.benign) {
        for (let day = 0; day < DAYS; day++) out.push(restamp(log, text, time + day * DAY));
        continue;
      }
      const stretch = STRETCHED[actor.id];
      const n = seen.get(actor.id) ?? 0;
      if (stretch === undefined || n >= stretch.most) continue;
      seen.set(actor.id, n + 1);
      // A little unevenness, the same in every run: no scanner is a clock.
      const uneven = (((n * 7919) % 1000) / 1000 - 0.5) * 0.2 * stretch.every;
      const moved = start + HOUR + n * stretch.every + uneven;
      ends.set(actor.id, Math.max(ends.get(actor.id) ?? 0, moved));
      out.push(restamp(log, text, moved));
    }
    out.sort((a, b) => a.time - b.time);
    writeFileSync(join(to, log.file), out.map((line) => `${line.text}\n`).join(''));
  }

  const sightings = readSightings(to);
  const actors = truth.actors.flatMap((actor): TruthActor[] => {
    if (actor.benign) return [{ ...actor, end: isoMicros(Date.parse(actor.end) + (DAYS - 1) * DAY) }];
    const end = ends.get(actor.id);
    if (end === undefined) return [];
    return [
      { ...actor, note: STRETCHED[actor.id].note, start: isoMicros(start + HOUR), end: isoMicros(end) },
    ];
  });
  const made: Truth = {
    ...truth,
    sensors: { netfilter: FILES.netfilter, access: FILES.access, dns: FILES.dns },
    actors: actors.map((actor) => ({ ...actor, ...judgeRecords(actor, sightings) })),
  };
  writeFileSync(join(to, 'truth.json'), `${JSON.stringify(made, null, 1)}\n`);
}

if (process.argv[1] === import.meta.filename) makeSlow(process.argv[2], process.argv[3]);
