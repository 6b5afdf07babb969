import { isoMicros } from '../base/iso-time.ts';
import { listed } from '../base/plain-words.ts';
import type { AllowEntry } from '../model/context.ts';
import { Outcome } from '../model/event.ts';
import { holdsActor } from './case.ts';
import type { Case, ContactedTarget, JudgedFinding } from './case.ts';

/**
 * The allowlist labels, it does not hide. What an entry covers (kind, time, schedule, target) is `authorised`; what it
 * does not cover is cut off into a second incident, the deviation.
 */
interface Split {
  readonly covered: Case | undefined;
  readonly rest: Case | undefined;
  /** Sentences that name the entries, their owners and ends, and why something was not covered. */
  readonly notes: readonly string[];
}

export function splitByAllowlist(of: Case, allowlist: readonly AllowEntry[]): Split {
  const notes: string[] = [];
  const entries = allowlist.filter(({ addresses }) => holdsActor(addresses, of.actor));
  for (const { name, addresses } of allowlist) {
    const some = of.actor.exact.filter(({ words, whole64 }) => !whole64 && addresses.has(words)).length;
    if (some > 0 && some < of.actor.exact.length) {
      notes.push(
        `Allowlist entry ${name} holds ${some} of the ${of.actor.exact.length} addresses it came from: not applied.`,
      );
    }
  }
  const live = entries.filter((entry) => {
    if (entry.until < of.first) {
      notes.push(
        `Allowlist entry ${entry.name} (owner ${entry.owner}) expired ${isoMicros(entry.until)}: not applied.`,
      );
      return false;
    }
    return true;
  });
  if (live.length === 0) return { covered: undefined, rest: of, notes };
  for (const entry of live) {
    const end = Number.isNaN(entry.until) ? 'without an end' : `until ${isoMicros(entry.until)}`;
    notes.push(`Allowlist entry ${entry.name}: ${entry.reason}; owner ${entry.owner}, ${end}.`);
  }

  const why = new Set<string>();
  const coveredBy = new Map<JudgedFinding, readonly AllowEntry[]>();
  for (const finding of of.findings) {
    const fits = live.filter((entry) => {
      const lack = missing(entry, finding);
      if (lack) why.add(lack);
      return lack === undefined;
    });
    if (fits.length > 0) coveredBy.set(finding, fits);
  }
  const inScope = (target: ContactedTarget): boolean =>
    [...coveredBy.values()].some((fits) =>
      fits.some(({ targets }) => targets === undefined || targets.has(target.words)),
    );
  const inside = new Map([...of.contacts].filter(([, target]) => inScope(target)));
  // Ordinary use of a public service elsewhere (a look-up, an update server) is not scanning it.
  const outside = new Map(
    [...of.contacts].filter(([, target]) => !inScope(target) && [...target.services.values()].some(isProbe)),
  );
  const covered = of.findings.filter((finding) => coveredBy.has(finding));
  const uncovered = of.findings.filter((finding) => !coveredBy.has(finding));

  if (covered.length === 0) return { covered: undefined, rest: of, notes: [...notes, ...why] };
  if (outside.size > 0) why.add(`Targets outside its scope: ${listed([...outside.keys()])}.`);
  if (uncovered.length === 0 && outside.size === 0) {
    return { covered: of, rest: undefined, notes };
  }
  const scoped = covered.filter(
    (finding) => finding.keys.every((key) => !outside.has(key)) || inside.size > 0,
  );
  const authorised =
    inside.size > 0 || of.contacts.size === 0
      ? { ...of, findings: scoped, contacts: uncovered.length === 0 ? inside : of.contacts }
      : undefined;
  // Findings that name an out-of-scope target go with it; those keyed otherwise may rest on it, so they go along too.
  const alongside = covered.filter(
    (finding) =>
      finding.keys.length === 0 || finding.keys.some((key) => outside.has(key) || !inside.has(key)),
  );
  const restFindings = uncovered.length > 0 ? uncovered : alongside.length > 0 ? alongside : covered;
  const rest: Case = {
    ...of,
    findings: restFindings,
    contacts: uncovered.length > 0 ? of.contacts : outside,
  };
  return { covered: authorised, rest, notes: [...notes, ...why] };
}

/** Why the entry does not cover the finding; undefined when it does. */
function missing(entry: AllowEntry, finding: JudgedFinding): string | undefined {
  if (entry.kinds.length > 0 && !entry.kinds.includes(finding.kind)) {
    return `Entry ${entry.name} does not allow ${finding.kind}, only ${listed(entry.kinds)}.`;
  }
  if (finding.time < entry.from) return `Entry ${entry.name} holds from ${isoMicros(entry.from)} on.`;
  if (finding.last > entry.until) return `Entry ${entry.name} ended ${isoMicros(entry.until)}.`;
  if (!inSchedule(entry, finding.time) || !inSchedule(entry, finding.last)) {
    return `Outside the schedule of entry ${entry.name}.`;
  }
  return undefined;
}

const minuteMicros = 60_000_000;
const dayMinutes = 1440;

/** A window that ends before it starts runs over midnight and belongs to the day it started on. */
function inSchedule({ schedule }: AllowEntry, time: number): boolean {
  if (!schedule) return true;
  const minutes = Math.floor(time / minuteMicros);
  const minute = ((minutes % dayMinutes) + dayMinutes) % dayMinutes;
  // 1 January 1970 was a Thursday.
  const weekday = (((Math.floor(minutes / dayMinutes) + 4) % 7) + 7) % 7;
  const on = (day: number): boolean => schedule.days.length === 0 || schedule.days.includes(day);
  if (schedule.start <= schedule.end) {
    return on(weekday) && minute >= schedule.start && minute < schedule.end;
  }
  return minute >= schedule.start ? on(weekday) : minute < schedule.end && on((weekday + 6) % 7);
}

function isProbe({ outcome, popular }: { outcome: number; popular: boolean }): boolean {
  return !(outcome === Outcome.answered && popular);
}
