import { isoMicros } from '../base/iso-time.ts';
import { counted, grouped, listed } from '../base/plain-words.ts';
import { Outcome, Proto } from '../model/event.ts';
import type { Words } from '../model/address.ts';
import type { Incident } from '../model/incident.ts';
import { serviceName } from '../model/service.ts';
import type { RecentLogin, RunFacts } from '../model/dossier.ts';
import type { Evidence } from '../model/finding.ts';
import { prefixOf } from './actor.ts';
import type { Case } from './case.ts';
import { answeredExploits } from './exploit.ts';

/** What came after the probing. `step` is what verdict.ts escalates on; `null` is told, and escalates nothing. */
export interface Followed {
  readonly step: 'exploit' | 'login' | 'callback' | null;
  readonly what: string;
  readonly technique: string | null;
  readonly time: number;
  readonly evidence: string;
  /** The record that shows it. */
  readonly proof?: Evidence | undefined;
}

/** Login services that are remote access from outside: T1133. Whoever logs in has a valid account: T1078 (techniquesOf). */
const remoteServices =
  /^(ssh|sshd|rdp|termsrv|vpn|openvpn|wireguard|ipsec|telnet|vnc|winrm|smb|ftp|vsftpd|citrix)/i;
/** An open service visited so often, and so many times more than the others, was returned to. */
const returnAtLeast = 10;
const returnTimes = 5;
const shownPerStep = 8;

/** A neighbour of the scanner's that gets in within so long was told what was found. */
const handedOnWithin = 86_400_000_000;

/** What others did that may belong to it. */
export interface Others {
  readonly logins?: RunFacts['logins'];
  readonly exploits?: readonly Success[];
  readonly inputs?: RunFacts['inputs'];
}

/** An exploit request of one actor that was answered. */
interface Success {
  readonly address: string;
  readonly words: Words;
  readonly what: string;
  readonly time: number;
  readonly proof: Evidence | undefined;
}

/** What of a case its neighbours may have prepared: only its own address is asked, not those it was joined with. */
export function successesOf(of: Case): Success[] {
  if (of.actor.inside || of.actor.decoys || of.actor.campaign) return [];
  const { address, words } = of.actor;
  return answeredExploits(of)
    .filter(({ generic }) => !generic)
    .slice(0, shownPerStep)
    .map(({ host, path, status, time, proof }) => ({
      proof,
      address,
      words: words[0],
      what: `${path}${host === '' ? '' : ` on ${host}`}, answered ${status}`,
      time,
    }));
}

/** Exploits from the actor's /24 or /48, after it had looked: one of several who share a scan's fruits. */
function neighbourExploits(of: Case, exploits: readonly Success[], since: number): Success[] {
  if (of.actor.inside || of.actor.decoys || of.actor.campaign) return [];
  const own = new Set(of.actor.addresses);
  const prefixes = new Set(of.actor.words.map((words) => prefixOf(words)));
  return exploits.filter(
    ({ address, words, time }) =>
      !own.has(address) &&
      address !== of.actor.address &&
      time >= since &&
      time <= of.last + handedOnWithin &&
      prefixes.has(prefixOf(words)),
  );
}

export function followedBy(
  of: Case,
  { logins: others = [], exploits: near = [], inputs = [] }: Others = {},
): Followed[] {
  const since = of.findings[0]?.time ?? of.first;
  const found: Followed[] = [];
  const answered = answeredExploits(of);
  const exploits = answered.filter(({ generic }) => !generic);
  for (const { host, path, status, size, time, what, proof } of exploits.slice(0, shownPerStep)) {
    const name = what === 'secret' ? 'a file that must not be public' : 'an exploit request';
    found.push({
      step: 'exploit',
      what: `${name} was answered ${status}: ${path}${host === '' ? '' : ` on ${host}`} (${counted(size, 'byte')})`,
      technique: 'T1190',
      time,
      evidence: `${host}${path} → ${status}`,
      proof,
    });
  }
  const [generic, ...alike] = answered.filter((exploit) => exploit.generic);
  if (generic) {
    const more = alike.length > 0 ? ` and ${counted(alike.length, 'other')}` : '';
    found.push({
      step: null,
      what: `was answered ${generic.status} on ${generic.path}${more}, but with the page that this site gives for other paths too: no sign of success`,
      technique: null,
      time: generic.time,
      evidence: `${generic.host}${generic.path} → ${generic.status}`,
    });
  }
  const failed = of.logins.filter(({ success }) => !success).length;
  for (const login of of.logins
    .filter(({ success, time }) => success && time >= since)
    .slice(0, shownPerStep)) {
    const remote = remoteServices.test(login.service);
    found.push({
      step: 'login',
      what:
        `logged in as ${login.user || '(no name)'}${login.service === '' ? '' : ` by ${login.service}`}` +
        (login.targetText === '' ? '' : ` at ${login.targetText}`) +
        (failed > 0 ? ` after ${counted(failed, 'failed login')}` : ''),
      technique: remote && !of.actor.inside ? 'T1133' : 'T1078',
      time: login.time,
      evidence: `login ${login.user}`,
      proof: login.proof,
    });
  }
  for (const login of neighbourLogins(of, others, since).slice(0, shownPerStep)) {
    const remote = remoteServices.test(login.service);
    found.push({
      step: 'login',
      what:
        `${login.address}, a neighbour, logged in as ${login.user || '(no name)'}${login.service === '' ? '' : ` by ${login.service}`}` +
        `${login.target === '' ? '' : ` at ${login.target}, which had been probed`}; it had not before`,
      technique: remote ? 'T1133' : 'T1078',
      time: login.time,
      evidence: `login ${login.user} from ${login.address}`,
      proof: {
        source: inputs[login.input]?.name ?? '',
        line: login.line,
        raw: login.raw,
        time: login.time,
      },
    });
  }
  for (const { address, what, time, proof } of neighbourExploits(of, near, since).slice(0, shownPerStep)) {
    found.push({
      step: 'exploit',
      what: `${address}, a neighbour, sent an exploit request to ${what}`,
      technique: 'T1190',
      time,
      evidence: `${address} → ${what}`,
      proof,
    });
  }
  const callbacks = of.callbacks.filter((callback) => callback.time >= since && isCallback(of, callback));
  for (const { target, service, time, proof } of callbacks.slice(0, shownPerStep)) {
    found.push({
      step: 'callback',
      what: `${target}, which had been probed, connected back to the actor's ${serviceName(service)}`,
      technique: 'T1190',
      time,
      evidence: `${target} → ${of.actor.address} ${serviceName(service)}`,
      proof,
    });
  }
  found.push(...returns(of));
  return found.sort((x, y) => x.time - y.time || (x.what < y.what ? -1 : 1));
}

