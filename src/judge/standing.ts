import { counted, listed } from '../base/plain-words.ts';
import type { Context, RangeEntry, RangeList } from '../model/context.ts';
import type { ActorIdentity, ExactAddress, Identity, Listing, Standing } from './case.ts';

/*
 * What others say of the actor: whose networks its addresses lie in, whether it is who it says it is, and which lists of bad
 * addresses name it. Identity is verified by published networks or by a name that leads back; an agent proves nothing.
 */

const day = 86_400_000_000;
/** More addresses than this are a campaign: they are not looked up one by one. */
const addressesAtMost = 2000;

export function standingOf(
  actor: ActorIdentity,
  agents: ReadonlyMap<string, number>,
  first: number,
  context: Context,
): Standing {
  const exact = actor.exact.slice(0, addressesAtMost);
  const held = exact.map((address) => entriesOf(address, context));
  const listings = new Map<RangeList, { entry: RangeEntry; addresses: number }>();
  for (const entries of held) {
    const seen = new Set<RangeList>();
    for (const entry of entries) {
      if (seen.has(entry.list)) continue;
      seen.add(entry.list);
      const known = listings.get(entry.list);
      if (known) known.addresses++;
      else listings.set(entry.list, { entry, addresses: 1 });
    }
  }
  // Whoever forges sources may forge these; and of a campaign all members have to be known.
  const whole = !actor.decoys && exact.length === actor.exact.length;
  const holding = [...listings].filter(([, { addresses }]) => whole && addresses === exact.length);
  const [byRange] = holding
    .filter(([list]) => isIdentity(list))
    .map(([list, { entry }]): Identity => ({
      list,
      how: `${actor.addresses.length > 1 ? 'Its addresses lie' : `${actor.address} lies`} in ${entry.block}, a network of ${list.name} (${sourceText(list)}).`,
    }));
  const identity = byRange ?? (whole ? byName(actor, context) : undefined);
  const unverified = actor.addresses.flatMap((address) => {
    const failed = context.names?.get(address)?.failed ?? '';
    return failed === '' ? [] : [`The name of ${address} could not be verified: ${failed}.`];
  });
  return {
    identity,
    forged: forgeries(actor, agents, identity, context),
    intel: [...listings.values()]
      .filter(({ entry }) => entry.list.kind === 'intel')
      .map(({ entry, addresses }) => ({
        entry,
        addresses,
        age: Math.max(0, (first - (Number.isNaN(entry.date) ? entry.list.date : entry.date)) / day),
      })),
    shared: holding.find(([{ kind }]) => kind === 'shared')?.[1].entry,
    place: context.geo?.(actor.addresses[0]?.replace(/\/64$/, '') ?? actor.address),
    unverified: unverified.slice(0, 3),
  };
}

/** Lists that say whose an address is. */
const isIdentity = ({ kind }: RangeList): boolean => kind === 'scanner' || kind === 'bot';

function entriesOf({ words, whole64 }: ExactAddress, { ranges }: Context): readonly RangeEntry[] {
  if (!ranges) return [];
  return whole64 ? ranges.holding(words, 64) : ranges.at(words);
}

/** Every address has a name of the same owner, and each name leads back. */
function byName(actor: ActorIdentity, { names, lists = [] }: Context): Identity | undefined {
  if (!names || actor.exact.some(({ whole64 }) => whole64)) return undefined;
  for (const list of lists) {
    if (!isIdentity(list) || list.hosts.length === 0) continue;
    const proofs = actor.addresses.map((address) =>
      names.get(address)?.confirmed.find((name) => isBelow(name, list.hosts)),
    );
    if (proofs.length === 0 || proofs.includes(undefined)) continue;
    return {
      list,
      how: `${actor.address} is ${proofs[0]!}, a name of ${list.name} that leads back to it.`,
    };
  }
  return undefined;
}

const isBelow = (name: string, hosts: readonly string[]): boolean =>
  hosts.some((host) => name === host || name.endsWith(`.${host}`));

