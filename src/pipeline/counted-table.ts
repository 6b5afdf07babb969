import { Flag, Text } from '../model/event.ts';
import type { EventBatch, EventKindName } from '../model/event.ts';
import type { Column, Count, TextColumn, Worth } from '../model/detector.ts';
import { hashOut } from '../state/hash.ts';
import { SingleRing } from '../state/single-ring.ts';
import { hashText } from '../state/text-hash.ts';
import type { TextRing } from '../state/text-ring.ts';
import { Slot, TupleTable } from '../state/tuple-table.ts';
import type { Hit } from '../state/tuple-table.ts';

const second = 1_000_000;

/** A declared count with its detector, as the engine runs it. */
export interface BoundCount {
  readonly count: Count;
  readonly detector: number;
}

/** A count at its place in a table. */
interface Placed extends BoundCount {
  readonly slot: number;
  /** By window of the table: the threshold, Infinity where the count has none. */
  readonly least: readonly number[];
  readonly alsoB: number;
  readonly alsoC: number;
}

/** Counts that one table serves: same event, same worth, columns that fit together. */
export interface TablePlan {
  readonly event: EventKindName;
  readonly worth: Worth | undefined;
  /** The second and third words; undefined for contacts' own (target, port). */
  readonly texts: { readonly key: readonly Column[]; readonly value: readonly Column[] } | undefined;
  readonly keep: TextColumn | undefined;
  rare: boolean;
  readonly counts: BoundCount[];
  readonly spans: Set<number>;
}

/** Groups declared counts into as few tables as serve them. Throws RangeError for a declaration that cannot be counted. */
export function planTables(counts: readonly BoundCount[]): TablePlan[] {
  const plans: TablePlan[] = [];
  for (const bound of counts) {
    const { count } = bound;
    if (count.by[0] !== 'source') throw new RangeError(`${count.id}: the key must begin with 'source'`);
    if (count.windows.length === 0) throw new RangeError(`${count.id}: no window`);
    const rest = count.by.slice(1);
    const contacts = [...rest, ...count.distinct].every((column) => column === 'target' || column === 'port');
    const texts = contacts ? undefined : { key: rest, value: count.distinct };
    const spans = count.windows.map((window) => window.span);
    const plan = plans.find(
      (known) =>
        known.event === count.event &&
        known.worth === count.worth &&
        known.keep === count.keep &&
        // A key's value is one or the other; and text keys have one place for it.
        (texts === undefined || known.counts[0].count.value === count.value) &&
        sameTexts(known.texts, texts) &&
        new Set([...known.spans, ...spans]).size <= 3,
    );
    if (plan) {
      plan.counts.push(bound);
      for (const span of spans) plan.spans.add(span);
      plan.rare &&= count.rare === true;
    } else {
      plans.push({
        event: count.event,
        worth: count.worth,
        texts,
        keep: count.keep,
        rare: count.rare === true,
        counts: [bound],
        spans: new Set(spans),
      });
    }
  }
  return plans;
}

function sameTexts(x: TablePlan['texts'], y: TablePlan['texts']): boolean {
  if (!x || !y) return x === y;
  return x.key.join() === y.key.join() && x.value.join() === y.value.join();
}

function slotOf(count: Count, contacts: boolean): number {
  if (!contacts) return Slot.ab;
  const by = count.by.slice(1).join();
  const distinct = [...count.distinct].sort().join();
  if (by === 'target' && distinct === 'port') return Slot.ab;
  if (by === 'port' && distinct === 'target') return Slot.ac;
  if (by === '' && distinct === 'port,target') return Slot.a;
  if (by === '' && distinct === 'target') return Slot.aToB;
  if (by === '' && distinct === 'port') return Slot.aToC;
  throw new RangeError(`${count.id}: cannot count ${count.distinct.join(', ')} by ${count.by.join(', ')}`);
}

/** The word kept with a value of texts: HTTP status, rcode and the like in the low bits, the size's code above. */
export const statusBits = 10;
export const statusMask = (1 << statusBits) - 1;

/** Rounds to 8 significant bits (to within 0.4 %), as the upper half of a 32-bit float; 14 bits hold up to 2^62. */
const asFloat = new Float32Array(1);
const asWord = new Uint32Array(asFloat.buffer);
function sizeCode(size: number): number {
  if (size < 1) return 0;
  asFloat[0] = size;
  const code = (asWord[0] + 0x8000) >>> 16;
  return code - 0x3f80 + 1 < 0x2000 ? code - 0x3f80 + 1 : 0x1fff;
}

export function sizeFromCode(code: number): number {
  if (code === 0) return 0;
  asWord[0] = (code - 1 + 0x3f80) << 16;
  return asFloat[0];
}

/** What a note holds: the value's text and, when the count keeps one, the text beside it. */
export function notedTexts(note: string, keeps: boolean): { readonly text: string; readonly beside: string } {
  const cut = keeps ? note.indexOf('\n') : -1;
  return cut < 0 ? { text: note, beside: '' } : { text: note.slice(0, cut), beside: note.slice(cut + 1) };
}

/** Group keys (hosts, zones) as small exact numbers; past the limit as hashes. */
class KeyNames {
  readonly #ids = new Map<number, number>();
  readonly #names: string[] = [''];
  readonly #limit = 65_536;
  #low = 0;
  #high = 0;
  #last = -1;

