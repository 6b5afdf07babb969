import { counted, grouped, listed } from '../base/plain-words.ts';
import type { Context } from '../model/context.ts';
import type { Dossier } from '../model/dossier.ts';
import type { Incident } from '../model/incident.ts';

/*
 * Which context would sharpen the incidents that are told: never a list of everything that could be configured, only what
 * would have changed a sentence of this report.
 */

/** Crawlers whose owners publish their networks, as they sign. */
const crawlers = [
  'Googlebot', 'bingbot', 'Applebot', 'DuckDuckBot', 'YandexBot', 'GPTBot', 'PerplexityBot', 'AhrefsBot', 'Amazonbot',
]; // prettier-ignore

/** Lists older than this, by the time of the events, have lost many of their addresses. */
const staleAfter = 180 * 86_400_000_000;
const adviceAtMost = 5;

/** Events out of order that are worth a word: this share of all. */
const lateShare = 0.1;

/** What to do about events that came too late for the short windows: a newest-first export, files one behind the other. */
export function adviceOnOrder(late: number, events: number): string[] {
  if (late <= lateShare * events) return [];
  return [
    `Order: ${grouped(late)} of ${counted(events, 'event')} stand in no order of time, and scans among them are missed: give the lines oldest first (sort by the stamp), and several files as several inputs.`,
  ];
}

export function adviceOn(
  incidents: readonly Incident[],
  dossiers: readonly Pick<Dossier, 'agents' | 'findings'>[],
  { homeSource, assets, lists = [], allowlist }: Context,
  /** µs of the last event. */
  last: number,
): string[] {
  const told = incidents.filter(({ severity }) => severity !== 'info');
  if (told.length === 0) return [];
  const advice: string[] = [];
  if (/^(?:guessed|none known)/.test(homeSource)) {
    advice.push(
      '`home`: what is yours was guessed; it decides which scans come from inside and which are outbound.',
    );
  }
  const open = new Set(told.flatMap(({ learned }) => learned.open.map((line) => line.split(' ')[0])));
  if (!assets && open.size > 0) {
    advice.push(
      `\`assets\`: an inventory would say whose the ${counted(open.size, 'machine')} that answered ${open.size === 1 ? 'is' : 'are'}, and which ports should not have.`,
    );
  }
  const known = new Set(lists.flatMap(({ agents }) => agents.map((agent) => agent.toLowerCase())));
  const claimed = crawlers.filter((name) => {
    const word = name.toLowerCase();
    return (
      !known.has(word) &&
      dossiers.some(
        ({ agents, findings }) =>
          findings.length > 0 && [...agents.keys()].some((agent) => agent.toLowerCase().includes(word)),
      )
    );
  });
  if (claimed.length > 0) {
    advice.push(
      `\`context.sources\`: the networks that ${listed(claimed)} ${claimed.length === 1 ? 'publishes' : 'publish'} would tell the true one from whoever calls himself so.`,
    );
  }
  if (
    told.some(
      ({ verdict, reasons }) =>
        verdict === 'insufficient' && reasons.some((text) => text.startsWith('Many visitors')),
    )
  ) {
    advice.push(
      '`proxies.trusted`: with your proxies named, and their header logged, misses are counted per visitor.',
    );
  }
  if (allowlist.length === 0 && told.some(({ techniques }) => techniques.includes('T1046'))) {
    advice.push('`allowlist`: scanners of your own, with owner and end, would be told apart from the rest.');
  }
  const stale = lists.filter(({ date }) => last - date > staleAfter).map(({ name }) => name);
  if (stale.length > 0) {
    advice.push(
      `\`context.sources\`: ${counted(stale.length, 'list')} (${listed(stale, 3)}) ${stale.length === 1 ? 'is' : 'are'} half a year older than these events; \`offtrail context update\` takes newer copies.`,
    );
  }
  return advice.slice(0, adviceAtMost);
}
