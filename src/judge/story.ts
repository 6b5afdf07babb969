import { capped, counted, grouped, listed, spanOf, windowName } from '../base/plain-words.ts';
import { Flag, Outcome } from '../model/event.ts';
import type { RunFacts } from '../model/dossier.ts';
import { serviceName } from '../model/service.ts';
import type { Case, JudgedFinding } from './case.ts';
import { ruleReason } from './rule-words.ts';
import { behindOf, sharedFlip } from './behind.ts';
import { assetReasons, newlyAnswering } from './concerned.ts';
import { splitPage } from './exploit.ts';
import type { Followed } from './followed.ts';
import { intelText, tellingIntel } from './standing.ts';
import { portsOf } from './verdict.ts';
import type { Judgement, Part } from './verdict.ts';

/*
 * The words of an incident. Text from the logs (paths, hosts, names) stays as it is: escaping is the outputs' part.
 */

/** What happened, what stands against which threshold, what followed; what matters first. */
export function reasonsFor(
  of: Case,
  judgement: Judgement,
  followed: readonly Followed[],
  notes: readonly string[],
  facts: RunFacts,
): string[] {
  const reasons = [
    headline(of),
    ...followed.filter(({ step }) => step !== null).map(({ what }) => `Then: ${what}.`),
    ...severityReason(judgement),
    ...judgement.why,
    ...(judgement.fix ? [judgement.fix] : []),
    ...of.standing.forged,
    ...assetReasons(of),
    ...newlyAnswering(of, facts),
    ...whoNote(of),
    ...behindOf(of),
    ...of.findings.flatMap((finding) =>
      // Rules speak for themselves: each has its own count and threshold.
      finding.rules
        ? finding.rules.map((statement) => ruleReason(statement, facts))
        : [...finding.reasons.slice(0, 1), ...thresholds(finding)],
    ),
    ...of.findings.flatMap(({ caveats }) => caveats.map((caveat) => `But: ${caveat}`)),
    ...followed.filter(({ step }) => step === null).map(({ what }) => `It ${what}.`),
    ...tellingIntel(of.standing).map((listing) => intelText(listing, of.actor.exact.length)),
    ...placeNote(of),
    ...notes,
    // What its other windows and targets said when they crossed repeats most of it.
    ...of.findings.flatMap((finding) => (finding.rules ? [] : finding.reasons.slice(1))),
  ];
  return [...new Set(reasons.filter((reason) => reason !== ''))];
}

/** Which row of the severity table made it so; low and info need no excuse. */
function severityReason({ severity, score }: Judgement): string[] {
  const mark = `severity ${severity}: `;
  const row = score.find(({ what }) => what.startsWith(mark));
  if (!row || severity === 'low' || severity === 'info') return [];
  return [`${severity[0].toUpperCase()}${severity.slice(1)}: ${row.what.slice(mark.length)}.`];
}

/** One sentence that a hurried reader can stop after. */
function headline(of: Case): string {
  const parts: string[] = [];
  if (of.contacts.size > 0) parts.push(contactStory(of));
  if (of.pages.size > 0) parts.push(pageStory(of));
  if (of.names.size > 0) parts.push(nameStory(of));
  const what = parts.length > 0 ? parts.join('; ') : `left ${counted(of.events, 'event')}`;
  const who = whoOf(of);
  return `${who} ${what}, within ${spanOf(of.last - of.first)}.`;
}

function whoOf({ actor }: Case): string {
  if (actor.campaign) return `${counted(actor.addresses.length, 'source')} together`;
  if (actor.decoys) return `${actor.address} and ${counted(actor.addresses.length - 1, 'other source')}`;
  if (actor.prefix && actor.addresses.length > 1) {
    return `${counted(actor.addresses.length, 'address', 'addresses')} of ${actor.prefix}`;
  }
  return actor.address;
}

function contactStory(of: Case): string {
  const services = portsOf(of);
  const outcomes = [0, 0, 0, 0, 0];
  const open: string[] = [];
  for (const [address, target] of of.contacts) {
    for (const [service, { outcome }] of target.services) {
      outcomes[outcome]++;
      if (outcome === Outcome.answered) {
        open.push(of.contacts.size === 1 ? serviceName(service) : `${serviceName(service)} at ${address}`);
      }
    }
  }
  const [onlyTarget] = of.contacts.keys();
  const targets = of.contacts.size === 1 ? onlyTarget : counted(of.contacts.size, 'address', 'addresses');
  const [onlyService] = of.contacts.get(onlyTarget)!.services.keys();
  const ports = services === 1 ? serviceName(onlyService) : counted(services, 'port');
  const ends = [
    outcomes[Outcome.answered] > 0
      ? `${grouped(outcomes[Outcome.answered])} answered (${listed(open.sort(byNumber), 4)})`
      : '',
    outcomes[Outcome.refused] > 0 ? `${grouped(outcomes[Outcome.refused])} refused` : '',
    outcomes[Outcome.denied] > 0 ? `${grouped(outcomes[Outcome.denied])} denied by a firewall` : '',
    outcomes[Outcome.unanswered] > 0 ? `${grouped(outcomes[Outcome.unanswered])} unanswered` : '',
    outcomes[Outcome.unknown] > 0 ? `${grouped(outcomes[Outcome.unknown])} with unknown outcome` : '',
  ].filter((end) => end !== '');
  const more = of.contactsDropped > 0 ? ` (and ${grouped(of.contactsDropped)} more)` : '';
  return `tried ${ports} at ${targets}${more}: ${listed(ends)}`;
}

