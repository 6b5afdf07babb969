import { isoMicros } from '../base/iso-time.ts';
import { counted, grouped, listed } from '../base/plain-words.ts';
import { lackAt } from '../model/allowed-time.ts';
import type { AllowEntry } from '../model/context.ts';
import { Outcome } from '../model/event.ts';
import { exploitOf } from '../wire/exploit-words.ts';
import { cutByKind, joinCases } from './case-parts.ts';
import { holdsActor } from './case.ts';
import type { Case, ContactedTarget, JudgedFinding } from './case.ts';
import { splitPage } from './exploit.ts';

/**
 * The allowlist labels, it does not hide. What an entry covers (kind, time, schedule, target) is `authorised`; what it
 * does not cover is cut off into a second incident, the deviation.
 */
interface Split {
  readonly covered: Case | undefined;
  readonly rest: Case | undefined;
  /** An entry speaks of the actor and of its time, but covers nothing of what it did. */
  readonly outside: boolean;
  /** Sentences that name the entries, their owners and ends, and why something was not covered. */
  readonly notes: readonly string[];
}

/** What was done in the hours and at the targets of the entries, and what was done otherwise; undefined: nothing. */
interface CaseParts {
  readonly covered: Case | undefined;
  readonly beyond: Case | undefined;
}

/** So much that failed makes a deviation of what came at another hour and crossed no threshold by itself. */
const strayAtLeast = 5;

export function splitByAllowlist(
  of: Case,
  allowlist: readonly AllowEntry[],
  partsBy: (entries: readonly AllowEntry[]) => CaseParts,
): Split {
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
  if (live.length === 0) return { covered: undefined, rest: of, outside: false, notes };
  for (const entry of live) {
    const end = Number.isNaN(entry.until) ? 'without an end' : `until ${isoMicros(entry.until)}`;
    notes.push(`Allowlist entry ${entry.name}: ${entry.reason}; owner ${entry.owner}, ${end}.`);
  }

  const allows = ({ kind }: JudgedFinding): boolean =>
    live.some(({ kinds }) => kinds.length === 0 || kinds.includes(kind));
  const why = new Set<string>();
  for (const { kind } of of.findings.filter((finding) => !allows(finding))) {
    for (const { name, kinds } of live)
      why.add(`Entry ${name} does not allow ${kind}, only ${listed(kinds)}.`);
  }
  const parts = partsBy(live);
  const beyond = deviating(parts.beyond, live);
  if (beyond) for (const lack of lacksOf(beyond, live)) why.add(lack);
  else if (parts.beyond && strays(parts.beyond) > 0) {
    notes.push(
      `${counted(strays(parts.beyond), 'try', 'tries')} at another hour, fewer than ${strayAtLeast}: no deviation.`,
    );
  }
  const inside = parts.covered && withFindings(parts.covered, of, allows);
  if (!inside) return { covered: undefined, rest: of, outside: true, notes: [...notes, ...why] };
  const { kept, cut } = cutByKind(inside, allows);
  if (!cut && !beyond) return { covered: of, rest: undefined, outside: false, notes };
  const rest = beyond && withFindings(beyond, of, () => true);
  const deviation = cut && rest ? joinCases(cut, rest) : (cut ?? rest);
  return {
    covered: kept,
    rest: deviation && {
      ...deviation,
      findings: deviation.findings.map((one) => mixed(one, deviation, kept)),
    },
    outside: false,
    notes: [...notes, ...why],
  };
}

/** Why the entries do not hold what the part has. */
function lacksOf(part: Case, live: readonly AllowEntry[]): string[] {
  const outside = [...part.contacts].filter(([, target]) => !inScope(target, live)).map(([text]) => text);
  return [
    ...live.flatMap((entry) => lackAt(entry, part.first) ?? lackAt(entry, part.last) ?? []),
    ...(outside.length > 0 ? [`Targets outside its scope: ${listed(outside)}.`] : []),
  ];
}

const inScope = ({ words }: ContactedTarget, live: readonly AllowEntry[]): boolean =>
  live.some(({ targets }) => targets === undefined || targets.has(words));

/** The part without ordinary use of public services; undefined when that is all there was. */
function deviating(part: Case | undefined, live: readonly AllowEntry[]): Case | undefined {
  if (!part) return undefined;
  const contacts = new Map(
    [...part.contacts].filter(([, target]) => [...target.services.values()].some(isProbe)),
  );
  const elsewhere = [...contacts.values()].some((target) => !inScope(target, live));
  const deviates = part.findings.length > 0 || elsewhere || strays(part) >= strayAtLeast;
  return deviates ? { ...part, contacts } : undefined;
}

/** What failed, as scans do: ordinary work goes on at all hours. */
function strays({ contacts, pages, names }: Case): number {
  let failed = 0;
  for (const { services } of contacts.values()) {
    for (const { outcome } of services.values()) if (outcome !== Outcome.answered) failed++;
  }
  for (const [key, { status }] of pages) {
    if (status >= 400 || exploitOf(splitPage(key)[1]) !== undefined) failed++;
  }
  for (const { rcode } of names.values()) if (rcode === nameError) failed++;
  return failed;
}

const nameError = 3;

function isProbe({ outcome, popular }: { outcome: number; popular: boolean }): boolean {
  return !(outcome === Outcome.answered && popular);
}

/**
 * The part with what stands of it in findings. A count that crossed its threshold in the other part went on in this one:
 * then it stands here for its share. Rules and traps speak of single events, which are where they are.
 */
function withFindings(part: Case, of: Case, allows: (finding: JudgedFinding) => boolean): Case | undefined {
  if (part.findings.some(allows)) return part;
  const share = sizeOf(part) / Math.max(1, sizeOf(of));
  const goneOn = of.findings
    .filter(
      (finding) =>
        allows(finding) && finding.crossings.length > 0 && !finding.rules && finding.kind !== 'trap',
    )
    .map((finding): JudgedFinding => ({
      ...finding,
      time: part.first,
      last: part.last,
      crossings: [],
      keys: [],
      crossed: 0,
      strength: Math.max(1, finding.strength * share),
      reasons: [
        `Score of ${finding.kind}: its threshold was crossed in the other part; of ${grouped(sizeOf(of))} tries ` +
          `${grouped(sizeOf(part))} are here, and it is taken in proportion.`,
      ],
      caveats: [],
    }));
  return goneOn.length === 0
    ? undefined
    : { ...part, findings: [...part.findings, ...goneOn].sort((x, y) => x.time - y.time) };
}

function sizeOf({ contacts, pages, names }: Case): number {
  let services = 0;
  for (const target of contacts.values()) services += target.services.size;
  return services + pages.size + names.size;
}

/** Says so where what was counted is in both parts. */
function mixed(finding: JudgedFinding, { contacts }: Case, kept: Case): JudgedFinding {
  const own = (key: string): boolean => contacts.has(key) && !kept.contacts.has(key);
  if (finding.crossings.length === 0 || finding.keys.every(own) || kept.contacts.size === 0) return finding;
  const caveat = 'its counts hold what was authorised, too.';
  return { ...finding, caveats: [...finding.caveats, caveat] };
}
