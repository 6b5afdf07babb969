import { mix4 } from './hash.ts';
import { none, RecordPool } from './record-pool.ts';
import { SingleRing } from './single-ring.ts';

/*
 * Exact sliding distinct counts of several keys over shared values, in one pass.
 *
 * A value is a tuple (a, b, c·d): actor, second word, third (64 bits, or 24 with `singles`). For contacts: actor, target,
 * service. One entry per value and worth class serves every key and every window:
 *
 *   time list   oldest ◀──────────────────────────────────────▶ newest      entries by last sighting
 *                 ▲ cursor of the longest window   ▲ …   ▲ cursor of the shortest
 *   entry       last · a b c d · class, status · links: hash, time list, actor's chain · groups AB, AC · actor · note
 *   group       (a,b) or (a,c): per window N₁, N₂ of its values, maximum
 *   actor       per window N₁, N₂ of all its values (A), of its distinct b (A→b), of its distinct c (A→c), maxima
 *
 * A sighting moves the entry to the list's end; time moves the cursors over entries that leave a window. Nₖ counts the
 * values worth at least k: the entry of class 2 counts for both, the one of class 1 only while no class 2 sibling lives.
 * Windows are (t − W, t]. Crossings are collected and handed out when time moves on, so rows of one µs apply together.
 */

/** Which count of the table: of the key (a, b), (a, c), (a), and distinct b or c of (a). */
export const Slot = { ab: 0, ac: 1, a: 2, aToB: 3, aToC: 4 } as const;
const slotCount = 5;

export interface TableSpec {
  /** µs, ascending, at most three. */
  readonly windows: readonly number[];
  /** By slot and window: the value from which on the slot's key has crossed; Infinity: not counted there. */
  readonly least: readonly (readonly number[])[];
  /** By slot: N₂ alone is the value (else N₁ + N₂). */
  readonly high: readonly boolean[];
  /** Every value is worth 1 and the value is N₁. */
  readonly plain: boolean;
  /** Keep groups of (a, c). */
  readonly withC: boolean;
  /** First values of an actor wait in a ring of 16 bytes each: third word ≤ 24 bits, windows ≤ 70 minutes. */
  readonly singles: boolean;
  /** Bytes it may hold; past it the actors with the fewest values go first. */
  readonly budget: number;
}

// Entry: 16 words.
const entryWords = 16;
const A = 2;
const B = 3;
const C = 4;
const D = 5;
const META = 6;
const HASH = 7;
const PREV = 8;
const NEXT = 9;
const CHAIN_PREV = 10;
const CHAIN_NEXT = 11;
const GROUP_B = 12;
const GROUP_C = 13;
const ACTOR = 14;
const NOTE = 15;
// META: bit 0 family, 1 class (set: worth 2), 2 may have a sibling of the other class, 8–31 status.
const familyBit = 1;
const classBit = 2;
const siblingBit = 4;

// Group: 16 words. FLAGS: bit 0 family, 1 kind (set: (a,c)), 4+w crossed in window w, 8+w undecided.
const groupWords = 16;
const G_A = 0;
const G_KEY = 1;
const G_FLAGS = 2;
const G_HASH = 3;
const G_LIVE = 4;
const G_ACTOR = 5;
const G_N1 = 6;
const G_N2 = 9;
const G_MAX = 12;

// Actor: 32 words. FLAGS: bit 0 family, 4+3s+w crossed (s: 0 A, 1 A→b, 2 A→c), 16+3s+w undecided.
const actorWords = 32;
const R_A = 0;
const R_FLAGS = 1;
const R_HASH = 2;
const R_CHAIN = 3;
const R_LIVE = 4;
/** Slot s starts here + 9·s: N₁ per window, N₂ per window, maximum per window. */
const R_COUNTS = 5;

/** Slices of the longest window; twice as many marks, so that none is ambiguous. */
const slices = 4096;
const markCount = 2 * slices;

/** A key that reached a threshold, as {@link TupleTable.flush} shows it; reused, copy what you keep. */
export interface Hit {
  slot: number;
  window: number;
  a: number;
  family: number;
  /** b, c or 0, by the slot. */
  key: number;
  value: number;
  n1: number;
  n2: number;
  /** Distinct b and c of the actor in the window. */
  distinctB: number;
  distinctC: number;
  /** The first time that this key is shown for this window. */
  first: boolean;
  /** Identity of the key while it lives: (slot, record). */
  record: number;
}

