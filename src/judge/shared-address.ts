import { counted, grouped } from '../base/plain-words.ts';
import { Flag } from '../model/event.ts';
import type { Case } from './case.ts';

/** Kinds that the misses of many visitors add up to. */
const lookalikes = new Set(['wordlist', 'first-contact']);
/** So many programs behind one address are people … */
const agentsAtLeast = 8;
/** … when none of them does most of the asking … */
const dominance = 0.5;
/** … or one that says of itself that it asks for others. */
const fetchers = [
  'cloudfront',
  'cloudflare',
  'fastly',
  'akamai',
  'varnish',
  'googleusercontent',
  'incapsula',
  'imperva',
];
/** Visitors are also served: whoever only guesses is not many visitors. */
const servedShare = 0.2;
const servedAtLeast = 10;

/**
 * An edge of a CDN, a proxy, an address that subscribers share, and nothing says who is behind it: what one scanner's
 * misses would be may as well be everybody's. The evidence is about the address, not about a person.
 */
export function sharedAddressOf(of: Case): string | undefined {
  if (of.pages.size === 0 || of.actor.campaign || (of.flagsAll & Flag.forwarded) !== 0) return undefined;
  if (
    of.findings.some(
      ({ kind, traits }) => !lookalikes.has(kind) || traits.some((trait) => trait.startsWith('agent:')),
    )
  )
    return undefined;
  let served = 0;
  for (const { status } of of.pages.values()) if (status >= 200 && status < 400) served++;
  if (served < servedAtLeast || served < servedShare * of.pages.size) return undefined;
  const counts = [...of.agents.values()];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const fetcher = [...of.agents.keys()].find((agent) => {
    const lower = agent.toLowerCase();
    return fetchers.some((name) => lower.includes(name));
  });
  const many = counts.length >= agentsAtLeast && Math.max(...counts) <= dominance * total;
  const list = of.standing.shared?.list.name;
  if (!many && fetcher === undefined && list === undefined) return undefined;
  const who = many
    ? `${counted(counts.length, 'different agent')} asked by this address, none of them for most of it`
    : list === undefined
      ? `the agent says that it fetches for others (${fetcher!.slice(0, 80)})`
      : `it lies in the networks of ${list}`;
  return (
    `Many visitors may be behind ${of.actor.address}: ${who}, and ${grouped(served)} of ${counted(of.pages.size, 'path')} were served. ` +
    'No forwarded header was logged (or none of a trusted proxy), so whose misses these are is not known.'
  );
}
