import { coverageP, orderP } from './chance.ts';
import { mix4 } from './hash.ts';

/*
 * Who goes where, by group: each source's few cells (targets of a network, ports of a target), so that it can be asked
 * whether the sources together do what none does alone. Bounded in groups, sources and cells; a source with more cells
 * than a member may have is remembered as none. Full: the oldest group goes.
 *
 *   group    key (three words) · sources in the order of arrival ─┐ · visits per cell
 *   source   address · group · next ◀─────────────────────────────┘ · number of cells (too many: 255) · cells · first visit
 */

const groupLimit = 4096;
const sourceLimit = 4096;
const allSources = 131_072;
/** Members that are named at most. */
const namedLimit = 1024;
const lifetime = 86_400_000_000;
const none = -1;
const tooMany = 255;

export class SourceGroup {
  /** µs of the first visit. */
  readonly first: number;
  readonly slot: number;
  /** Sources, in the order of arrival. */
  head = none;
  tail = none;
  /** Sources, those with too many cells included. */
  size = 0;
  /** Sources with few enough cells for a member. */
  alive = 0;
  /** Cells of members, and different ones among them. */
  visits = 0;
  distinct = 0;
  /** Visits per cell. */
  cells = new Uint16Array(256);
  /** Sources, when the group is asked about next. */
  next: number;
  /** Once it has been told: its members, and whoever joins. */
  members: number[] | undefined;

  constructor(slot: number, first: number, next: number) {
    this.slot = slot;
    this.first = first;
    this.next = next;
  }
}

export class SourceGroups {
  readonly #cellsEach: number;
  readonly #least: number;
  readonly #groups: (SourceGroup | undefined)[] = [];
  readonly #keys = new Int32Array(3 * groupLimit);
  readonly #groupIndex = new Int32Array(2 * groupLimit);
  /** The slot of the oldest group, when all are taken. */
  #oldest = 0;

  readonly #source = new Uint32Array(allSources);
  readonly #groupOf = new Int16Array(allSources);
  readonly #nextSource = new Int32Array(allSources);
  readonly #count = new Uint8Array(allSources);
  readonly #cells: Uint16Array;
  readonly #firstVisit = new Float64Array(allSources);
  readonly #sourceIndex = new Int32Array(2 * allSources);
  #sourceTop = 0;
  #sourceFree = none;
  /** Groups that were asked about: the number of tests, for Bonferroni. */
  tested = 0;

  /** `cells`: a member's at most (1 … 16); `least`: members of a group that is worth asking about. */
  constructor(cells: number, least: number) {
    this.#cellsEach = cells;
    this.#least = least;
    this.#cells = new Uint16Array(cells * allSources);
  }

