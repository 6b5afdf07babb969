import type { Linked, LinkedCorrelation, Part } from './collection.ts';
import { type FieldScalar, type FieldSource, type FieldValue, fieldsSource } from './field-source.ts';
import { numberOf } from './predicate.ts';
import { type Entry, SlidingGroup, holds } from './sliding-group.ts';

// The meaning of correlations, written plainly: the oracle for what the engine counts (compiled-counts.ts) and for SQL, and
// what runs the tests of a rule. Events come in order of time; those of one microsecond apply together.

/** An event that detections matched. */
export interface Matched<E> {
  readonly event: E;
  readonly source: Grouped;
  readonly rules: readonly Linked[];
}

/** A correlation whose condition holds at an instant. */
export interface Fired<E> {
  readonly rule: LinkedCorrelation;
  /** µs, the time of the event that completed it. */
  readonly time: number;
  /** Values of the `group-by` fields, in their order. */
  readonly group: readonly string[];
  readonly measure: number;
  /** Whether this is a crossing: it did not hold since the group's window was last empty. */
  readonly first: boolean;
  /** An event of this instant that it rests on. */
  readonly event: E;
}

/** Bytes that a correlator may hold unless it is told otherwise. */
const defaultLimit = 256 << 20;
/** Who is let go at the ceiling: enough that the next time is not at once. */
const freed = 0.1;

const none: readonly number[] = [];

interface Input<E> {
  readonly source: Grouped;
  readonly event: E;
}
type Grouped = Pick<FieldSource, 'get' | 'identity'>;

function identity(source: Grouped, field: string): FieldValue {
  return source.identity === undefined ? source.get(field) : source.identity(field);
}

export class Correlator<E> {
  readonly #order: readonly LinkedCorrelation[];
  readonly #groups = new Map<LinkedCorrelation, Map<string, SlidingGroup>>();
  /** Rule → places in the order of the correlations that count it. */
  readonly #users = new Map<Linked, readonly number[]>();
  readonly #due: Uint8Array;
  #limit: number;
  /** About what all groups take. */
  bytes = 0;
  /** Groups and events let go for want of room: findings are exact while this is 0. */
  evicted = 0;