function byNumber(x: string, y: string): number {
  const port = (text: string): number => Number(/\/(\d+)/.exec(text)?.[1] ?? 0);
  return port(x) - port(y) || (x < y ? -1 : 1);
}

function pageStory(of: Case): string {
  const hosts = new Set<string>();
  let missing = 0;
  let found = 0;
  let unanswered = 0;
  for (const [key, { status }] of of.pages) {
    const [host] = splitPage(key);
    if (host !== '') hosts.add(host);
    if (status === 404 || status === 410) missing++;
    else if (status >= 200 && status < 300) found++;
    else if (status === 0) unanswered++;
  }
  const where = hosts.size === 0 ? '' : ` of ${listed([...hosts].sort(), 2)}`;
  const total = of.pages.size + of.pagesDropped;
  const others = of.pages.size - missing - found - unanswered;
  const ends = [
    ...(missing > 0 ? [`${grouped(missing)} missing`] : []),
    found === 0 ? 'none found' : `${grouped(found)} found`,
    ...(others > 0 ? [`${grouped(others)} answered otherwise`] : []),
    ...(unanswered > 0 ? [`${grouped(unanswered)} without an answer`] : []),
  ];
  return `asked for ${counted(total, 'path')}${where}: ${listed(ends)}`;
}

/** `rcode` of a name whose answer was not seen. */
const noAnswer = 255;

function nameStory(of: Case): string {
  const total = of.names.size + of.namesDropped;
  const answered = [...of.names].filter(([, { rcode }]) => rcode !== noAnswer);
  const asked = `asked for ${counted(total, 'DNS name')}`;
  if (answered.length === 0) return `${asked}: which of them exist, the log does not say`;
  return `${asked}: ${grouped(answered.filter(([, { rcode }]) => rcode === 0).length)} exist`;
}

/** 'vertical at 198.51.100.4: 1,000 within 1 m, threshold 20.' The strongest crossing of each window. */
function thresholds({ kind, crossings, keys, crossed }: JudgedFinding): string[] {
  const best = new Map<number, number>();
  for (const [i, crossing] of crossings.entries()) {
    const known = best.get(crossing.window);
    if (known === undefined || crossing.max > crossings[known].max) best.set(crossing.window, i);
  }
  const windows = [...best].sort(([x], [y]) => x - y);
  if (windows.length === 0) return [];
  const keysNamed = [...new Set(windows.map(([, i]) => keys[i]))].filter((key) => key !== '');
  const figures = windows.map(
    ([window, i]) =>
      `${grouped(crossings[i].max)} within ${windowName(window)} (threshold ${grouped(crossings[i].threshold)})`,
  );
  const where = keysNamed.length === 1 ? ` (${capped(keysNamed[0], 120)})` : '';
  const more = crossed > crossings.length ? ` ${counted(crossed, 'crossing')} in all.` : '';
  return [`Score of ${kind}${where}: ${figures.join(', ')}.${more}`];
}

function whoNote({ actor }: Case): string[] {
  if (actor.decoys) {
    return [
      `${counted(actor.addresses.length, 'source')} sent the same probes at the same moments: decoys. At most one of them is real, the others are victims; block none of them on this alone.`,
    ];
  }
  if (actor.translated) {
    return [
      `${actor.addresses.join(' and ')}, both at home, sent the same probes at the same moments: one machine, seen before and behind an address translation, and counted twice.`,
    ];
  }
  if (actor.campaign) return [];
  if (actor.prefix && actor.addresses.length > 1 && !actor.prefix.endsWith('/64')) {
    const shared =
      actor.fingerprint === null
        ? 'no fingerprint was logged to tell them apart'
        : 'they share one fingerprint';
    return [
      `${counted(actor.addresses.length, 'address', 'addresses')} of ${actor.prefix} asked for exactly the same, and ${shared}: taken as one actor.`,
    ];
  }
  return [];
}

