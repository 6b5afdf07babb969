import { isoMicros } from '../base/iso-time.ts';
import { counted, windowName } from '../base/plain-words.ts';
import type { AllowEntry, Context } from '../model/context.ts';
import type { Dossier, RunFacts } from '../model/dossier.ts';
import { Outcome } from '../model/event.ts';
import type { Evidence, Kind } from '../model/finding.ts';
import { severities } from '../model/incident.ts';
import type { FindingView, Incident } from '../model/incident.ts';
import { rcodeNames } from '../wire/dns-words.ts';
import { groupActors } from './actor.ts';
import type { Group } from './actor.ts';
import { aimsAtHome, withoutOrdinaryUse } from './aim.ts';
import { partsOf } from './allowed-parts.ts';
import { splitByAllowlist } from './authorised.ts';
import type { ActorIdentity, Case, JudgedFinding } from './case.ts';
import { firstProbes } from './concerned.ts';
import { compareTexts, correlate } from './correlate.ts';
import { splitPage } from './exploit.ts';
import { followedBy, followedView, successesOf } from './followed.ts';
import type { Followed, Others } from './followed.ts';
import { incidentId } from './incident-id.ts';
import { assetView, learnedFrom, targetViews } from './notebook.ts';
import { ruleView } from './rule-words.ts';
import { markReturns } from './returning.ts';
import { sourceText } from './standing.ts';
import { blindnessOf, flipsFor, reasonsFor } from './story.ts';
import { techniquesOf } from './techniques.ts';
import { Habits } from './usual.ts';
import { judge, portsOf } from './verdict.ts';
import type { Part } from './verdict.ts';

const pathLimit = 200;
const crossingLimit = 12;

/**
 * Dossiers in, incidents out: who (actor.ts), what is known of him (correlate.ts), what of it was allowed
 * (authorised.ts), how bad and how sure (verdict.ts), and the words for it (story.ts). Pure: the order of `dossiers` does
 * not matter, and no clock is read.
 */
export function judgeAll(dossiers: readonly Dossier[], facts: RunFacts, context: Context): Incident[] {
  const incidents: Incident[] = [];
  const groups = new Map<ActorIdentity, Group>();
  const habits = new Habits(dossiers, facts.book);
  const cases = groupActors(dossiers, facts.book, context.home)
    .map((group) => {
      const of = correlate(group, facts, context);
      groups.set(of.actor, group);
      return of;
    })
    .filter(({ findings }) => findings.length > 0)
    .map((of): Case => ({ ...of, usual: habits.before(of.actor.address, of.first) }));
  const others: Others = { logins: facts.logins, exploits: cases.flatMap(successesOf), inputs: facts.inputs };
  const probedFirst = firstProbes(cases);
  for (const known of cases) {
    const foundFirst =
      probedFirst.size === 0
        ? []
        : [...known.contacts.keys()].filter((address) => probedFirst.get(address) === known);
    const whole: Case = foundFirst.length === 0 ? known : { ...known, foundFirst: new Set(foundFirst) };
    const group = groups.get(whole.actor)!;
    const { covered, rest, outside, notes } = splitByAllowlist(whole, context.allowlist, (entries) => ({
      covered: partOf(whole, group, 'covered', entries, facts, context),
      beyond: partOf(whole, group, 'beyond', entries, facts, context),
    }));
    if (!covered) {
      incidents.push(incidentOf(whole, outside ? 'outside' : 'whole', facts, others, notes));
      continue;
    }
    const authorised = incidentOf(covered, 'covered', facts, others, notes);
    incidents.push(authorised);
    if (rest) {
      const deviation = incidentOf(rest, 'deviation', facts, others, notes);
      deviation.context.push(`The authorised part is incident ${authorised.id}.`);
      authorised.context.push(`What was not covered is incident ${deviation.id}.`);
      incidents.push(deviation);
    }
  }
  markReturns(incidents);
  return incidents.sort(byImportance);
}

/** What of the case is in the hours and at the targets of the entries, or is not; undefined: nothing. */
function partOf(
  of: Case,
  group: Group,
  which: 'covered' | 'beyond',
  entries: readonly AllowEntry[],
  facts: RunFacts,
  context: Context,
): Case | undefined {
  const dossiers = group.dossiers
    .map((dossier) => partsOf(dossier, entries, facts.book)[which])
    .filter(({ findings, events }) => findings.length > 0 || events > 0);
  if (dossiers.length === 0) return undefined;
  const { actor, standing, usual, foundFirst } = of;
  return { ...correlate({ ...group, dossiers }, facts, context), actor, standing, usual, foundFirst };
}

/** What matters first: severity, then confidence, then the earlier, then the id. */
function byImportance(x: Incident, y: Incident): number {
  return (
    severities.indexOf(y.severity) - severities.indexOf(x.severity) ||
    y.confidence - x.confidence ||
    compareTexts(x.first, y.first) ||
    compareTexts(x.id, y.id)
  );
}