/** A value held for an actor, newest first; reused, copy what you keep. */
export interface Held {
  b: number;
  c: number;
  d: number;
  time: number;
  worth: number;
  status: number;
  note: number;
}

export class TupleTable {
  readonly #spec: TableSpec;
  readonly #windows: number;
  readonly #span: Float64Array;
  readonly #least: Float64Array;
  readonly #singles: SingleRing | undefined;

  readonly #entries = new RecordPool(entryWords, HASH, 1024, entryHash);
  #words = this.#entries.words;
  #last = new Float64Array(this.#words.buffer);
  readonly #groups = new RecordPool(groupWords, G_HASH, 1024, groupHash);
  readonly #actors = new RecordPool(actorWords, R_HASH, 256, actorHash);

  #oldest = none;
  #newest = none;
  readonly #cursor: Int32Array;
  #now = -Infinity;
  /** The first entry of each slice of time, so that an older one (promoted from a single) finds its place. */
  readonly #marks = new Int32Array(markCount).fill(none);
  readonly #markWidth: number;
  /** The actor being counted: not to be evicted for its own sake. */
  #guarded = none;

  /** Crossings since the last flush: slot, record, window. */
  #pending = new Int32Array(3 * 256);
  #pendingLength = 0;

  /** Actors dropped at the ceiling. */
  evicted = 0;
  /** Called when a crossed key's window has cooled for good: slot, record, window, maximum. */
  onGone: (slot: number, record: number, window: number, max: number) => void = () => undefined;

  constructor(spec: TableSpec) {
    if (spec.windows.length === 0 || spec.windows.length > 3)
      throw new RangeError('a table has one to three windows');
    this.#spec = spec;
    this.#windows = spec.windows.length;
    this.#span = Float64Array.from(spec.windows);
    this.#least = new Float64Array(slotCount * 3).fill(Infinity);
    for (const [slot, values] of spec.least.entries()) {
      for (const [w, value] of values.entries()) this.#least[slot * 3 + w] = value;
    }
    this.#cursor = new Int32Array(3).fill(none);
    this.#markWidth = Math.max(1, Math.ceil(spec.windows[spec.windows.length - 1] / slices));
    this.#singles = spec.singles ? new SingleRing(spec.windows[spec.windows.length - 1]) : undefined;
  }

  /** Bytes of state held. */
  get bytes(): number {
    return this.#entries.bytes + this.#groups.bytes + this.#actors.bytes + (this.#singles?.bytes ?? 0);
  }

  /** Values held, singles included. */
  get size(): number {
    return this.#entries.size + (this.#singles?.size ?? 0);
  }

  get hasPending(): boolean {
    return this.#pendingLength > 0;
  }

  /** Grows with every key that reaches a threshold, until the next flush. */
  get pending(): number {
    return this.#pendingLength;
  }

  /** Distinct values (N₁) of the key (a, b) in window `w` as of the last {@link advance}. */
  valueOf(a: number, family: number, b: number, w: number): number {
    const groups = this.#groups.words;
    let at = this.#groups.first(mix4(a, b, family, 1));
    while (at !== none) {
      const g = at * groupWords;
      if (
        groups[g + G_A] === (a | 0) &&
        groups[g + G_KEY] === (b | 0) &&
        (groups[g + G_FLAGS] & 3) === family
      )
        return groups[g + G_N1 + w];
      at = groups[g + G_HASH];
    }
    return 0;
  }