/** 'It comes from AS64500 Example Net, DE.' */
function placeNote({ standing: { place } }: Case): string[] {
  if (!place) return [];
  const system = place.asn === null ? '' : `AS${place.asn} ${place.organisation}`.trim();
  const parts = [system, place.country].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`It comes from ${parts.join(', ')}.`];
}

/** What the sensors could not see. */
export function blindnessOf(of: Case, facts: RunFacts): string[] {
  const inputs = [...of.inputs.keys()].sort((x, y) => x - y).map((index) => facts.inputs[index]);
  const sensors = inputs.filter((input) => input !== undefined);
  const known = new Set<string>();
  if ((of.flagsAll & Flag.dropsOnly) !== 0 && of.contacts.size > 0 && of.pages.size === 0) {
    known.add(
      'Only refused traffic is logged: what was let through, and whether it was answered, is not known.',
    );
  }
  if ((of.flagsAny & Flag.sampled) !== 0) known.add('Sampled: the true numbers are higher.');
  if ((of.flagsAny & Flag.oneSided) !== 0) {
    known.add('Only one direction of some flows was seen: an answer may have been missed.');
  }
  if (of.pages.size > 0 && of.agents.size === 0) known.add('No user agent was logged.');
  for (const text of of.standing.unverified) known.add(text);
  // What every sensor that saw it is blind to; one that sees makes up for the others.
  for (const blind of sensors[0]?.blindness ?? []) {
    if (sensors.every(({ blindness }) => blindness.includes(blind))) known.add(blind);
  }
  for (const { name, notes } of sensors) {
    for (const [note, count] of [...notes].sort(([x], [y]) => (x < y ? -1 : 1))) {
      known.add(`${name}: ${note}${count > 1 ? ` (${grouped(count)} times)` : ''}`);
    }
  }
  if (facts.evicted > 0) {
    known.add(
      `Memory was full: ${counted(facts.evicted, 'state entry', 'state entries')} had to go, so counts may be too low.`,
    );
  }
  return [...known];
}

/** What would change the verdict. */
export function flipsFor(
  of: Case,
  judgement: Judgement,
  part: Part,
  followed: readonly Followed[],
): string[] {
  const flips: string[] = [];
  const kinds = [...new Set(of.findings.map(({ kind }) => kind))].sort();
  switch (judgement.verdict) {
    case 'authorised':
      flips.push(
        'Another kind, target or hour than the allowlist entry names would be an incident of its own.',
      );
      break;
    case 'misconfiguration':
      flips.push('A second service, a new target or an answer would make it a scan.');
      break;
    case 'insufficient':
      flips.push('A sensor that logs every contact and its outcome would decide it.');
      break;
    case 'benign':
      if (of.standing.identity) {
        flips.push(
          `An attack, a login or a service that ${of.standing.identity.list.name} has no business with would make it a scan; so would a list that no longer holds its address.`,
        );
        break;
      }
      flips.push(
        'Something else sought than what it knows, many ports at one address or one port everywhere, would make it a scan.',
      );
      break;
    case 'known-scanner':
      flips.push(
        'An attack, a login attempt or a success would raise it; a list that no longer holds its address would make it a plain scan.',
      );
      if (
        [...of.contacts.values()].every(({ services }) =>
          [...services.values()].every(({ outcome }) => outcome !== Outcome.answered),
        )
      ) {
        flips.push(
          'Nothing answered it, so its source could be forged: a completed connection would prove it.',
        );
      }
      break;
    case 'scan':
    case 'background': {
      if (part === 'deviation' || part === 'outside') {
        flips.push('Widening the allowlist entry to what it did here would make it authorised.');
      } else if (!of.actor.decoys) {
        flips.push(
          `If this was agreed with its owner, an allowlist entry for ${of.actor.prefix ?? of.actor.address} (${kinds.join(', ')}) makes it authorised.`,
        );
      }
      if (behindOf(of).length > 0) flips.push(sharedFlip);
      // One finding that stands firm is enough.
      const firmest = Math.max(...of.findings.map(({ strength }) => strength));
      if (firmest < 1.25)
        flips.push(
          `It is barely past its threshold (${firmest.toFixed(2)} times): with one a quarter higher it is no finding.`,
        );
      const quiet = followed.every(({ step }) => step === null);
      if (quiet)
        flips.push(
          'A login, a call-back or an exploit request that succeeds would raise it to high or critical.',
        );
      if ((of.flagsAll & Flag.dropsOnly) !== 0) {
        flips.push(
          'A log of accepted connections would show whether anything answered; an answer makes it at least medium.',
        );
      }
      break;
    }
  }
  return flips;
}
