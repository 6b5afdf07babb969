import { coverageP, orderP, upperTail } from '../state/chance.ts';

/*
 * The tests behind a campaign: could sources that know nothing of each other have done this? All of them look at sets, so
 * the order of events changes nothing.
 */

/** One source's part: when it began, and its cells (targets 0 … 255 of a network, ports of a host). */
export interface Part {
  readonly first: number;
  readonly cells: readonly number[];
}

export interface Outcome {
  /** Probability by chance, before any correction. */
  readonly p: number;
  readonly how: 'coverage' | 'order';
  readonly visits: number;
  readonly distinct: number;
  /** The space that was covered, in cells. */
  readonly of: number;
}

/** Spaces smaller than this are covered by anybody. */
const spaceAtLeast = 20;

interface Extent {
  readonly visits: number;
  readonly distinct: number;
  readonly range: number;
}

function extentOf(parts: readonly Part[]): Extent {
  let visits = 0;
  let least = Infinity;
  let most = -Infinity;
  for (const { cells } of parts) {
    visits += cells.length;
    for (const cell of cells) {
      if (cell < least) least = cell;
      if (cell > most) most = cell;
    }
  }
  if (visits === 0) return { visits, distinct: 0, range: 0 };
  const range = most - least + 1;
  const seen = new Uint8Array(range);
  let distinct = 0;
  for (const { cells } of parts) {
    for (const cell of cells) {
      if (seen[cell - least] === 0) distinct++;
      seen[cell - least] = 1;
    }
  }
  return { visits, distinct, range };
}

/** Coverage of a space whose bounds were read off the visits themselves: the two that set them prove nothing. */
function withinBounds(visits: number, distinct: number, cells: number): number {
  if (cells < spaceAtLeast || distinct < spaceAtLeast) return 1;
  return coverageP(visits - 2, Math.min(distinct, cells) - 2, cells - 2);
}

/** One port over a network of `size` addresses (0: unknown): do they cover more than chance would, or go in order? */
export function networkTest(parts: readonly Part[], size: number): Outcome {
  const { visits, distinct, range } = extentOf(parts);
  const whole = size >= spaceAtLeast ? coverageP(visits, Math.min(distinct, size), size) : 1;
  const part = withinBounds(visits, distinct, range);
  const coverage = Math.min(whole, part);
  const order = orderOf(parts);
  return coverage <= order
    ? { p: coverage, how: 'coverage', visits, distinct, of: whole <= part ? size : range }
    : { p: order, how: 'order', visits, distinct, of: size >= spaceAtLeast ? size : range };
}

/** Several ports over a network: cells are (port's rank · 256 + target). `ports`: how many there are. */
export function blockTest(parts: readonly Part[], ports: number): Outcome {
  const { visits, distinct } = extentOf(parts);
  const targets = extentOf(
    parts.map(({ first, cells }) => ({ first, cells: cells.map((cell) => cell & 255) })),
  );
  const of = ports * targets.range;
  return { p: withinBounds(visits, distinct, of), how: 'coverage', visits, distinct, of };
}

/** Of the ports of a list that people care for, so many are below 1,024; of all ports one in 64 is. */
const firstHighPort = 1024;
const lowShare = firstHighPort / 65_536;

/**
 * Ports of one host, several for each source. Shared out, they hardly overlap: where each source draws for itself, they do,
 * unless the ports are random ones of all 65,536, which lists are not.
 */
export function hostTest(parts: readonly Part[]): Outcome {
  const { visits, distinct, range } = extentOf(parts);
  const overlap = distinct >= spaceAtLeast ? coverageP(visits, distinct, distinct) : 1;
  let low = 0;
  for (const port of new Set(parts.flatMap(({ cells }) => cells))) if (port < firstHighPort) low++;
  const random = upperTail(low, distinct * lowShare, distinct * lowShare);
  const listed = Math.max(overlap, random);
  const inRow = withinBounds(visits, distinct, range);
  return {
    p: Math.min(listed, inRow),
    how: 'coverage',
    visits,
    distinct,
    of: inRow <= listed ? range : distinct,
  };
}

/** Order among sources, not within one: the first visit of each, to the lowest of its cells. */
function orderOf(parts: readonly Part[]): number {
  const lowest = parts.map(({ cells }) => Math.min(...cells));
  // Parts come about in the order of time: to sort them is little work.
  const order = Array.from(parts, (_, i) => i).sort(
    (x, y) => parts[x].first - parts[y].first || lowest[x] - lowest[y],
  );
  return orderP(
    Float64Array.from(order, (i) => parts[i].first),
    Uint16Array.from(order, (i) => lowest[i]),
  );
}