  /** Moves time on: values leave windows. Flush before, when there is something pending. */
  advance(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    const windows = this.#windows;
    for (let w = 0; w < windows; w++) {
      const edge = time - this.#span[w];
      let at = this.#cursor[w];
      if (at === none || this.#last[at * 8] > edge) continue;
      const longest = w === windows - 1;
      do {
        const next = this.#words[at * entryWords + NEXT];
        this.#leave(at, w);
        if (longest) this.#remove(at);
        at = next;
      } while (at !== none && this.#last[at * 8] <= edge);
      this.#cursor[w] = at;
    }
    this.#singles?.advance(time);
  }

  /**
   * Counts a value seen at the current time ({@link advance}). `family`: 0 IPv4, 1 IPv6; `worth` 1 or 2; `status` ≤ 24
   * bits and `note` (any 32 bits, -1 none) are kept with the value as last seen.
   */
  see(
    a: number,
    family: number,
    b: number,
    c: number,
    d: number,
    worth: number,
    status: number,
    note: number,
  ): void {
    let actor = this.#findActor(a, family);
    if (actor === none) {
      if (this.#singles) {
        const at = this.#singles.find(a, family);
        if (at < 0) {
          this.#addSingle(a, family, b, c, worth, status);
          return;
        }
        const { b: b0, c: c0, tag, time: t0 } = this.#singles;
        this.#singles.remove(at);
        const worth0 = tag & 2 ? 2 : 1;
        if (b0 === b && c0 === c && worth0 === worth) {
          this.#addSingle(a, family, b, c, worth, status);
          return;
        }
        actor = this.#addActor(a, family);
        this.#guarded = actor;
        this.#insert(actor, a, family, b0, c0, 0, worth0, tag >>> 2, none, t0);
      } else actor = this.#addActor(a, family);
    }
    this.#guarded = actor;
    this.#seeValue(actor, a, family, b, c, d, worth, status, note);
  }

  #addSingle(a: number, family: number, b: number, c: number, worth: number, status: number): void {
    const ring = this.#singles!;
    if (ring.growth > 0 && this.bytes + ring.growth > this.#spec.budget) this.#makeRoom();
    ring.add(a, b, c, family | (worth === 2 ? 2 : 0) | ((status & 7) << 2), this.#now);
  }

  #seeValue(
    actor: number,
    a: number,
    family: number,
    b: number,
    c: number,
    d: number,
    worth: number,
    status: number,
    note: number,
  ): void {
    const now = this.#now;
    const meta = family | (worth === 2 ? classBit : 0);
    const at = this.#findEntry(a, b, c, d, meta);
    if (at === none) {
      this.#insert(actor, a, family, b, c, d, worth, status, note, now);
      return;
    }
    const words = this.#words;
    const base = at * entryWords;
    const last = this.#last[at * 8];
    if (last === now) {
      // Rows of one µs have no order: the higher status stays.
      if (status > words[base + META] >>> 8) words[base + META] = (words[base + META] & 0xff) | (status << 8);
      return;
    }
    words[base + META] = (words[base + META] & 0xff) | (status << 8);
    if (note !== none) words[base + NOTE] = note;
    // It has left the shorter windows first, and is still held, so it lives in the longest.
    for (let w = 0; w < this.#windows - 1; w++) {
      if (last > now - this.#span[w]) break;
      this.#enter(at, w);
    }
    this.#toEnd(at, now);
  }

  #insert(
    actor: number,
    a: number,
    family: number,
    b: number,
    c: number,
    d: number,
    worth: number,
    status: number,
    note: number,
    time: number,
  ): void {
    let meta = family | (worth === 2 ? classBit : 0);
    const sibling = this.#findEntry(a, b, c, d, meta ^ classBit);
    const at = this.#takeEntry(mix4(a, b, c, d ^ family));
    const words = this.#words;
    const base = at * entryWords;
    if (sibling !== none) {
      meta |= siblingBit;
      words[sibling * entryWords + META] |= siblingBit;
    }
    this.#last[at * 8] = time;
    words[base + A] = a;
    words[base + B] = b;
    words[base + C] = c;
    words[base + D] = d;
    words[base + META] = meta | (status << 8);
    words[base + NOTE] = note;
    words[base + ACTOR] = actor;
    words[base + GROUP_B] = this.#joinGroup(a, family, b, 0, actor);
    words[base + GROUP_C] = this.#spec.withC ? this.#joinGroup(a, family, c, 2, actor) : none;
    const record = actor * actorWords;
    const head = this.#actors.words[record + R_CHAIN];
    words[base + CHAIN_PREV] = none;
    words[base + CHAIN_NEXT] = head;
    if (head !== none) words[head * entryWords + CHAIN_PREV] = at;
    this.#actors.words[record + R_CHAIN] = at;
    this.#actors.words[record + R_LIVE]++;
    this.#link(at, time);
    for (let w = 0; w < this.#windows; w++) if (time > this.#now - this.#span[w]) this.#enter(at, w);
  }

  // ── counts ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The entry comes into window w: raises N₁ and N₂ of its keys, notes what crosses. */
  #enter(at: number, w: number): void {
    const words = this.#words;
    const base = at * entryWords;
    const meta = words[base + META];
    const edge = this.#now - this.#span[w];
    let d1 = 1;
    let d2 = 0;
    if (meta & classBit) d2 = 1;
    if (meta & siblingBit) {
      const sibling = this.#findEntry(
        words[base + A],
        words[base + B],
        words[base + C],
        words[base + D],
        (meta ^ classBit) & 3,
      );
      if (sibling !== none && this.#last[sibling * 8] > edge) {
        d1 = 0;
        if (d2 === 0) return;
      }
    }
    const record = words[base + ACTOR];
    const actors = this.#actors.words;
    const counts = record * actorWords + R_COUNTS + w;
    actors[counts] += d1;
    actors[counts + 3] += d2;
    this.#checkActor(record, Slot.a, w);
    const groupB = words[base + GROUP_B];
    const g = groupB * groupWords;
    const n1 = (this.#groups.words[g + G_N1 + w] += d1);
    const n2 = (this.#groups.words[g + G_N2 + w] += d2);
    this.#checkGroup(groupB, Slot.ab, w, n1, n2);
    const firstB1 = d1 === 1 && n1 === 1;
    const firstB2 = d2 === 1 && n2 === 1;
    if (firstB1 || firstB2) {
      if (firstB1) actors[counts + 9]++;
      if (firstB2) actors[counts + 12]++;
      this.#checkActor(record, Slot.aToB, w);
    }
    const groupC = words[base + GROUP_C];
    if (groupC === none) return;
    const h = groupC * groupWords;
    const m1 = (this.#groups.words[h + G_N1 + w] += d1);
    const m2 = (this.#groups.words[h + G_N2 + w] += d2);
    this.#checkGroup(groupC, Slot.ac, w, m1, m2);
    const firstC1 = d1 === 1 && m1 === 1;
    const firstC2 = d2 === 1 && m2 === 1;
    if (firstC1 || firstC2) {
      if (firstC1) actors[counts + 18]++;
      if (firstC2) actors[counts + 21]++;
      this.#checkActor(record, Slot.aToC, w);
    }
  }

  /** The entry's last sighting leaves window w. */
  #leave(at: number, w: number): void {
    const words = this.#words;
    const base = at * entryWords;
    const meta = words[base + META];
    let d1 = 1;
    const d2 = meta & classBit ? 1 : 0;
    if (meta & siblingBit) {
      const sibling = this.#findEntry(
        words[base + A],
        words[base + B],
        words[base + C],
        words[base + D],
        (meta ^ classBit) & 3,
      );
      // Of two seen in the same µs, class 2 leaves first.
      if (sibling !== none) {
        const mine = this.#last[at * 8];
        const other = this.#last[sibling * 8];
        if (d2 === 1 ? other >= mine : other > mine) d1 = 0;
      }
      if (d1 === 0 && d2 === 0) return;
    }
    const actors = this.#actors.words;
    const counts = words[base + ACTOR] * actorWords + R_COUNTS + w;
    actors[counts] -= d1;
    actors[counts + 3] -= d2;
    const groups = this.#groups.words;
    const g = words[base + GROUP_B] * groupWords;
    if (d1 === 1 && --groups[g + G_N1 + w] === 0) actors[counts + 9]--;
    if (d2 === 1 && --groups[g + G_N2 + w] === 0) actors[counts + 12]--;
    const groupC = words[base + GROUP_C];
    if (groupC === none) return;
    const h = groupC * groupWords;
    if (d1 === 1 && --groups[h + G_N1 + w] === 0) actors[counts + 18]--;
    if (d2 === 1 && --groups[h + G_N2 + w] === 0) actors[counts + 21]--;
  }

  #value(slot: number, n1: number, n2: number): number {
    return this.#spec.plain ? n1 : this.#spec.high[slot] ? n2 : n1 + n2;
  }

  #checkGroup(group: number, slot: number, w: number, n1: number, n2: number): void {
    const value = this.#value(slot, n1, n2);
    if (value < this.#least[slot * 3 + w]) return;
    const g = group * groupWords;
    const flags = this.#groups.words[g + G_FLAGS];
    if (value <= this.#groups.words[g + G_MAX + w]) return;
    this.#groups.words[g + G_MAX + w] = value;
    if ((flags & (16 << w)) === 0 || flags & (256 << w)) this.#note(slot, group, w);
  }

  #checkActor(record: number, slot: number, w: number): void {
    const s = slot - Slot.a;
    const at = record * actorWords + R_COUNTS + 9 * s + w;
    const actors = this.#actors.words;
    const value = this.#value(slot, actors[at], actors[at + 3]);
    if (value < this.#least[slot * 3 + w] || value <= actors[at + 6]) return;
    actors[at + 6] = value;
    const flags = actors[record * actorWords + R_FLAGS];
    const bit = 3 * s + w;
    if ((flags & (1 << (4 + bit))) === 0 || flags & (1 << (16 + bit))) this.#note(slot, record, w);
  }

  #note(slot: number, record: number, w: number): void {
    const n = this.#pendingLength;
    const pending = this.#pending;
    if (n >= 3 && pending[n - 3] === slot && pending[n - 2] === record && pending[n - 1] === w) return;
    if (n + 3 > pending.length) {
      const grown = new Int32Array(pending.length * 2);
      grown.set(pending);
      this.#pending = grown;
    }
    this.#pending[n] = slot;
    this.#pending[n + 1] = record;
    this.#pending[n + 2] = w;
    this.#pendingLength = n + 3;
  }

  /**
   * Shows every key that reached a threshold since the last flush. `decide` returns true when the key needs not be shown
   * again as its value grows, false to see it again.
   */
  flush(decide: (hit: Hit) => boolean): void {
    const hit: Hit = {
      slot: 0,
      window: 0,
      a: 0,
      family: 0,
      key: 0,
      value: 0,
      n1: 0,
      n2: 0,
      distinctB: 0,
      distinctC: 0,
      first: false,
      record: 0,
    };
    for (let i = 0; i < this.#pendingLength; i += 3) {
      const slot = (hit.slot = this.#pending[i]);
      const record = (hit.record = this.#pending[i + 1]);
      const w = (hit.window = this.#pending[i + 2]);
      let actor = record;
      let crossedBit: number;
      let undecidedBit: number;
      let flags: number;
      if (slot < Slot.a) {
        const g = record * groupWords;
        const groups = this.#groups.words;
        actor = groups[g + G_ACTOR];
        flags = groups[g + G_FLAGS];
        crossedBit = 16 << w;
        undecidedBit = 256 << w;
        hit.key = groups[g + G_KEY] >>> 0;
        hit.n1 = groups[g + G_N1 + w];
        hit.n2 = groups[g + G_N2 + w];
        hit.value = groups[g + G_MAX + w];
      } else {
        const bit = 3 * (slot - Slot.a) + w;
        crossedBit = 1 << (4 + bit);
        undecidedBit = 1 << (16 + bit);
        const at = record * actorWords + R_COUNTS + 9 * (slot - Slot.a) + w;
        flags = this.#actors.words[record * actorWords + R_FLAGS];
        hit.key = 0;
        hit.n1 = this.#actors.words[at];
        hit.n2 = this.#actors.words[at + 3];
        hit.value = this.#actors.words[at + 6];
      }
      if (flags & crossedBit && (flags & undecidedBit) === 0) continue; // noted twice in one µs
      const r = actor * actorWords;
      hit.a = this.#actors.words[r + R_A] >>> 0;
      hit.family = this.#actors.words[r + R_FLAGS] & familyBit;
      hit.distinctB = this.#actors.words[r + R_COUNTS + 9 + w];
      hit.distinctC = this.#actors.words[r + R_COUNTS + 18 + w];
      hit.first = (flags & crossedBit) === 0;
      const decided = decide(hit);
      flags = (flags | crossedBit | undecidedBit) ^ (decided ? undecidedBit : 0);
      if (slot < Slot.a) this.#groups.words[record * groupWords + G_FLAGS] = flags;
      else this.#actors.words[record * actorWords + R_FLAGS] = flags;
    }
    this.#pendingLength = 0;
  }

  /** Shows every crossed key that still lives to {@link onGone}; for the end of a run. */
  finish(): void {
    for (let at = this.#oldest; at !== none; at = this.#words[at * entryWords + NEXT]) {
      const base = at * entryWords;
      this.#gone(Slot.ab, this.#words[base + GROUP_B]);
      if (this.#words[base + GROUP_C] !== none) this.#gone(Slot.ac, this.#words[base + GROUP_C]);
      this.#actorGone(this.#words[base + ACTOR]);
    }
  }

  /** Values held for an actor in window `w`, newest first by the chain of insertion; `visit` returns false to stop. */
  each(a: number, family: number, w: number, visit: (held: Held) => boolean): void {
    const actor = this.#findActor(a, family);
    if (actor === none) return;
    const held: Held = { b: 0, c: 0, d: 0, time: 0, worth: 0, status: 0, note: none };
    const edge = this.#now - this.#span[w];
    const words = this.#words;
    let at = this.#actors.words[actor * actorWords + R_CHAIN];
    for (; at !== none; at = words[at * entryWords + CHAIN_NEXT]) {
      if (this.#last[at * 8] <= edge) continue;
      const base = at * entryWords;
      held.b = words[base + B] >>> 0;
      held.c = words[base + C] >>> 0;
      held.d = words[base + D] >>> 0;
      held.time = this.#last[at * 8];
      held.worth = words[base + META] & classBit ? 2 : 1;
      held.status = words[base + META] >>> 8;
      held.note = words[base + NOTE];
      if (!visit(held)) return;
    }
  }

  /** Calls `mark` with the IPv6 slots (a, b) that the state refers to. */
  markSlots(mark: (a: number, b: number) => void): void {
    for (let at = this.#oldest; at !== none; at = this.#words[at * entryWords + NEXT]) {
      const base = at * entryWords;
      if (this.#words[base + META] & familyBit)
        mark(this.#words[base + A] >>> 0, this.#words[base + B] >>> 0);
    }
    this.#singles?.markSlots(mark);
  }

  // ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #findEntry(a: number, b: number, c: number, d: number, meta: number): number {
    const words = this.#words;
    let at = this.#entries.first(mix4(a, b, c, d ^ (meta & familyBit)));
    while (at !== none) {
      const base = at * entryWords;
      if (
        words[base + A] === (a | 0) &&
        words[base + B] === (b | 0) &&
        words[base + C] === (c | 0) &&
        words[base + D] === (d | 0) &&
        (words[base + META] & 3) === (meta & 3)
      ) {
        return at;
      }
      at = words[base + HASH];
    }
    return none;
  }

  #findActor(a: number, family: number): number {
    const actors = this.#actors.words;
    let at = this.#actors.first(mix4(a, family, 0, 0));
    while (at !== none) {
      const r = at * actorWords;
      if (actors[r + R_A] === (a | 0) && (actors[r + R_FLAGS] & familyBit) === family) return at;
      at = actors[r + R_HASH];
    }
    return none;
  }

  #joinGroup(a: number, family: number, key: number, kind: number, actor: number): number {
    const known = this.#groups.words;
    const identity = family | kind;
    const hash = mix4(a, key, identity, 1);
    for (let at = this.#groups.first(hash); at !== none; at = known[at * groupWords + G_HASH]) {
      const g = at * groupWords;
      if (
        known[g + G_A] === (a | 0) &&
        known[g + G_KEY] === (key | 0) &&
        (known[g + G_FLAGS] & 3) === identity
      ) {
        known[g + G_LIVE]++;
        return at;
      }
    }
    const at = this.#groups.take(hash);
    const groups = this.#groups.words;
    const g = at * groupWords;
    groups[g + G_A] = a;
    groups[g + G_KEY] = key;
    groups[g + G_FLAGS] = identity;
    groups[g + G_LIVE] = 1;
    groups[g + G_ACTOR] = actor;
    groups.fill(0, g + G_N1, g + groupWords);
    return at;
  }

  #addActor(a: number, family: number): number {
    const at = this.#actors.take(mix4(a, family, 0, 0));
    const actors = this.#actors.words;
    const r = at * actorWords;
    actors[r + R_A] = a;
    actors[r + R_FLAGS] = family;
    actors[r + R_CHAIN] = none;
    actors.fill(0, r + R_LIVE, r + actorWords);
    return at;
  }

  /** A new entry; at the ceiling others go first. */
  #takeEntry(hash: number): number {
    const { growth } = this.#entries;
    if (growth > 0 && this.bytes + growth > this.#spec.budget) this.#makeRoom();
    const at = this.#entries.take(hash);
    if (this.#entries.words !== this.#words) {
      this.#words = this.#entries.words;
      this.#last = new Float64Array(this.#words.buffer);
    }
    return at;
  }

  #markOf(time: number): number {
    return Math.floor(time / this.#markWidth) & (markCount - 1);
  }

  /** Puts the entry into the time list: at the end, or (promoted from a single, so older) before the first newer one. */
  #link(at: number, time: number): void {
    const words = this.#words;
    const mark = this.#markOf(time);
    let after = none;
    if (this.#newest !== none && this.#last[this.#newest * 8] > time) {
      for (let k = mark; after === none; k = (k + 1) & (markCount - 1)) after = this.#marks[k];
      while (this.#last[after * 8] <= time) after = words[after * entryWords + NEXT];
    }
    const before = after === none ? this.#newest : words[after * entryWords + PREV];
    words[at * entryWords + PREV] = before;
    words[at * entryWords + NEXT] = after;
    if (before === none) this.#oldest = at;
    else words[before * entryWords + NEXT] = at;
    if (after === none) this.#newest = at;
    else words[after * entryWords + PREV] = at;
    if (this.#marks[mark] === none || this.#marks[mark] === after) this.#marks[mark] = at;
    for (let w = 0; w < this.#windows; w++) {
      if (time <= this.#now - this.#span[w]) continue;
      const cursor = this.#cursor[w];
      if (cursor === none || cursor === after) this.#cursor[w] = at;
    }
  }

  /** Before the entry leaves its place: the mark of its slice moves to the next entry of the same slice. */
  #unmark(at: number): void {
    const mark = this.#markOf(this.#last[at * 8]);
    if (this.#marks[mark] !== at) return;
    const next = this.#words[at * entryWords + NEXT];
    this.#marks[mark] = next !== none && this.#markOf(this.#last[next * 8]) === mark ? next : none;
  }

  #toEnd(at: number, time: number): void {
    const words = this.#words;
    const base = at * entryWords;
    this.#unmark(at);
    this.#last[at * 8] = time;
    const next = words[base + NEXT];
    if (next !== none) {
      const prev = words[base + PREV];
      for (let w = 0; w < this.#windows; w++) if (this.#cursor[w] === at) this.#cursor[w] = next;
      words[next * entryWords + PREV] = prev;
      if (prev === none) this.#oldest = next;
      else words[prev * entryWords + NEXT] = next;
      words[base + PREV] = this.#newest;
      words[base + NEXT] = none;
      words[this.#newest * entryWords + NEXT] = at;
      this.#newest = at;
    }
    const mark = this.#markOf(time);
    if (this.#marks[mark] === none) this.#marks[mark] = at;
    // A window that held nothing begins with this entry.
    for (let w = 0; w < this.#windows; w++) if (this.#cursor[w] === none) this.#cursor[w] = at;
  }

  #remove(at: number): void {
    const words = this.#words;
    const base = at * entryWords;
    // Time list.
    this.#unmark(at);
    const prev = words[base + PREV];
    const next = words[base + NEXT];
    if (prev === none) this.#oldest = next;
    else words[prev * entryWords + NEXT] = next;
    if (next === none) this.#newest = prev;
    else words[next * entryWords + PREV] = prev;
    // Actor's chain.
    const chainPrev = words[base + CHAIN_PREV];
    const chainNext = words[base + CHAIN_NEXT];
    const actor = words[base + ACTOR];
    if (chainPrev === none) this.#actors.words[actor * actorWords + R_CHAIN] = chainNext;
    else words[chainPrev * entryWords + CHAIN_NEXT] = chainNext;
    if (chainNext !== none) words[chainNext * entryWords + CHAIN_PREV] = chainPrev;
    this.#leaveGroup(words[base + GROUP_B], Slot.ab);
    if (words[base + GROUP_C] !== none) this.#leaveGroup(words[base + GROUP_C], Slot.ac);
    if (--this.#actors.words[actor * actorWords + R_LIVE] === 0) this.#removeActor(actor);
    this.#entries.drop(at);
  }

  #leaveGroup(group: number, slot: number): void {
    const groups = this.#groups.words;
    const g = group * groupWords;
    if (--groups[g + G_LIVE] > 0) return;
    this.#gone(slot, group);
    this.#groups.drop(group);
  }

  #gone(slot: number, group: number): void {
    const g = group * groupWords;
    const flags = this.#groups.words[g + G_FLAGS];
    if ((flags & 0x70) === 0) return;
    for (let w = 0; w < this.#windows; w++) {
      if (flags & (16 << w)) this.onGone(slot, group, w, this.#groups.words[g + G_MAX + w]);
    }
    this.#groups.words[g + G_FLAGS] = flags & 3;
  }

  #actorGone(actor: number): void {
    const r = actor * actorWords;
    const flags = this.#actors.words[r + R_FLAGS];
    if ((flags & 0x1ff0) === 0) return;
    for (let s = 0; s < 3; s++) {
      for (let w = 0; w < this.#windows; w++) {
        if (flags & (1 << (4 + 3 * s + w))) {
          this.onGone(s + Slot.a, actor, w, this.#actors.words[r + R_COUNTS + 9 * s + 6 + w]);
        }
      }
    }
    this.#actors.words[r + R_FLAGS] = flags & familyBit;
  }

  #removeActor(actor: number): void {
    this.#actorGone(actor);
    this.#actors.drop(actor);
  }

  // ── ceiling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Drops a tenth of the values held: singles first, then actors with the fewest values, the oldest first. */
  #makeRoom(): void {
    const target = Math.max(1, Math.floor(this.size / 10));
    let freed = this.#singles?.evict(target) ?? 0;
    this.evicted += freed;
    // A crossing waits to be shown: its records must stay. The table grows a little past its budget instead.
    if (this.#pendingLength > 0) return;
    for (let limit = 2; freed < target && limit < 0x4000_0000; limit *= 2) {
      let at = this.#oldest;
      while (at !== none && freed < target) {
        const actor = this.#words[at * entryWords + ACTOR];
        // The successor must outlive the actor that may be about to go.
        let next = this.#words[at * entryWords + NEXT];
        while (next !== none && this.#words[next * entryWords + ACTOR] === actor) {
          next = this.#words[next * entryWords + NEXT];
        }
        const live = this.#actors.words[actor * actorWords + R_LIVE];
        if (live <= limit && actor !== this.#guarded) {
          this.#evictActor(actor);
          freed += live;
          this.evicted++;
        }
        at = next;
      }
    }
  }

  #evictActor(actor: number): void {
    let at = this.#actors.words[actor * actorWords + R_CHAIN];
    while (at !== none) {
      // The counts go with the last of the actor's entries, so they need no leaving.
      const next = this.#words[at * entryWords + CHAIN_NEXT];
      for (let w = 0; w < this.#windows; w++) {
        if (this.#cursor[w] === at) this.#cursor[w] = this.#words[at * entryWords + NEXT];
      }
      this.#remove(at);
      at = next;
    }
  }
}

function entryHash(words: Int32Array, base: number): number {
  return mix4(
    words[base + A],
    words[base + B],
    words[base + C],
    words[base + D] ^ (words[base + META] & familyBit),
  );
}

function groupHash(words: Int32Array, base: number): number {
  return mix4(words[base + G_A], words[base + G_KEY], words[base + G_FLAGS] & 3, 1);
}

function actorHash(words: Int32Array, base: number): number {
  return mix4(words[base + R_A], words[base + R_FLAGS] & familyBit, 0, 0);
}