  /**
   * Notes that `source` visited `cell` (0 … 65,535) of the group (x, y, z: any 32-bit words), times ascending; returns the
   * group when it has grown enough to be asked about.
   */
  see(x: number, y: number, z: number, source: number, cell: number, time: number): SourceGroup | undefined {
    const group = this.#group(x, y, z, time);
    const known = this.#findSource(group.slot, source);
    if (known !== none) {
      this.#again(group, known, cell);
      return undefined;
    }
    if (group.size >= sourceLimit) return undefined;
    const at = this.#sourceFree === none ? this.#sourceTop : this.#sourceFree;
    if (at === allSources) return undefined;
    if (this.#sourceFree === none) this.#sourceTop++;
    else this.#sourceFree = this.#nextSource[at];
    this.#source[at] = source;
    this.#groupOf[at] = group.slot;
    this.#nextSource[at] = none;
    this.#count[at] = 0;
    this.#firstVisit[at] = time;
    if (group.tail === none) group.head = at;
    else this.#nextSource[group.tail] = at;
    group.tail = at;
    enter(this.#sourceIndex, this.#hashOf(at), at);
    group.size++;
    group.alive++;
    this.#visit(group, at, cell);
    if (group.members) {
      if (group.members.length < namedLimit) group.members.push(source);
      return undefined;
    }
    return group.size >= group.next ? group : undefined;
  }

  /** Probability that chance covers as much of `cells` (256 and less) as the members did. */
  coverageP({ visits, distinct }: SourceGroup, cells: number): number {
    return coverageP(visits, distinct, cells);
  }

  /** Probability that chance puts the members' first visits in order as they are: order among sources, not within one. */
  orderP(group: SourceGroup): number {
    const times = new Float64Array(group.alive);
    const cells = new Uint16Array(group.alive);
    let n = 0;
    for (let at = group.head; at !== none; at = this.#nextSource[at]) {
      if (this.#count[at] === tooMany) continue;
      times[n] = this.#firstVisit[at];
      cells[n++] = this.#cells[at * this.#cellsEach];
    }
    return orderP(times, cells);
  }

  /** Sources with few enough cells, in the order of arrival. */
  membersOf(group: SourceGroup): number[] {
    const members: number[] = [];
    for (let at = group.head; at !== none; at = this.#nextSource[at]) {
      if (this.#count[at] !== tooMany) members.push(this.#source[at]);
    }
    return members;
  }

  #visit(group: SourceGroup, at: number, cell: number): void {
    this.#cells[at * this.#cellsEach + this.#count[at]++] = cell;
    if (cell >= group.cells.length) {
      const grown = new Uint16Array(Math.min(65_536, 2 ** (32 - Math.clz32(cell))));
      grown.set(group.cells);
      group.cells = grown;
    }
    group.visits++;
    if (group.cells[cell]++ === 0) group.distinct++;
  }

  /** A known source's visit: one more cell, or one too many for a member. */
  #again(group: SourceGroup, at: number, cell: number): void {
    const count = this.#count[at];
    if (count === tooMany) return;
    const from = at * this.#cellsEach;
    for (let i = 0; i < count; i++) if (this.#cells[from + i] === cell) return;
    if (count < this.#cellsEach) {
      this.#visit(group, at, cell);
      return;
    }
    for (let i = 0; i < count; i++) if (--group.cells[this.#cells[from + i]] === 0) group.distinct--;
    group.visits -= count;
    group.alive--;
    this.#count[at] = tooMany;
  }

  #group(x: number, y: number, z: number, time: number): SourceGroup {
    const slot = this.#findGroup(x, y, z);
    const known = slot === none ? undefined : this.#groups[slot];
    if (known) return time - known.first > lifetime ? this.#renew(known, time) : known;
    let at = this.#groups.length;
    if (at === groupLimit) {
      at = this.#oldest;
      this.#oldest = (at + 1) % groupLimit;
      this.#empty(this.#groups[at]!);
      leave(this.#groupIndex, at, (other) => this.#hashOfGroup(other));
    }
    this.#keys[3 * at] = x;
    this.#keys[3 * at + 1] = y;
    this.#keys[3 * at + 2] = z;
    enter(this.#groupIndex, this.#hashOfGroup(at), at);
    return (this.#groups[at] = new SourceGroup(at, time, this.#least));
  }

  #renew(group: SourceGroup, time: number): SourceGroup {
    this.#empty(group);
    return (this.#groups[group.slot] = new SourceGroup(group.slot, time, this.#least));
  }

  #empty(group: SourceGroup): void {
    for (let at = group.head; at !== none;) {
      const next = this.#nextSource[at];
      leave(this.#sourceIndex, at, (other) => this.#hashOf(other));
      this.#nextSource[at] = this.#sourceFree;
      this.#sourceFree = at;
      at = next;
    }
  }

  #findGroup(x: number, y: number, z: number): number {
    const index = this.#groupIndex;
    const keys = this.#keys;
    const mask = index.length - 1;
    for (let spot = mix4(x, y, z, 5) & mask; index[spot] !== 0; spot = (spot + 1) & mask) {
      const k = 3 * (index[spot] - 1);
      if (keys[k] === (x | 0) && keys[k + 1] === (y | 0) && keys[k + 2] === (z | 0)) return index[spot] - 1;
    }
    return none;
  }

  #findSource(slot: number, source: number): number {
    const index = this.#sourceIndex;
    const mask = index.length - 1;
    for (let spot = mix4(source, slot, 0, 6) & mask; index[spot] !== 0; spot = (spot + 1) & mask) {
      const at = index[spot] - 1;
      if (this.#source[at] === source && this.#groupOf[at] === slot) return at;
    }
    return none;
  }

  #hashOf(at: number): number {
    return mix4(this.#source[at], this.#groupOf[at], 0, 6);
  }

  #hashOfGroup(at: number): number {
    return mix4(this.#keys[3 * at], this.#keys[3 * at + 1], this.#keys[3 * at + 2], 5);
  }
}

/** Open addressing: `index` holds record + 1 or 0, and is a power of two long. */
function enter(index: Int32Array, hash: number, record: number): void {
  const mask = index.length - 1;
  let spot = hash & mask;
  while (index[spot] !== 0) spot = (spot + 1) & mask;
  index[spot] = record + 1;
}

/** Takes a record out; those behind it move up, so that there are no tombstones. */
function leave(index: Int32Array, record: number, hashOf: (record: number) => number): void {
  const mask = index.length - 1;
  let gap = hashOf(record) & mask;
  while (index[gap] !== record + 1) gap = (gap + 1) & mask;
  for (let next = (gap + 1) & mask; index[next] !== 0; next = (next + 1) & mask) {
    const home = hashOf(index[next] - 1) & mask;
    if (((next - home) & mask) < ((next - gap) & mask)) continue;
    index[gap] = index[next];
    gap = next;
  }
  index[gap] = 0;
}
