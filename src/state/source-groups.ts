/*
 * Who goes where, by group: each source's few cells (targets of a network, ports of a target) with the times, so that it
 * can be asked whether the sources together do what none does alone. Bounded in groups, sources and cells; a source with
 * more cells than a member may have is remembered as none.
 */

export interface Visit {
  readonly cell: number;
  readonly time: number;
}

export interface SourceGroup {
  /** µs of the first visit. */
  readonly first: number;
  /** Source → visits; empty: too many for a member. In the order of arrival. */
  readonly sources: Map<number, Visit[]>;
  /** Members, when the group is asked about next. */
  next: number;
  /** Once it has been told: its members, and whoever joins. */
  members: number[] | undefined;
}

const groupLimit = 4096;
const sourceLimit = 4096;
const allSources = 131_072;
/** Members that are named at most. */
const namedLimit = 1024;
const lifetime = 86_400_000_000;

export class SourceGroups {
  readonly #groups = new Map<number, SourceGroup>();
  readonly #cells: number;
  readonly #least: number;
  #sources = 0;
  /** Groups that were asked about: the number of tests, for Bonferroni. */
  tested = 0;

  /** `cells`: a member's at most; `least`: members of a group that is worth asking about. */
  constructor(cells: number, least: number) {
    this.#cells = cells;
    this.#least = least;
  }

  /** Whether the group has grown enough to be asked about. */
  see(key: number, source: number, cell: number, time: number): boolean {
    let group = this.#groups.get(key);
    if (group && time - group.first > lifetime) {
      this.#drop(key, group);
      group = undefined;
    }
    if (!group) {
      if (this.#groups.size >= groupLimit) {
        const [oldest, held] = this.#groups.entries().next().value!;
        this.#drop(oldest, held);
      }
      group = { first: time, sources: new Map(), next: this.#least, members: undefined };
      this.#groups.set(key, group);
    }
    const visits = group.sources.get(source);
    if (visits) {
      if (visits.length === 0 || visits.some((visit) => visit.cell === cell)) return false;
      if (visits.length >= this.#cells) visits.length = 0;
      else visits.push({ cell, time });
      return false;
    }
    if (group.sources.size >= sourceLimit || this.#sources >= allSources) return false;
    group.sources.set(source, [{ cell, time }]);
    this.#sources++;
    if (group.members) {
      if (group.members.length < namedLimit) group.members.push(source);
      return false;
    }
    return group.sources.size >= group.next;
  }

  get(key: number): SourceGroup | undefined {
    return this.#groups.get(key);
  }

  #drop(key: number, group: SourceGroup): void {
    this.#sources -= group.sources.size;
    this.#groups.delete(key);
  }
}

/** Probability that n visits to random cells of N reach at least `distinct` of them (occupancy, normal approximation). */
export function coverageP(n: number, distinct: number, cells: number): number {
  const one = 1 - 1 / cells;
  const expected = cells * (1 - one ** n);
  const variance =
    cells * one ** n + cells * (cells - 1) * (1 - 2 / cells) ** n - cells * cells * one ** (2 * n);
  return tail((distinct - 0.5 - expected) / Math.sqrt(Math.max(variance, 1e-9)));
}

/**
 * Probability that random visits are in order as much as these, up or down (Spearman's rank correlation, two-sided).
 * `visits` in order of time; cells 0 … 65,535.
 */
export function orderP(visits: readonly Visit[]): number {
  const n = visits.length;
  const x = timeRanks(visits);
  const y = cellRanks(visits);
  const mean = (n - 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i] - mean;
    const dy = y[i] - mean;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  if (xx === 0 || yy === 0) return 1;
  return Math.min(1, 2 * tail((Math.abs(xy) / Math.sqrt(xx * yy)) * Math.sqrt(n - 1)));
}

/** Ranks from 0 of times that ascend; equal ones share the mean of theirs. */
function timeRanks(visits: readonly Visit[]): Float64Array {
  const ranks = new Float64Array(visits.length);
  for (let i = 0; i < visits.length;) {
    let j = i;
    while (j + 1 < visits.length && visits[j + 1].time === visits[i].time) j++;
    ranks.fill((i + j) / 2, i, j + 1);
    i = j + 1;
  }
  return ranks;
}

/** Ranks from 0 of the cells, by counting; equal ones share the mean of theirs. */
function cellRanks(visits: readonly Visit[]): Float64Array {
  let largest = 0;
  for (const { cell } of visits) if (cell > largest) largest = cell;
  const below = new Float64Array(largest + 2);
  for (const { cell } of visits) below[cell + 1]++;
  for (let cell = 1; cell < below.length; cell++) below[cell] += below[cell - 1];
  return Float64Array.from(visits, ({ cell }) => (below[cell] + below[cell + 1] - 1) / 2);
}

/** Upper tail of the normal distribution (Abramowitz & Stegun 26.2.17 below 6, the leading term of the tail above). */
function tail(z: number): number {
  if (z < 0) return 1 - tail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 6) return density / z;
  const t = 1 / (1 + 0.231_641_9 * z);
  return (
    density *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  );
}
