import type { Contact, Crossing, CrossingKind, Popularity, Thresholds } from './crossings.ts';
import { hour, sortCrossings } from './crossings.ts';

/**
 * The definition of a crossing, spelt out over plain objects: for each moment look back over the whole window. Slow on
 * purpose (rows × rows in a window); what it says is the definition (docs/detectors/fan-out.md).
 */
export function crossingsNaive(
  contacts: readonly Contact[],
  thresholds: Thresholds,
  popularity: Popularity,
): Crossing[] {
  const worth = worthOf(contacts, popularity);
  const scored = contacts
    .map((contact, i) => ({ ...contact, worth: worth[i] }))
    .filter((contact) => contact.worth > 0)
    .sort((a, b) => a.time - b.time);
  const found: Crossing[] = [];
  for (const kind of ['vertical', 'horizontal'] as const) {
    for (const rows of groupBy(scored, (row) => `${row.actor} ${keyOf(row, kind)}`).values()) {
      for (const [window, threshold] of Object.entries(thresholds[kind])) {
        let first: number | undefined;
        let max = 0;
        for (const { time } of rows) {
          const score = scoreAt(rows, kind, time, Number(window) * 1_000_000);
          if (score >= threshold) first ??= time;
          max = Math.max(max, score);
        }
        if (first === undefined) continue;
        found.push({
          kind,
          actor: rows[0].actor,
          of: keyOf(rows[0], kind),
          window: Number(window),
          first,
          max,
        });
      }
    }
  }
  return sortCrossings(found);
}

const keyOf = (row: Contact, kind: CrossingKind): string => (kind === 'vertical' ? row.target : row.port);
const valueOf = (row: Contact, kind: CrossingKind): string => (kind === 'vertical' ? row.port : row.target);

/** N₁ + N₂ over (time − window, time]. */
function scoreAt(
  rows: readonly (Contact & { worth: number })[],
  kind: CrossingKind,
  time: number,
  window: number,
): number {
  const best = new Map<string, number>();
  for (const row of rows) {
    if (row.time <= time - window || row.time > time) continue;
    const value = valueOf(row, kind);
    best.set(value, Math.max(best.get(value) ?? 0, row.worth));
  }
  let score = 0;
  for (const worth of best.values()) score += (worth >= 1 ? 1 : 0) + (worth >= 2 ? 1 : 0);
  return score;
}

function worthOf(contacts: readonly Contact[], popularity: Popularity): number[] {
  const firstHour = contacts.reduce((least, { time }) => Math.min(least, Math.floor(time / hour)), Infinity);
  const service = (c: Contact): string => (c.inbound ? `in ${c.target} ${c.port}` : `out ${c.port}`);
  const answered = groupBy(
    contacts.filter((contact) => !contact.failed),
    service,
  );
  return contacts.map((contact) => {
    const now = Math.floor(contact.time / hour);
    const { learned, ports } = popularity;
    const listed = ports.includes(contact.port);
    let popular = listed;
    if (learned !== undefined) {
      const before = (earlier: Contact): boolean => {
        const then = Math.floor(earlier.time / hour);
        return then < now && then >= now - learned.hours;
      };
      const others = new Set(
        (answered.get(service(contact)) ?? [])
          .filter((earlier) => before(earlier) && earlier.actor !== contact.actor)
          .map((earlier) => earlier.actor),
      );
      const noHistory =
        now - firstHour < learned.hours || !contacts.some((earlier) => !earlier.failed && before(earlier));
      popular = others.size >= learned.sources || (listed && noHistory);
    }
    return (contact.failed ? 2 : 1) - (popular ? 1 : 0);
  });
}

function groupBy<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