function forgeries(
  actor: ActorIdentity,
  agents: ReadonlyMap<string, number>,
  identity: Identity | undefined,
  { lists = [], names }: Context,
): string[] {
  const found: string[] = [];
  const texts = [...agents.keys()].map((text) => text.toLowerCase());
  for (const list of lists) {
    if (!isIdentity(list) || identity?.list === list) continue;
    const claim = list.agents.find((agent) => texts.some((text) => saysWord(text, agent.toLowerCase())));
    if (claim !== undefined && list.entries > 0) {
      found.push(
        `It calls itself ${claim}, but ${actor.address} lies in none of the ${counted(list.entries, 'network')} of ${list.name} (${sourceText(list)}).`,
      );
    }
    for (const address of actor.addresses) {
      const name = names?.get(address);
      const claimed = name?.failed === '' ? name.claimed.find((one) => isBelow(one, list.hosts)) : undefined;
      if (claimed === undefined || name!.confirmed.includes(claimed)) continue;
      found.push(`The reverse name of ${address}, ${claimed}, does not lead back to it: forged.`);
      break;
    }
  }
  return found;
}

/** Whether the agent names it as a word: 'Googlebot' is in 'Googlebot/2.1' and in 'Googlebot-Image', not in 'NotGooglebots'. */
function saysWord(text: string, word: string): boolean {
  const isLetter = (at: number): boolean => /[a-z0-9]/.test(text[at] ?? ' ');
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isLetter(at - 1) && !isLetter(at + word.length)) return true;
  }
  return false;
}

/** 'published by …, of 2026-06-30'. */
export function sourceText({ source, date }: RangeList): string {
  const when = Number.isNaN(date) ? '' : `, of ${new Date(date / 1000).toISOString().slice(0, 10)}`;
  return `${source === '' ? 'no source given' : source}${when}`;
}

// ------------------------------------------------------------------ intelligence

/** What one listing of today adds to confidence; it halves every 30 days. It supports findings, and makes none. */
const listingWorth = 0.3;
const halfLife = 30;
/** What is worth less is told no more. */
const leastWorth = 0.01;
const listingsAtMost = 3;

/** What a listing without any date is worth: as one of a year. */
const undatedAge = 365;

export function intelWorth({ age }: Listing): number {
  return listingWorth * 0.5 ** ((Number.isNaN(age) ? undatedAge : age) / halfLife);
}

/** The listings that count, the weightiest first. */
export function tellingIntel({ intel }: Standing): Listing[] {
  return intel
    .filter((listing) => intelWorth(listing) >= leastWorth)
    .sort((x, y) => intelWorth(y) - intelWorth(x) || (x.entry.list.name < y.entry.list.name ? -1 : 1))
    .slice(0, listingsAtMost);
}

export function intelText({ entry, age, addresses }: Listing, of: number): string {
  const when = Number.isNaN(age)
    ? 'of an unknown day'
    : age < 1
      ? 'of that day or later'
      : `${counted(Math.round(age), 'day')} old by then`;
  const who = of > 1 ? counted(addresses, 'of its addresses is', 'of its addresses are') : 'It is';
  const what = entry.label === '' ? '' : ` as ${listed([entry.label])}`;
  return `${who} in ${entry.list.name}${what} (${entry.list.source || 'no source given'}), an entry ${when}: support, no proof.`;
}

// ---------------------------------------------------------------- what they do

/** What those who map the Internet are known to do. */
const scannerDoes = new Set([
  'vertical', 'horizontal', 'block', 'sweep', 'icmp-sweep', 'ip-protocol', 'stealth', 'banner-grab', 'os-fingerprint',
  'service-fingerprint', 'web-fingerprint', 'campaign', 'first-contact', 'trap', 'sigma',
]); // prettier-ignore
/** What crawlers are known to do: they ask for pages that are gone. */
const botDoes = new Set(['wordlist', 'web-fingerprint', 'sigma']);
const webKinds = new Set(['horizontal', 'sweep', 'block', 'first-contact']);
const webPorts = new Set([80, 443]);

/** What a verified scanner or crawler did that it is not known for; undefined: nothing. */
export function deviationOf(
  { list: { kind, name } }: Identity,
  did: {
    readonly kinds: readonly string[];
    readonly services: readonly number[];
    readonly logins: number;
    readonly followed: readonly string[];
  },
): string | undefined {
  const onlyWeb = did.services.every((service) => webPorts.has(service & 0xffff));
  const usual = (one: string): boolean =>
    kind === 'scanner' ? scannerDoes.has(one) : botDoes.has(one) || (webKinds.has(one) && onlyWeb);
  const odd = did.kinds.filter((one) => !usual(one));
  const what = [
    ...(odd.length > 0 ? [odd.join(', ')] : []),
    ...(did.logins > 0 ? [counted(did.logins, 'login attempt')] : []),
    ...did.followed,
  ];
  return what.length === 0 ? undefined : `That is not what ${name} is known for: ${what.join('; ')}.`;
}
