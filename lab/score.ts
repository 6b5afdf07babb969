// Scores what `offtrail detect --json` said of a recording against the recording's truth. Pure: no files, no processes.
import { BlockList, isIPv6 } from 'node:net';
import type { Kind } from '../src/model/finding.ts';
import type { Incident, Summary } from '../src/model/incident.ts';
import type { Sensor } from './sightings.ts';
import type { Truth, TruthActor } from './truth.ts';

/** One sensor, or all of them together. */
export type View = Sensor | 'all';

/** What one run of `detect` over the files of a view said; without a summary it did not end well. */
export interface Run {
  view: View;
  incidents: Incident[];
  summary: Summary | undefined;
  /** What went wrong, if it did. */
  error?: string;
}

interface ScanScore {
  id: string;
  kinds: Kind[];
  /** Kinds that this view can show, and whether an incident of the actor names them. */
  expected: { kind: Kind; named: boolean }[];
  /** Incidents about the actor whose verdict is that of a scan. The goal is one. */
  incidents: number;
  /** Seconds from its first packet to the first crossing; undefined where it was missed. */
  delay: number | undefined;
  note: string;
}

interface FalseAlarm {
  id: string;
  address: string;
  severity: string;
  verdict: string;
  kinds: string[];
  what: string;
}

export interface ViewScore {
  view: View;
  /** `not yet`: none of its files has a reader. */
  state: 'scored' | 'not yet' | 'failed';
  scans: ScanScore[];
  falseAlarms: FalseAlarm[];
  benign: number;
  error?: string;
}

/** Verdicts that say: this was a scan, whoever it was. */
const FOUND = new Set(['scan', 'known-scanner', 'authorised']);

function names(incident: Incident, sources: readonly string[]): boolean {
  const { address, addresses, prefix } = incident.actor;
  // An IPv6 actor is a /64, as its prefix or as its address.
  return [address, prefix ?? '', ...addresses].some((text) =>
    sources.some((source) => source === text || within(source, text)),
  );
}

/** A wider prefix only says where the named addresses live; it accuses nobody else in it. */
const ONE_HOST = 64;

function within(source: string, prefix: string): boolean {
  const [base, bits] = prefix.split('/');
  if (bits === undefined || !isIPv6(base) || Number(bits) < ONE_HOST || !isIPv6(source)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), 'ipv6');
  return list.check(source, 'ipv6');
}

const seconds = (iso: string): number => Date.parse(iso) / 1000;

/** A quiet hour ends an episode: what is further away is about something else. */
const EPISODE = 3600;

function overlaps(incident: Incident, actor: TruthActor): boolean {
  return (
    seconds(incident.first) <= seconds(actor.end) + EPISODE &&
    seconds(incident.last) >= seconds(actor.start) - EPISODE
  );
}

function scoreScan(actor: TruthActor, view: View, incidents: readonly Incident[]): ScanScore | undefined {
  const can = actor.expected.filter((one) =>
    view === 'all' ? one.shownBy.length > 0 : one.shownBy.includes(view),
  );
  if (can.length === 0) return undefined;
  const hits = incidents.filter(
    (one) => FOUND.has(one.verdict) && names(one, actor.sources) && overlaps(one, actor),
  );
  const detected = hits.map((one) => seconds(one.detected ?? one.first));
  return {
    id: actor.id,
    kinds: actor.kinds,
    expected: can.map(({ kind }) => ({ kind, named: hits.some((one) => one.kinds.includes(kind)) })),
    incidents: hits.length,
    // Logs with whole seconds may date a probe before its packet.
    delay: hits.length === 0 ? undefined : Math.max(0, Math.min(...detected) - seconds(actor.start)),
    note: actor.note ?? '',
  };
}

function falseAlarms(truth: Truth, incidents: readonly Incident[]): FalseAlarm[] {
  const scanners = truth.actors.filter((actor) => !actor.benign);
  const harmless = truth.actors.filter((actor) => actor.benign);
  return incidents.flatMap((incident) => {
    if (incident.severity === 'info' || scanners.some((actor) => names(incident, actor.sources))) return [];
    const actor = harmless.find((one) => names(incident, one.sources));
    const forged = scanners.find((one) => names(incident, one.decoys ?? []));
    if (forged !== undefined && incident.spoofable) return [];
    return [
      {
        id: actor?.id ?? (forged === undefined ? 'nobody' : `decoy of ${forged.id}`),
        address: incident.actor.address,
        severity: incident.severity,
        verdict: incident.verdict,
        kinds: incident.kinds,
        what: actor?.note ?? '',
      },
    ];
  });
}

export function scoreView(truth: Truth, run: Run): ViewScore {
  const benign = truth.actors.filter(
    (actor) => actor.benign && (run.view === 'all' || actor.records[run.view] !== undefined),
  ).length;
  const scans = truth.actors
    .filter((actor) => !actor.benign)
    .flatMap((actor) => scoreScan(actor, run.view, run.incidents) ?? []);
  const base = { view: run.view, scans, benign, falseAlarms: falseAlarms(truth, run.incidents) };
  if (run.summary === undefined) return { ...base, state: 'failed', error: run.error ?? 'no summary' };
  // A reader knows its files; a format of null is a file that nothing could read.
  const read = run.summary.inputs.some((input) => input.format !== null && input.events > 0);
  return { ...base, state: read ? 'scored' : 'not yet' };
}

interface Totals {
  scans: number;
  found: number;
  /** Found scans per incident about them; 1 is the goal. */
  perScan: number;
  most: number;
  medianDelay: number | undefined;
  longestDelay: number | undefined;
  /** Benign actors (and nobodies) with an incident above info. */
  accused: number;
}

export function totals(score: ViewScore): Totals {
  const found = score.scans.filter((scan) => scan.incidents > 0);
  const delays = found.map((scan) => scan.delay ?? 0).sort((a, b) => a - b);
  return {
    scans: score.scans.length,
    found: found.length,
    perScan: found.reduce((sum, scan) => sum + scan.incidents, 0) / Math.max(1, found.length),
    most: Math.max(0, ...found.map((scan) => scan.incidents)),
    medianDelay: delays[Math.floor((delays.length - 1) / 2)],
    longestDelay: delays.at(-1),
    accused: new Set(
      score.falseAlarms.map((alarm) => `${alarm.id} ${alarm.id === 'nobody' ? alarm.address : ''}`),
    ).size,
  };
}

interface Recall {
  wanted: number;
  found: number;
  named: number;
}

/** Per kind: how many scans of that kind this view could show, found at all, and found by that name. */
export function recall(score: ViewScore): Map<Kind, Recall> {
  const table = new Map<Kind, Recall>();
  for (const scan of score.scans) {
    for (const { kind, named } of scan.expected) {
      const row = table.get(kind) ?? { wanted: 0, found: 0, named: 0 };
      table.set(kind, {
        wanted: row.wanted + 1,
        found: row.found + (scan.incidents > 0 ? 1 : 0),
        named: row.named + (named ? 1 : 0),
      });
    }
  }
  return table;
}
