import { counted, listed } from '../base/plain-words.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import { assumedPrefix } from '../model/finding.ts';
import { severities } from '../model/incident.ts';
import type { Incident, Severity, Verdict } from '../model/incident.ts';
import { serviceName } from '../model/service.ts';
import type { Case, JudgedFinding } from './case.ts';
import type { Followed } from './followed.ts';
import { misconfigurationOf } from './misconfiguration.ts';
import { monitoringOf } from './monitoring.ts';
import { outboundClientOf } from './outbound-client.ts';
import { peerToPeerOf } from './peer-to-peer.ts';
import { sharedAddressOf } from './shared-address.ts';
import { usualFor } from './usual.ts';
import { deviationOf, intelWorth, tellingIntel } from './standing.ts';

/*
 * Three tables: severity, confidence, verdict (docs/incidents.md). Whatever holds is written into the incident's
 * score, so that a reader can redo the sum.
 */

export interface Judgement {
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly confidence: number;
  readonly score: Incident['score'];
  /** Why the verdict is not plain `scan`. */
  readonly why: readonly string[];
  /** What would mend it, for a misconfiguration. */
  readonly fix: string | undefined;
}

/**
 * How the case came here: as covered by the allowlist, as what of it the allowlist did not cover, as all that somebody did
 * whom it names and who kept to none of it, or as nobody's whom it names.
 */
export type Part = 'covered' | 'deviation' | 'outside' | 'whole';

/** Nothing was taken off it. */
const isWhole = (part: Part): boolean => part === 'whole' || part === 'outside';

// ---------------------------------------------------------------- severity

/** What the severity table asks about. */
interface Facts {
  readonly of: Case;
  readonly part: Part;
  readonly followed: readonly Followed[];
  readonly ports: number;
  /** Services that answered and are not popular: 'tcp/8443 at 198.51.100.4'. */
  readonly privateAnswers: readonly string[];
  /** What a verified scanner did that it is not known for. */
  readonly deviation: string | undefined;
}

interface SeverityRule {
  readonly severity: Severity;
  readonly what: string;
  /** The particulars when it holds; undefined when it does not. */
  holds(facts: Facts): string | undefined;
}

/** From this many distinct ports on, a scan is medium whatever answered. */
const manyPorts = 100;

const has = ({ findings }: Case, kind: JudgedFinding['kind']): boolean =>
  findings.some((finding) => finding.kind === kind);
const step = (followed: readonly Followed[], wanted: Followed['step']): Followed | undefined =>
  followed.find((item) => item.step === wanted);

const severityTable: readonly SeverityRule[] = [
  {
    severity: 'critical',
    what: 'exploit request answered 2xx, and a login or a call-back',
    holds: ({ followed }) => {
      const exploit = step(followed, 'exploit');
      const after = step(followed, 'login') ?? step(followed, 'callback');
      return exploit && after ? `${exploit.what}; ${after.what}` : undefined;
    },
  },
  {
    severity: 'high',
    what: 'probed, then succeeded',
    holds: ({ followed }) => followed.find((item) => item.step !== null)?.what,
  },
  {
    severity: 'high',
    what: 'trap touched',
    holds: ({ of }) => {
      const touched = of.findings.find(({ kind }) => kind === 'trap');
      return touched && (touched.reasons.at(0) ?? 'one').replace(/^touched /, '');
    },
  },
  {
    severity: 'high',
    what: 'source inside the home networks',
    holds: ({ of }) => (of.actor.inside ? of.actor.address : undefined),
  },
  {
    severity: 'medium',
    what: 'a service that is not public answered',
    holds: ({ privateAnswers }) => (privateAnswers.length > 0 ? listed(privateAnswers, 3) : undefined),
  },
  {
    severity: 'medium',
    what: `${manyPorts} ports or more`,
    holds: ({ ports }) => (ports >= manyPorts ? counted(ports, 'port') : undefined),
  },
  {
    severity: 'medium',
    what: 'stealth',
    holds: ({ of }) =>
      has(of, 'stealth') || (of.flagsAll & Flag.stealth) !== 0 ? 'packets of impossible shape' : undefined,
  },
  {
    severity: 'medium',
    what: 'an authorised scanner outside what was authorised',
    holds: ({ part }) => (part === 'deviation' || part === 'outside' ? 'at least medium' : undefined),
  },
  {
    severity: 'medium',
    what: 'a known scanner outside what it is known for',
    holds: ({ deviation }) => (deviation === undefined ? undefined : 'at least medium'),
  },
  { severity: 'low', what: 'external, nothing of note answered', holds: () => 'the least a scan gets' },
];