  id(low: number, high: number, name: () => string): number {
    // Most logs are of one host.
    if (this.#last >= 0 && low === this.#low && high === this.#high) return this.#last;
    this.#low = low;
    this.#high = high;
    return (this.#last = this.#find(low, high, name));
  }

  #find(low: number, high: number, name: () => string): number {
    const key = (high & 0x1f_ffff) * 0x1_0000_0000 + low;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#names.length >= this.#limit) return (low | 0x8000_0000) >>> 0;
    this.#ids.set(key, this.#names.length);
    this.#names.push(name().slice(0, 256));
    return this.#names.length - 1;
  }

  name(id: number): string {
    return this.#names[id] ?? '';
  }
}

const textOf: Partial<Record<Column, number>> = { ...Text };

export class CountedTable {
  readonly plan: TablePlan;
  readonly table: TupleTable;
  /** µs, ascending. */
  readonly spans: readonly number[];
  readonly #placed: readonly Placed[];
  readonly #names = new KeyNames();
  readonly #ring: TextRing | undefined;
  readonly #keyFields: readonly Column[];
  readonly #valueFields: readonly Column[];
  readonly #noteField: number;
  readonly #besideField: number;
  readonly #sized: boolean;

  constructor(plan: TablePlan, budget: number, ring: TextRing) {
    this.plan = plan;
    this.spans = [...plan.spans].sort((x, y) => x - y).map((span) => span * second);
    const contacts = plan.texts === undefined;
    const least = Array.from({ length: 5 }, () => this.spans.map(() => Infinity));
    const high = [false, false, false, false, false];
    this.#placed = plan.counts.map((bound) => {
      const slot = slotOf(bound.count, contacts);
      const mine = this.spans.map(() => Infinity);
      for (const window of bound.count.windows)
        mine[this.spans.indexOf(window.span * second)] = window.atLeast;
      for (const [w, value] of mine.entries()) least[slot][w] = Math.min(least[slot][w], value);
      high[slot] = bound.count.value === 'high';
      const also = (column: Column): number =>
        bound.count.also?.find((extra) => extra.distinct.join() === column)?.atLeast ?? 0;
      return { ...bound, slot, least: mine, alsoB: also('target'), alsoC: also('port') };
    });
    this.#keyFields = plan.texts?.key ?? [];
    this.#valueFields = plan.texts?.value ?? [];
    this.#noteField = textOf[this.#valueFields[0] ?? 'source'] ?? -1;
    this.#besideField = plan.keep === undefined ? -1 : (textOf[plan.keep] ?? -1);
    this.#sized = plan.event === 'request';
    this.#ring = this.#noteField >= 0 ? ring : undefined;
    this.table = new TupleTable({
      windows: this.spans,
      least,
      high,
      plain: plan.worth === undefined,
      withC: contacts,
      singles: contacts && this.spans[this.spans.length - 1] <= SingleRing.longest,
      budget,
    });
  }

  /** A second text is kept beside each value's. */
  get keeps(): boolean {
    return this.#besideField >= 0;
  }

  get contacts(): boolean {
    return this.plan.texts === undefined;
  }

  /** Counts a row of text columns. `target` is the row's target as a word. */
  seeTexts(batch: EventBatch, row: number, a: number, family: number, target: number, worth: number): void {
    let key = 0;
    if (this.#keyFields.length > 0) {
      this.#hash(batch, row, this.#keyFields, target);
      key = this.#names.id(hashOut[0], hashOut[1], () => this.#describe(batch, row));
    }
    this.#hash(batch, row, this.#valueFields, target);
    const low = hashOut[0];
    const high = hashOut[1];
    // Texts are kept of what may end up in a finding: the values of full worth.
    const note =
      this.#ring && (worth === 2 || this.plan.worth === undefined) ? this.#keep(batch, row, this.#ring) : -1;
    const status = batch.status[row] & statusMask;
    const code = this.#sized && (batch.flags[row] & Flag.hasSize) !== 0 ? sizeCode(batch.size[row]) : 0;
    this.table.see(a, family, key, low, high, worth, status | (code << statusBits), note);
  }

  #keep(batch: EventBatch, row: number, ring: TextRing): number {
    const field = this.#noteField;
    const beside = this.#besideField;
    const bytes = batch.textBytesOf(row, field);
    const start = batch.textStartOf(row, field);
    const length = batch.textLengthOf(row, field);
    if (beside < 0 || batch.textLengthOf(row, beside) === 0) return ring.put(bytes, start, length);
    return ring.putTwo(
      bytes,
      start,
      length,
      batch.textBytesOf(row, beside),
      batch.textStartOf(row, beside),
      batch.textLengthOf(row, beside),
    );
  }

  #hash(batch: EventBatch, row: number, columns: readonly Column[], target: number): void {
    let seed = 0;
    for (const column of columns) {
      const field = textOf[column];
      if (field === undefined) {
        const number =
          column === 'status' ? batch.status[row] : column === 'target' ? target : batch.targetPort[row];
        hashOut[0] = Math.imul(number ^ seed, 0x9e3779b1);
        hashOut[1] = number ^ seed;
      } else hashText(batch, row, field, seed);
      seed = hashOut[0] ^ Math.imul(hashOut[1], 0x85ebca6b);
    }
  }

  #describe(batch: EventBatch, row: number): string {
    return this.#keyFields
      .map((column) => {
        const field = textOf[column];
        return field === undefined ? String(batch.status[row]) : batch.text(row, field);
      })
      .join(' ');
  }

  keyName(key: number): string {
    return this.#names.name(key);
  }

  /** Counts whose threshold the hit has reached, conditions included, and whether others at its slot may still. */
  reached(hit: Hit): { readonly now: readonly Placed[]; readonly open: boolean } {
    const now: Placed[] = [];
    let open = false;
    for (const placed of this.#placed) {
      if (placed.slot !== hit.slot || placed.least[hit.window] === Infinity) continue;
      const met =
        hit.value >= placed.least[hit.window] &&
        hit.distinctB >= placed.alsoB &&
        hit.distinctC >= placed.alsoC;
      if (met) now.push(placed);
      else open = true;
    }
    return { now, open };
  }
}