  /**
   * @param limit bytes; beyond it the groups with the fewest events, then those untouched for longest, go first
   */
  constructor(rules: readonly Linked[], limit = defaultLimit) {
    this.#order = inOrder(rules);
    for (const rule of this.#order) this.#groups.set(rule, new Map());
    this.#due = new Uint8Array(this.#order.length);
    for (const [index, { parts }] of this.#order.entries())
      for (const { rule } of parts) this.#users.set(rule, [...(this.#users.get(rule) ?? none), index]);
    this.#limit = limit;
  }

  limit(bytes: number): void {
    this.#limit = bytes;
  }

  /**
   * All matches of one instant; instants must ascend.
   *
   * @param time µs
   * @returns every correlation that holds now, inner ones before those built on them
   */
  at(time: number, matches: readonly Matched<E>[]): Fired<E>[] {
    const fired: Fired<E>[] = [];
    const inputs = new Map<Linked, Input<E>[]>();
    const give = (rule: Linked, input: Input<E>): void => {
      for (const user of this.#users.get(rule) ?? none) this.#due[user] = 1;
      const list = inputs.get(rule);
      if (list === undefined) inputs.set(rule, [input]);
      else list.push(input);
    };
    for (const { event, source, rules } of matches) for (const rule of rules) give(rule, { event, source });
    for (const [index, rule] of this.#order.entries()) {
      // Most events concern few correlations: the others cost one look.
      if (this.#due[index] === 0) continue;
      this.#due[index] = 0;
      for (const hit of this.#apply(rule, time, inputs)) {
        fired.push(hit);
        const values = new Map(rule.rule.groupBy.map((field, index) => [field, hit.group[index]]));
        give(rule, { event: hit.event, source: fieldsSource(values) });
      }
    }
    return fired;
  }

  *#apply(
    rule: LinkedCorrelation,
    time: number,
    inputs: ReadonlyMap<Linked, readonly Input<E>[]>,
  ): Generator<Fired<E>> {
    const groups = this.#groups.get(rule);
    if (groups === undefined) return;
    const ordered = rule.rule.type === 'temporal_ordered';
    this.#forget(groups, rule.rule.timespan * 1e6, time);
    const touched = new Map<string, { values: readonly string[]; parts: Set<number>; event: E }>();
    const temporal = rule.rule.type === 'temporal' || rule.rule.type === 'temporal_ordered';
    const counted = new Map<Input<E>['source'], Set<string>>();
    for (const [index, part] of rule.parts.entries())
      for (const { source, event } of inputs.get(part.rule) ?? []) {
        // An event that two rules match, read through the same fields, is one event.
        if (!temporal && rule.parts.length > 1) {
          const shapes = counted.get(source) ?? new Set();
          const shape = JSON.stringify([part.group, part.values]);
          if (shapes.has(shape)) continue;
          counted.set(source, shapes.add(shape));
        }
        for (const values of tuples(part.group.map((field) => identity(source, field))))
          for (const entry of entriesOf(rule, part, index, time, source)) {
            const key = keyText(values);
            let group = groups.get(key);
            // Most second steps follow no first one.
            if (ordered && index > 0 && !touched.has(key) && (group?.lacksStart(index, time) ?? true))
              continue;
            group ??= this.#open(groups, key, rule);
            const before = group.bytes;
            if (!touched.has(key)) group.begin(time);
            group.add(entry);
            this.bytes += group.bytes - before;
            const seen = touched.get(key);
            if (seen === undefined) touched.set(key, { values, parts: new Set([index]), event });
            else seen.parts.add(index);
          }
      }
    for (const [key, { values, parts, event }] of touched) {
      const group = groups.get(key);
      if (group === undefined) continue;
      const before = group.bytes;
      group.expire(time);
      this.bytes += group.bytes - before;
      const measure = group.measure(time, parts);
      const holding = measure !== undefined && holds(rule.rule.bounds, measure);
      const first = !group.held;
      group.touched = time;
      // Moved to the end: the map stays in order of the last touch, which eviction relies on.
      groups.delete(key);
      groups.set(key, group);
      if (!holding || measure === undefined) continue;
      group.held = true;
      yield { rule, time, group: values, measure, first, event };
    }
    if (this.bytes > this.#limit) this.#evict(time);
  }

  /** Groups untouched for a whole window, the oldest of which come first, are empty. */
  #forget(groups: Map<string, SlidingGroup>, span: number, now: number): void {
    for (const [key, group] of groups) {
      if (group.touched > now - span) return;
      groups.delete(key);
      this.bytes -= group.bytes + 2 * key.length;
    }
  }

  #open(groups: Map<string, SlidingGroup>, key: string, rule: LinkedCorrelation): SlidingGroup {
    const group = new SlidingGroup(rule.rule);
    groups.set(key, group);
    this.bytes += group.bytes + 2 * key.length;
    return group;
  }

  /** Makes room: windows that are over, then the smallest groups, then the older half of the largest. */
  #evict(now: number): void {
    const goal = this.#limit * (1 - freed);
    const drop = (groups: Map<string, SlidingGroup>, key: string, group: SlidingGroup): void => {
      groups.delete(key);
      this.bytes -= group.bytes + 2 * key.length;
    };
    const all: { groups: Map<string, SlidingGroup>; key: string; group: SlidingGroup }[] = [];
    for (const groups of this.#groups.values())
      for (const [key, group] of groups) {
        const before = group.bytes;
        group.expire(now);
        this.bytes += group.bytes - before;
        // Nobody is forgotten before his time: that is no eviction.
        if (group.isOver(now)) drop(groups, key, group);
        else all.push({ groups, key, group });
      }
    all.sort((a, b) => a.group.size - b.group.size || a.group.touched - b.group.touched);
    const largest = all.pop();
    for (const { groups, key, group } of all) {
      if (this.bytes <= goal) return;
      drop(groups, key, group);
      this.evicted++;
    }
    if (largest === undefined || this.bytes <= goal) return;
    const before = largest.group.bytes;
    this.evicted += largest.group.trim(Math.floor(largest.group.size / 2));
    this.bytes += largest.group.bytes - before;
  }
}

/** A tuple as one text. */
function keyText(values: readonly string[]): string {
  return values.length === 1 ? values[0] : JSON.stringify(values);
}

/** Correlations in an order in which each comes after those it is built on. */
function inOrder(rules: readonly Linked[]): LinkedCorrelation[] {
  const order = new Set<LinkedCorrelation>();
  const visit = (rule: Linked): void => {
    if (rule.kind === 'detection' || order.has(rule)) return;
    for (const part of rule.parts) visit(part.rule);
    order.add(rule);
  };
  for (const rule of rules) visit(rule);
  return [...order];
}

/** The groups that an event belongs to: one, unless a field has several values; none when one is missing or null. */
function tuples(values: readonly FieldValue[]): string[][] {
  // One value a field: the usual case.
  if (values.every((value) => typeof value === 'string' || typeof value === 'number'))
    return [values.map(String)];
  let found: string[][] = [[]];
  for (const value of values) {
    const texts = textsOf(value);
    found = found.flatMap((head) => texts.map((text) => [...head, text]));
  }
  return found;
}

function textsOf(value: FieldValue): string[] {
  if (value === undefined || value === null) return [];
  const list: readonly FieldScalar[] = typeof value === 'object' ? value : [value];
  return list.filter((each) => each !== null).map(String);
}

function* entriesOf(
  { rule }: LinkedCorrelation,
  part: Part,
  index: number,
  time: number,
  source: Grouped,
): Generator<Entry> {
  if (rule.fields.length === 0) yield { time, part: index, key: '', number: 0 };
  else if (rule.type === 'value_count')
    for (const values of tuples(part.values.map((field) => identity(source, field))))
      yield { time, part: index, key: keyText(values), number: 0 };
  else {
    const value = identity(source, part.values[0]);
    const list: readonly (FieldScalar | undefined)[] =
      typeof value === 'object' && value !== null ? value : [value];
    for (const each of list) {
      const number = numberOf(each);
      if (number !== undefined) yield { time, part: index, key: '', number };
    }
  }
}
