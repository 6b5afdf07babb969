// A generated day of a mid-size site: Zeek's conn.log and dns.log and an access log, with everything harmless that looks a
// little like a scan at realistic rates, and scans planted. The same seed gives the same bytes.
// Usage: day.ts FOLDER [EVENTS [SEED]]     default: 5,000,000 events, seed 1
import { createWriteStream, mkdirSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Incident } from '../src/model/incident.ts';
import { benignMinutes } from './day-benign.ts';
import type { Logs } from './day-benign.ts';
import { plantScans } from './day-scans.ts';
import type { Planted } from './day-scans.ts';
import { connHeader, day, dnsHeader, minute } from './log-lines.ts';
import type { Line } from './log-lines.ts';

export const dayHome = ['198.51.100.0/24', '10.20.0.0/16', '2001:db8:51::/48'];
export const dayFiles = { conn: 'conn.log', access: 'access.log', dns: 'dns.log' } as const;
/** Other incidents above low that a day may have. */
export const othersAtMost = 5;
type Name = keyof typeof dayFiles;
const names = Object.keys(dayFiles) as Name[];
/** Lines of a day at scale 1, and those that do not grow with it (monitoring, balancers, scans), about. */
const eventsAtScale = 5_594_000;
const fixedEvents = 79_000;

const empty = (): Logs => ({ conn: [], access: [], dns: [] });

/** The day, minute by minute: the text that each log grows by. */
export function* dayMinutes(seed: number, events: number): Generator<Record<Name, string>> {
  const benign = benignMinutes(seed, Math.max(0.002, (events - fixedEvents) / eventsAtScale));
  const planted = empty();
  plantScans(planted);
  for (const name of names) planted[name].sort((x, y) => x.written - y.written);
  const next = { conn: 0, access: 0, dns: 0 };
  let waiting = empty();
  yield {
    conn: connHeader.map((line) => `${line}\n`).join(''),
    access: '',
    dns: dnsHeader.map((line) => `${line}\n`).join(''),
  };
  for (let at = 0; at <= day; at += minute) {
    const now = waiting;
    if (at < day) benign(now, at);
    waiting = empty();
    const end = at < day ? at + minute : Infinity;
    const out = { conn: '', access: '', dns: '' };
    for (const name of names) {
      for (; next[name] < planted[name].length && planted[name][next[name]].written < end; next[name]++)
        now[name].push(planted[name][next[name]]);
      // A flow is written when it is over: perhaps in another minute.
      const due: Line[] = [];
      for (const line of now[name]) (line.written < end ? due : waiting[name]).push(line);
      due.sort((x, y) => x.written - y.written);
      out[name] = due.map(({ text }) => `${text}\n`).join('');
    }
    yield out;
  }
}

/** Who was planted. */
export const dayTruth = (): Planted[] => plantScans(empty());

interface DayScore {
  readonly found: string[];
  readonly missed: string[];
  /** Incidents above low that nobody planted. */
  readonly others: Incident[];
  readonly low: number;
}

/** Every planted scan must be in an incident with the verdict of a scan, of one of its kinds; most of a campaign's sources too. */
export function scoreDay(incidents: readonly Incident[]): DayScore {
  const truth = dayTruth();
  const scans = incidents.filter(({ verdict }) => verdict === 'scan');
  const isPlanted = ({ actor }: Incident): boolean =>
    truth.some(({ sources }) =>
      sources.some((source) => actor.addresses.includes(source) || actor.prefix === source),
    );
  const found: string[] = [];
  const missed: string[] = [];
  for (const { id, sources, kinds } of truth) {
    const hit = scans.some(
      ({ actor, kinds: said }) =>
        kinds.some((kind) => said.includes(kind)) &&
        (sources.includes(actor.prefix ?? '') ||
          sources.filter((source) => actor.addresses.includes(source)).length * 2 >= sources.length),
    );
    (hit ? found : missed).push(id);
  }
  const strange = incidents.filter((incident) => !isPlanted(incident));
  return {
    found,
    missed,
    others: strange.filter(({ severity }) => severity !== 'info' && severity !== 'low'),
    low: strange.filter(({ severity }) => severity === 'low').length,
  };
}

export async function writeDay(folder: string, events = 5_000_000, seed = 1): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const streams = Object.fromEntries(
    names.map((name) => [name, createWriteStream(join(folder, dayFiles[name]))]),
  ) as Record<Name, WriteStream>;
  let lines = 0;
  for (const minuteOf of dayMinutes(seed, events)) {
    for (const name of names) {
      const text = minuteOf[name];
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines++;
      if (!streams[name].write(text)) await once(streams[name], 'drain');
    }
  }
  for (const name of names) {
    streams[name].end();
    await finished(streams[name]);
  }
  return lines - connHeader.length - dnsHeader.length;
}

if (process.argv[1] === import.meta.filename) {
  const [folder, events = '5000000', seed = '1'] = process.argv.slice(2);
  const lines = await writeDay(folder, Number(events), Number(seed));
  process.stdout.write(`${lines} events in ${folder}\n`);
}
