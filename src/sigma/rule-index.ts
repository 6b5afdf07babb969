import { Automaton } from './automaton.ts';
import { type LinkedDetection, covers } from './collection.ts';
import { EventView, type FieldSource, type FieldValue } from './field-source.ts';
import { fold } from './fold.ts';
import { compileExpression } from './matcher.ts';
import type { Check } from './predicate.ts';
import { type Literal, isWhole, requirementOf } from './requirement.ts';
import { SigmaError, inRule } from './sigma-error.ts';
import type { Logsource } from './tree.ts';

// Many rules over one event. Each rule names literals of which one must be there; one pass over each indexed field
// finds the rules that can match at all, and only those are evaluated:
//
//   event ─▶ field a ─▶ whole value ─▶ Map ──────▶ candidates ─▶ full check ─▶ hits
//                    └▶ its text ────▶ Automaton ─┘      ▲
//   rules without literals ──────────────────────────────┘

interface FieldIndex {
  readonly slot: number;
  readonly exact: ReadonlyMap<string, readonly number[]>;
  readonly parts: Automaton | undefined;
  /** Rules that values met before can match: agents, methods and hosts recur. */
  readonly met: Map<string, readonly number[]>;
  /** Hits of that memory less its misses / 4: below zero for long, it is not asked any more. */
  worth: number;
}

/** Values remembered for each field, and how long they may be. */
const maxMet = 2_048;
const maxMetLength = 512;
const patience = 4_096;

/** The rules for one log source, compiled. Not re-entrant: it has one event in hand at a time. */
export class RuleIndex {
  readonly rules: readonly LinkedDetection[];
  readonly #view = new EventView();
  readonly #checks: readonly Check[];
  readonly #always: readonly number[];
  readonly #fields: readonly FieldIndex[];
  readonly #marked: Uint32Array;
  #event = 0;
  readonly #candidates: number[] = [];
  readonly #hits: LinkedDetection[] = [];
  readonly #mark = (outputs: readonly number[]): void => {
    for (const rule of outputs)
      if (this.#marked[rule] !== this.#event) {
        this.#marked[rule] = this.#event;
        this.#candidates.push(rule);
      }
  };

  /** Rules that cannot run (a regular expression that RE2 does not take); the others do. */
  readonly faults: readonly SigmaError[];

  /** @param logsource what the events are; rules that ask for another log source are left out */
  constructor(rules: readonly LinkedDetection[], logsource?: Logsource) {
    const faults: SigmaError[] = [];
    const compiled: { rule: LinkedDetection; check: Check }[] = [];
    for (const rule of rules) {
      if (logsource !== undefined && !covers(rule.rule.logsource, logsource)) continue;
      try {
        const check = inRule(rule.rule.title, () => compileExpression(rule.rule.condition, this.#view));
        compiled.push({ rule, check });
      } catch (thrown) {
        if (!(thrown instanceof SigmaError)) throw thrown;
        faults.push(thrown);
      }
    }
    this.faults = faults;
    this.rules = compiled.map(({ rule }) => rule);
    this.#checks = compiled.map(({ check }) => check);
    this.#marked = new Uint32Array(this.rules.length);
    const always: number[] = [];
    const byField = new Map<string | undefined, { literal: Literal; rule: number }[]>();
    for (const [rule, { rule: tree }] of this.rules.entries()) {
      const required = requirementOf(tree.condition);
      if (required === undefined) always.push(rule);
      for (const literal of required ?? []) {
        const list = byField.get(literal.field) ?? [];
        list.push({ literal, rule });
        byField.set(literal.field, list);
      }
    }
    this.#always = always;
    this.#fields = [...byField].map(([field, entries]) => {
      const exact = new Map<string, number[]>();
      for (const { literal, rule } of entries)
        if (isWhole(literal)) exact.set(literal.text, [...(exact.get(literal.text) ?? []), rule]);
      const parts = entries
        .filter(({ literal }) => !isWhole(literal))
        .map(({ literal, rule }) => ({ ...literal, output: rule }));
      return {
        slot: this.#view.slot(field),
        exact,
        parts: parts.length === 0 ? undefined : new Automaton(parts),
        met: new Map(),
        worth: patience,
      };
    });
  }

  /** How many rules have nothing to look for and are tried on every event. */
  get unindexed(): number {
    return this.#always.length;
  }

  /** The rules that an event matches. The array is reused by the next call. */
  match(source: FieldSource): readonly LinkedDetection[] {
    this.#view.show(source);
    this.#event = (this.#event + 1) >>> 0;
    if (this.#event === 0) {
      this.#marked.fill(0);
      this.#event = 1;
    }
    this.#candidates.length = 0;
    this.#hits.length = 0;
    this.#mark(this.#always);
    for (const index of this.#fields) this.#look(index, this.#view.value(index.slot));
    for (const rule of this.#candidates)
      if (this.#checks[rule](this.#view)) this.#hits.push(this.rules[rule]);
    return this.#hits;
  }

  #look(index: FieldIndex, value: FieldValue): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'object') {
      for (const each of value) if (each !== null) this.#lookUp(index, fold(String(each)));
    } else if (typeof value === 'number') this.#lookUp(index, fold(String(value)));
    else {
      // Paths hardly recur: for them the question costs more than the answer is worth.
      const asked = index.worth > 0;
      const known = asked ? index.met.get(value) : undefined;
      if (known !== undefined) {
        if (index.worth < patience) index.worth++;
        this.#mark(known);
        return;
      }
      index.worth -= 0.25;
      const before = this.#candidates.length;
      this.#lookUp(index, this.#view.folded(index.slot, value));
      // Rules that another field marked already would be missing from what is remembered.
      if (asked && before === this.#always.length && index.met.size < maxMet && value.length <= maxMetLength)
        index.met.set(value, this.#candidates.slice(before));
    }
  }

  #lookUp(index: FieldIndex, folded: string): void {
    const whole = index.exact.get(folded);
    if (whole !== undefined) this.#mark(whole);
    index.parts?.scan(folded, this.#mark);
  }
}