/** Verdicts that are told, not alerted. */
const informational = new Set<Verdict>([
  'authorised',
  'known-scanner',
  'background',
  'misconfiguration',
  'benign',
]);

function severityOf(facts: Facts, verdict: Verdict): { severity: Severity; score: Incident['score'] } {
  const value = (severity: Severity): number => severities.indexOf(severity);
  if (informational.has(verdict) && facts.deviation === undefined) {
    return { severity: 'info', score: [{ what: `severity info: ${verdict}`, value: value('info') }] };
  }
  const score: Incident['score'] = [];
  let severity: Severity = 'low';
  for (const rule of severityTable) {
    const particulars = rule.holds(facts);
    if (particulars === undefined) continue;
    if (rule.severity === 'low' && score.length > 0) continue;
    score.push({
      what: `severity ${rule.severity}: ${rule.what} (${particulars})`,
      value: value(rule.severity),
    });
    if (value(rule.severity) > value(severity)) severity = rule.severity;
  }
  const cap =
    verdict === 'insufficient'
      ? 'the evidence is insufficient'
      : facts.of.findings.every(({ kind }) => kind === 'first-contact')
        ? 'first contacts alone'
        : undefined;
  if (cap && value(severity) > value('low')) {
    severity = 'low';
    score.push({ what: `severity at most low: ${cap}`, value: value('low') });
  }
  return { severity, score };
}

// -------------------------------------------------------------- confidence

interface ConfidenceFactor {
  readonly what: string;
  readonly factor: number;
  holds(of: Case): boolean;
}

/** Only the smallest factor that holds is applied. */
const confidenceFactors: readonly ConfidenceFactor[] = [
  {
    what: 'every sensor logs only what it refused',
    factor: 0.8,
    holds: ({ flagsAll, contacts, pages }) =>
      (flagsAll & Flag.dropsOnly) !== 0 && contacts.size > 0 && pages.size === 0,
  },
  { what: 'sampled', factor: 0.9, holds: ({ flagsAll }) => (flagsAll & Flag.sampled) !== 0 },
  { what: 'decoys: at most one of the sources is real', factor: 0.5, holds: ({ actor }) => actor.decoys },
];

/** 0.7 at the threshold, 0.97 at four times it and beyond. */
export function findingConfidence(strength: number): number {
  return 0.7 + 0.27 * Math.min(1, Math.max(0, Math.log2(strength)) / 2);
}

function confidenceOf(of: Case): { scan: number; attributed: number; score: Incident['score'] } {
  const score: Incident['score'] = [];
  let doubt = 1;
  for (const { detector, kind, strength } of of.findings) {
    const confidence = findingConfidence(strength);
    doubt *= 1 - confidence;
    score.push({
      what: `confidence: ${kind} by ${detector}, ${round(strength, 1)} times its threshold`,
      value: round(confidence, 3),
    });
  }
  const combined = 1 - doubt;
  if (of.findings.length > 1)
    score.push({ what: 'confidence: combined, 1 − Π(1 − c)', value: round(combined, 3) });
  // Intelligence supports: it cannot make thin evidence enough, so it counts for the sum alone.
  let doubtWithIntel = doubt;
  for (const listing of tellingIntel(of.standing)) {
    const worth = intelWorth(listing);
    doubtWithIntel *= 1 - worth;
    score.push({ what: `confidence: listed in ${listing.entry.list.name}`, value: round(worth, 3) });
  }
  const apply = (confidence: number, factors: readonly ConfidenceFactor[]): number =>
    factors.reduce((least, { factor }) => Math.min(least, factor), 1) * confidence;
  const holding = confidenceFactors.filter((factor) => factor.holds(of));
  const smallest = holding.toSorted((x, y) => x.factor - y.factor)[0];
  if (smallest) score.push({ what: `confidence: times, ${smallest.what}`, value: smallest.factor });
  return {
    // Decoys make the source doubtful, not the scan: they cannot make the evidence insufficient.
    scan: apply(
      combined,
      holding.filter((factor) => factor !== confidenceFactors[2]),
    ),
    attributed: apply(1 - doubtWithIntel, holding),
    score,
  };
}

// ----------------------------------------------------------------- verdict

/** Below this the evidence is insufficient. */
const confidenceAtLeast = 0.5;

interface VerdictRule {
  readonly verdict: Verdict;
  holds(of: Case, part: Part, scanConfidence: number): string | undefined;
}