function incidentOf(
  of: Case,
  part: Part,
  facts: RunFacts,
  others: Others,
  notes: readonly string[],
): Incident {
  const followed = followedBy(of, others);
  const judgement = judge(of, part, followed);
  // What explains a case away is all that it did; a scan is told without the rest.
  const { own, ordinary } = judgement.verdict === 'scan' ? withoutOrdinaryUse(of) : { own: of, ordinary: 0 };
  const kinds = [...new Set(of.findings.map(({ kind }) => kind))];
  return {
    type: 'incident',
    id: incidentId(of, part === 'deviation' ? 'deviation' : ''),
    verdict: judgement.verdict,
    severity: judgement.severity,
    confidence: judgement.confidence,
    actor: {
      address: of.actor.address,
      addresses: [...of.actor.addresses],
      prefix: of.actor.prefix,
      asn: of.standing.place?.asn ?? null,
      organisation: of.standing.place?.organisation || null,
      country: of.standing.place?.country || null,
      fingerprint: of.actor.fingerprint,
      ...(of.actor.asset ? { asset: assetView(of.actor.asset) } : {}),
    },
    kinds: kinds.sort(byWeight),
    techniques: techniquesOf(
      kinds,
      of.actor.inside && aimsAtHome(of),
      followed.flatMap(({ technique }) => (technique === null ? [] : [technique])),
      of.findings.flatMap(({ rules = [] }) => rules.flatMap(({ rule }) => rule.techniques)),
    ),
    first: isoMicros(of.first),
    last: isoMicros(of.last),
    detected: isoMicros(Math.min(...of.findings.map(({ time }) => time))),
    targets: targetViews(own),
    paths: pathsOf(of),
    names: [...of.names]
      .sort(([x, a], [y, b]) => a.rcode - b.rcode || compareTexts(x, y))
      .slice(0, pathLimit)
      .map(([name, { rcode }]) => ({ name, rcode: rcodeName(rcode) })),
    counts: countsOf(own),
    reasons: reasonsFor(own, judgement, followed, notes, facts).concat(
      ordinary > 0
        ? `Beside it: ${counted(ordinary, 'contact')} with popular services elsewhere that answered, left out here.`
        : [],
    ),
    score: [...judgement.score],
    blindness: blindnessOf(of, facts),
    flips: flipsFor(of, judgement, part, followed),
    learned: learnedFrom(own),
    followed: followedView(followed),
    spoofable: of.actor.decoys,
    revision: 1,
    findings: of.findings.map((finding) => findingView(finding, facts)),
    evidence: withProofs(of.evidence, followed).map(({ source, line, raw, time }) => ({
      source,
      line,
      raw,
      time: isoMicros(time),
    })),
    sensors: [...new Set([...of.inputs.keys()].flatMap((index) => facts.inputs[index]?.name ?? []))].sort(
      compareTexts,
    ),
    context: [...notes, ...contextOf(of)],
  };
}

/** The records of what followed belong to the evidence, whatever else there is of it. */
function withProofs(evidence: readonly Evidence[], followed: readonly Followed[]): readonly Evidence[] {
  const all = [...evidence];
  for (const { proof } of followed) {
    if (proof && !all.some(({ source, line }) => source === proof.source && line === proof.line))
      all.push(proof);
  }
  return all.sort((x, y) => x.time - y.time || compareTexts(x.source, y.source) || x.line - y.line);
}

/** Whose it is, and which lists name it. */
function contextOf({ standing: { identity, forged, intel } }: Case): string[] {
  return [
    ...(identity ? [identity.how] : []),
    ...forged,
    ...intel.map(({ entry: { list, block } }) => `${block} in ${list.name} (${sourceText(list)})`),
  ];
}

const kindWeight: readonly Kind[] = ['campaign', 'trap', 'vertical', 'block', 'horizontal', 'sweep'];

/** The kinds that tell most come first. */
function byWeight(x: Kind, y: Kind): number {
  const rank = (kind: Kind): number =>
    (kindWeight.indexOf(kind) + kindWeight.length + 1) % (kindWeight.length + 1);
  return rank(x) - rank(y) || compareTexts(x, y);
}

function pathsOf({ pages }: Case): Incident['paths'] {
  const interest = (status: number): number => (status >= 200 && status < 300 ? 0 : status === 404 ? 2 : 1);
  return [...pages]
    .sort(([x, a], [y, b]) => interest(a.status) - interest(b.status) || compareTexts(x, y))
    .slice(0, pathLimit)
    .map(([key, { status }]) => {
      const [host, path] = splitPage(key);
      return { host, path, status };
    });
}

function countsOf(of: Case): Incident['counts'] {
  let answered = 0;
  for (const { services } of of.contacts.values()) {
    for (const { outcome } of services.values()) if (outcome === Outcome.answered) answered++;
  }
  return {
    events: of.events,
    targets: of.contacts.size,
    ports: portsOf(of),
    paths: of.pages.size + of.pagesDropped,
    names: of.names.size + of.namesDropped,
    answered,
  };
}

function findingView(finding: JudgedFinding, facts: RunFacts): FindingView {
  return {
    detector: finding.detector,
    kind: finding.kind,
    first: isoMicros(finding.time),
    last: isoMicros(finding.last),
    crossings: finding.crossings
      .map((crossing, i) => ({ crossing, key: finding.keys[i] }))
      .sort(
        (x, y) =>
          y.crossing.max / y.crossing.threshold - x.crossing.max / x.crossing.threshold ||
          x.crossing.window - y.crossing.window ||
          x.crossing.time - y.crossing.time ||
          compareTexts(x.key, y.key),
      )
      .slice(0, crossingLimit)
      .map(({ crossing, key }) => ({
        key,
        window: windowName(crossing.window),
        threshold: crossing.threshold,
        value: crossing.max,
        time: isoMicros(crossing.time),
      })),
    crossed: finding.crossed,
    reasons: [...finding.reasons],
    traits: [...finding.traits],
    rules: (finding.rules ?? []).map((statement) => ruleView(statement, facts)),
  };
}

function rcodeName(rcode: number): string {
  return rcodeNames[rcode] ?? (rcode === 255 ? 'none' : `RCODE${rcode}`);
}
