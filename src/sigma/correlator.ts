import type { Linked, LinkedCorrelation, LinkedDetection, Part } from './collection.ts';
import type { FieldScalar, FieldSource, FieldValue } from './field-source.ts';
import { numberOf } from './predicate.ts';
import { type Entry, SlidingGroup, holds } from './sliding-group.ts';

// The meaning of correlations, written plainly: the oracle for what is compiled to the engine's counts, and the engine
// for the types that do not compile. Events come in order of time; those of one microsecond apply together.

/** An event that detections matched. */
export interface Matched<E> {
  readonly event: E;
  readonly source: FieldSource;
  readonly rules: readonly LinkedDetection[];
}

/** A correlation whose condition holds at an instant. */
export interface Fired<E> {
  readonly rule: LinkedCorrelation;
  /** µs, the time of the event that completed it. */
  readonly time: number;
  /** Values of the `group-by` fields, in their order. */
  readonly group: readonly string[];
  readonly measure: number;
  /** Whether this is a crossing: it did not hold since the group's window was last empty (semantics.md). */
  readonly first: boolean;
  /** An event of this instant that it rests on. */
  readonly event: E;
}

export interface CorrelatorLimits {
  /** Groups kept over all correlations; beyond it those untouched for longest go first. */
  readonly groups: number;
  /** Events kept in one group; beyond it the oldest go first, and its counts are lower bounds. */
  readonly entries: number;
}
export const defaultLimits: CorrelatorLimits = { groups: 200_000, entries: 200_000 };

const none: readonly number[] = [];

interface Input<E> {
  readonly source: Pick<FieldSource, 'get'>;
  readonly event: E;
}

export class Correlator<E> {
  readonly #order: readonly LinkedCorrelation[];
  readonly #groups = new Map<LinkedCorrelation, Map<string, SlidingGroup>>();
  /** Rule → places in the order of the correlations that count it. */
  readonly #users = new Map<Linked, readonly number[]>();
  readonly #due: Uint8Array;
  readonly #limits: CorrelatorLimits;
  #count = 0;
  /** Groups and events let go for want of room: findings are exact while this is 0. */
  evicted = 0;

  constructor(rules: readonly Linked[], limits = defaultLimits) {
    this.#order = inOrder(rules);
    for (const rule of this.#order) this.#groups.set(rule, new Map());
    this.#due = new Uint8Array(this.#order.length);
    for (const [index, { parts }] of this.#order.entries())
      for (const { rule } of parts) this.#users.set(rule, [...(this.#users.get(rule) ?? none), index]);
    this.#limits = limits;
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
        give(rule, { event: hit.event, source: { get: (field) => values.get(field) } });
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
        for (const values of tuples(part.group.map((field) => source.get(field))))
          for (const entry of entriesOf(rule, part, index, time, source)) {
            const key = values.length === 1 ? values[0] : JSON.stringify(values);
            const group = groups.get(key) ?? this.#open(groups, key, rule);
            if (!touched.has(key)) group.begin(time);
            group.add(entry);
            const seen = touched.get(key);
            if (seen === undefined) touched.set(key, { values, parts: new Set([index]), event });
            else seen.parts.add(index);
          }
      }
    for (const [key, { values, parts, event }] of touched) {
      const group = groups.get(key);
      if (group === undefined) continue;
      group.expire(time);
      this.evicted += group.trim(this.#limits.entries);
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
  }

  #open(groups: Map<string, SlidingGroup>, key: string, rule: LinkedCorrelation): SlidingGroup {
    const group = new SlidingGroup(rule.rule);
    groups.set(key, group);
    if (++this.#count > this.#limits.groups) this.#evict();
    return group;
  }

  /** Lets the tenth of the groups go that was touched longest ago, those first whose window is over. */
  #evict(): void {
    let goal = Math.ceil(this.#limits.groups / 10);
    const all = [...this.#groups.values()].flatMap((groups) =>
      [...groups].map(([key, group]) => ({ groups, key, group })),
    );
    all.sort((a, b) => a.group.touched - b.group.touched);
    // A group just opened has not been touched yet.
    for (const { groups, key, group } of all) {
      if (goal === 0) break;
      if (group.touched === -Infinity) continue;
      groups.delete(key);
      this.#count--;
      this.evicted++;
      goal--;
    }
  }
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
  source: Pick<FieldSource, 'get'>,
): Generator<Entry> {
  if (rule.fields.length === 0) yield { time, part: index, key: '', number: 0 };
  else if (rule.type === 'value_count')
    for (const values of tuples(part.values.map((field) => source.get(field))))
      yield { time, part: index, key: values.length === 1 ? values[0] : JSON.stringify(values), number: 0 };
  else {
    const value = source.get(part.values[0]);
    const list: readonly (FieldScalar | undefined)[] =
      typeof value === 'object' && value !== null ? value : [value];
    for (const each of list) {
      const number = numberOf(each);
      if (number !== undefined) yield { time, part: index, key: '', number };
    }
  }
}