const indexes = new WeakMap<readonly RecentLogin[], ReadonlyMap<string, readonly RecentLogin[]>>();

/** Logins by the /24 or /48 they came from; sorted out once per run. */
function byPrefix(logins: readonly RecentLogin[]): ReadonlyMap<string, readonly RecentLogin[]> {
  let index = indexes.get(logins);
  if (!index) {
    const made = new Map<string, RecentLogin[]>();
    for (const login of logins) {
      const prefix = prefixOf(login.source);
      const known = made.get(prefix);
      if (known) known.push(login);
      else made.set(prefix, [login]);
    }
    indexes.set(logins, (index = made));
  }
  return index;
}

/**
 * Logins from the actor's /24 or /48 at what it had probed, by addresses that had not logged in before: one of many who
 * share a scan's fruits. Not for actors at home, whose neighbours are colleagues.
 */
function neighbourLogins(of: Case, logins: readonly RecentLogin[], since: number): RecentLogin[] {
  if (of.actor.inside || of.actor.decoys || of.actor.campaign) return [];
  const own = new Set(of.actor.addresses);
  const prefixes = new Set(of.actor.words.map((words) => prefixOf(words)));
  const regulars = new Set<string>();
  const found: RecentLogin[] = [];
  const near = [...prefixes].flatMap((prefix) => byPrefix(logins).get(prefix) ?? []);
  for (const login of near.sort((x, y) => x.time - y.time)) {
    if (own.has(login.address)) continue;
    if (login.time < since) regulars.add(login.address);
    else if (
      !regulars.has(login.address) &&
      login.time <= of.last + handedOnWithin &&
      (login.target === '' || of.contacts.size === 0 || of.contacts.has(login.target))
    ) {
      found.push(login);
    }
  }
  return found;
}

/**
 * A machine at home that opens a TCP connection to the outsider who probed it. Not: datagrams (peers, time, names), mail that
 * is answered by mail, and what outsiders send to an insider who went looking.
 */
function isCallback(of: Case, { home, service }: Case['callbacks'][number]): boolean {
  const proto = service >>> 16;
  const port = service & 0xffff;
  return home && !of.actor.inside && proto === Proto.tcp && port !== 25;
}

/** Services that answered and were then visited far more often than the rest: worth a look, no proof of anything. */
function returns(of: Case): Followed[] {
  const counts = [...of.contacts.values()]
    .flatMap(({ services }) => [...services.values()].map(({ count }) => count))
    .sort((x, y) => x - y);
  if (counts.length < 5) return [];
  const usual = counts[counts.length >> 1];
  const found: Followed[] = [];
  for (const [target, { services }] of [...of.contacts].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const often = [...services]
      .filter(
        ([, { outcome, count }]) =>
          outcome === Outcome.answered && count >= returnAtLeast && count >= returnTimes * usual,
      )
      .sort(([x], [y]) => x - y);
    if (often.length === 0) continue;
    const most = Math.max(...often.map(([, { count }]) => count));
    const names = often.map(([service]) => serviceName(service));
    found.push({
      step: null,
      what:
        `dwelt on what had answered: ${listed(names, 4)} at ${target}, ${often.length === 1 ? '' : 'up to '}${counted(most, 'event')}${often.length === 1 ? '' : ' each'} ` +
        `against ${grouped(usual)} at the usual port`,
      technique: null,
      time: of.last,
      evidence: '',
    });
  }
  return found.slice(0, shownPerStep);
}

export function followedView(followed: readonly Followed[]): Incident['followed'] {
  return followed.map(({ what, technique, time, evidence, proof }) => ({
    what,
    technique,
    time: isoMicros(time),
    evidence: evidence + (proof ? ` (${proof.source}:${proof.line})` : ''),
  }));
}