/** The first that holds is the verdict. */
const verdictTable: readonly VerdictRule[] = [
  {
    verdict: 'authorised',
    holds: (_, part) => (part === 'covered' ? 'Covered by the allowlist.' : undefined),
  },
  {
    verdict: 'background',
    holds: ({ findings }) =>
      findings.every(({ kind }) => kind === 'background')
        ? 'Unrelated sources with a probe or two each: the noise that every address hears.'
        : undefined,
  },
  {
    verdict: 'known-scanner',
    holds: ({ standing: { identity } }, part) =>
      isWhole(part) && identity?.list.kind === 'scanner' ? identity.how : undefined,
  },
  {
    verdict: 'insufficient',
    holds: ({ findings }) => {
      const assumed = findings.map(({ caveats }) =>
        caveats.find((caveat) => caveat.startsWith(assumedPrefix)),
      );
      return assumed.every((caveat) => caveat !== undefined)
        ? `Only an assumed count crosses a threshold: ${[...new Set(assumed.map((caveat) => caveat.slice(assumedPrefix.length).trim()))].join('; ')}.`
        : undefined;
    },
  },
  {
    verdict: 'insufficient',
    holds: (_, __, confidence) =>
      confidence < confidenceAtLeast
        ? `Confidence ${confidence.toFixed(2)} is below ${confidenceAtLeast}.`
        : undefined,
  },
  {
    verdict: 'insufficient',
    holds: (of, part) => (isWhole(part) ? sharedAddressOf(of) : undefined),
  },
  {
    verdict: 'misconfiguration',
    holds: (of, part) => (isWhole(part) ? misconfigurationOf(of)?.reason : undefined),
  },
  {
    verdict: 'benign',
    holds: (of, part) =>
      isWhole(part)
        ? (crawlerOf(of) ?? peerToPeerOf(of) ?? monitoringOf(of) ?? outboundClientOf(of) ?? usualFor(of))
        : undefined,
  },
  { verdict: 'scan', holds: () => '' },
];

/** A verified crawler that does what crawlers do. */
function crawlerOf(of: Case): string | undefined {
  const { identity } = of.standing;
  return identity?.list.kind === 'bot' && oddities(of, []) === undefined ? identity.how : undefined;
}

/** What a verified scanner or crawler did that it is not known for. */
function oddities(of: Case, followed: readonly Followed[]): string | undefined {
  const { identity } = of.standing;
  if (!identity) return undefined;
  return deviationOf(identity, {
    kinds: [...new Set(of.findings.map(({ kind }) => kind))].sort(),
    services: [...new Set([...of.contacts.values()].flatMap(({ services }) => [...services.keys()]))],
    logins: of.logins.length,
    followed: followed.filter((item) => item.step !== null).map(({ what }) => what),
  });
}

export function judge(of: Case, part: Part, followed: readonly Followed[]): Judgement {
  const confidence = confidenceOf(of);
  const rule = verdictTable.find((row) => row.holds(of, part, confidence.scan) !== undefined)!;
  // Somebody who got in is no misconfigured client and no peer, whatever it looked like before.
  const lenient = rule.verdict === 'misconfiguration' || rule.verdict === 'benign';
  const escalated = lenient && followed.some((item) => item.step !== null);
  const verdict = escalated ? 'scan' : rule.verdict;
  const odd = isWhole(part) ? oddities(of, followed) : undefined;
  const why = [escalated ? '' : rule.holds(of, part, confidence.scan)!];
  // A crawler that did something else is named all the same.
  if (odd !== undefined && rule.verdict !== 'known-scanner') why.push(of.standing.identity!.how);
  why.push(odd ?? '');
  const facts: Facts = {
    of,
    part,
    followed,
    ports: portsOf(of),
    privateAnswers: privateAnswersOf(of),
    deviation: verdict === 'known-scanner' ? odd : undefined,
  };
  const { severity, score } = severityOf(facts, verdict);
  return {
    verdict,
    severity,
    confidence: round(Math.min(0.999, confidence.attributed), 3),
    score: [...score, ...confidence.score],
    why: why.filter((text) => text !== ''),
    fix: verdict === 'misconfiguration' ? misconfigurationOf(of)?.fix : undefined,
  };
}

/** Distinct services over all targets. */
export function portsOf({ contacts }: Case): number {
  const services = new Set<number>();
  for (const target of contacts.values()) for (const service of target.services.keys()) services.add(service);
  return services.size;
}

function privateAnswersOf({ contacts }: Case): string[] {
  const found: string[] = [];
  for (const [address, { services }] of contacts) {
    for (const [service, { outcome, popular }] of services) {
      const proto = service >>> 16;
      // An answered ping says that a host is up; a service is something that listens.
      if (proto === Proto.icmp || proto === Proto.icmp6 || proto === Proto.arp) continue;
      if (outcome === Outcome.answered && !popular) found.push(`${serviceName(service)} at ${address}`);
    }
  }
  return found.sort();
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
