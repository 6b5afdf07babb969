import { isAscii } from 'node:buffer';
import type { EventBatch } from '../model/event.ts';
import { Automaton, type Needle } from './automaton.ts';
import type { LinkedDetection } from './collection.ts';
import { type EventField, RowSource, type Taxonomy } from './event-fields.ts';
import { EventView } from './field-source.ts';
import { fold } from './fold.ts';
import { compileExpression } from './matcher.ts';
import { type Check, compilePredicate } from './predicate.ts';
import { type Literal, isWhole, requirementOf } from './requirement.ts';
import { SigmaError, inRule } from './sigma-error.ts';
import { SkipScan } from './skip-scan.ts';
import { type WordColumn, WordIndex, wordColumns } from './word-index.ts';
import { type Expression, type Predicate, predicatesOf } from './tree.ts';

// Many rules over the rows of a batch, without a string for the rows that no rule matches. What follows from a few
// numbers of the row (its protocol, its outcome, its status) is worked out once for all rows that share them; texts are
// scanned where they stand, each byte once for all rules:
//
//   row ─▶ its brief ─▶ Map ─▶ rules that it fulfils ────────────────────────▶ hits
//    │                     └─▶ rules it leaves open, with no literal ─┐          ▲
//    ├───▶ bytes of each text ─▶ literals ──▶ rules whose literal is there ─▶ full check
//    └───▶ its addresses and ports ─▶ Map ──▶ rules that ask for that very one ──┘

/** What all rows of one brief have in common. */
interface Brief {
  readonly hits: readonly number[];
  /** Rules without a literal that the other fields decide. */
  readonly open: readonly number[];
  /** Where literals are looked for: rules that the brief decides need none. */
  readonly texts: readonly TextIndex[];
  readonly words: readonly WordIndex[];
}

interface TextIndex {
  /** A text of the event, or {@link wholeRecord}. */
  readonly field: number;
  readonly slot: number;
  readonly automaton: Automaton;
  /** For text that is ASCII throughout; undefined when the literals are too many for it. */
  readonly skip: SkipScan | undefined;
}

/** Stands for the record as it was read, where keywords are looked for. */
const wholeRecord = -1;
/** Briefs remembered; a log whose rows have more of them starts over. Many briefs, few answers: those are shared. */
const maxBriefs = 65_536;

/** The rules for events of one kind, compiled. Not re-entrant: it has one row in hand at a time. */
export class RowIndex {
  readonly rules: readonly LinkedDetection[];
  /** Rules that cannot run (a regular expression that RE2 does not take); the others do. */
  readonly faults: readonly SigmaError[];
  readonly source: RowSource;
  readonly #taxonomy: Taxonomy;
  readonly #view = new EventView();
  readonly #checks: readonly Check[];
  readonly #briefs = new Map<number, Brief>();
  readonly #answers = new Map<string, Brief>();
  #lastKey = NaN;
  #lastBrief: Brief = { hits: [], open: [], texts: [], words: [] };
  /** The predicates that the brief decides. */
  readonly #brief = new Map<Predicate, Check>();
  /** Texts whose presence rules ask for: part of the brief. */
  readonly #presence: readonly number[];
  readonly #texts: readonly TextIndex[];
  readonly #words: readonly WordIndex[];
  /** Of each rule the texts and columns that its literals are looked for in; none: it has no literals. */
  readonly #indexed: readonly (readonly number[])[];
  readonly #marked: Uint32Array;
  #event = 0;
  #batch: EventBatch | undefined;
  #serial = 0;
  #ascii = false;
  readonly #candidates: number[] = [];
  readonly #hits: number[] = [];
  readonly #mark = (outputs: readonly number[]): void => {
    for (const rule of outputs)
      if (this.#marked[rule] !== this.#event) {
        this.#marked[rule] = this.#event;
        this.#candidates.push(rule);
      }
  };

  constructor(rules: readonly LinkedDetection[], taxonomy: Taxonomy) {
    this.#taxonomy = taxonomy;
    this.source = new RowSource(taxonomy);
    const faults: SigmaError[] = [];
    const compiled = rules.flatMap((rule) => {
      try {
        return [
          { rule, check: inRule(rule.rule.title, () => compileExpression(rule.rule.condition, this.#view)) },
        ];
      } catch (thrown) {
        if (!(thrown instanceof SigmaError)) throw thrown;
        faults.push(thrown);
        return [];
      }
    });
    this.faults = faults;
    this.rules = compiled.map(({ rule }) => rule);
    this.#checks = compiled.map(({ check }) => check);
    this.#marked = new Uint32Array(this.rules.length);

    const presence = new Set<number>();
    for (const { rule } of this.rules)
      for (const predicate of predicatesOf(rule.condition)) {
        const field = this.#fieldOf(predicate);
        if (isBrief(predicate, field)) {
          this.#brief.set(predicate, compilePredicate(predicate, this.#view));
          if (field?.text !== undefined) presence.add(field.text);
        }
      }
    this.#presence = [...presence];

    const needles = new Map<number, { name: string | undefined; needles: Needle[] }>();
    const words = new Map<number, WordIndex>();
    this.#indexed = this.rules.map(({ rule }, output) => {
      const required = requirementOf(rule.condition, (literal) => this.#placeOf(literal) !== undefined) ?? [];
      const places = required.map((literal) => {
        const place = this.#placeOf(literal)!;
        const { field: name, text, first, last } = literal;
        if (place < wholeRecord) {
          const index = words.get(place) ?? new WordIndex(place, wordColumns[wholeRecord - 1 - place]);
          index.add(text, output);
          words.set(place, index);
        } else {
          const list = needles.get(place) ?? { name, needles: [] };
          list.needles.push({ text, output, first, last });
          needles.set(place, list);
        }
        return place;
      });
      return [...new Set(places)];
    });
    this.#words = [...words.values()];
    this.#texts = [...needles].map(([field, { name, needles: list }]) => ({
      field,
      slot: this.#view.slot(name),
      automaton: new Automaton(list),
      skip: SkipScan.of(list),
    }));
  }

  #fieldOf({ field }: Predicate): EventField | undefined {
    return field === undefined ? undefined : this.#taxonomy.fields.get(field);
  }

  /** Where a literal is looked for: a text, the whole record, or a column below that; undefined: nowhere. */
  #placeOf(literal: Literal): number | undefined {
    if (literal.field === undefined) return wholeRecord;
    const field = this.#taxonomy.fields.get(literal.field);
    if (field?.text !== undefined) return field.text;
    const column = wordColumns.indexOf(field?.column as WordColumn);
    return column < 0 || !isWhole(literal) ? undefined : wholeRecord - 1 - column;
  }

  /** The rules that a row matches, ascending, as indexes into `rules`. The array is reused by the next call. */
  match(batch: EventBatch, row: number): readonly number[] {
    const { hits: sure, open, texts, words } = this.#briefOf(batch, row);
    if (open.length === 0 && texts.length === 0 && words.length === 0) return sure;
    this.source.show(batch, row);
    this.#view.show(this.source);
    this.#event = (this.#event + 1) >>> 0;
    if (this.#event === 0) {
      this.#marked.fill(0);
      this.#event = 1;
    }
    const hits = this.#hits;
    hits.length = 0;
    for (const rule of sure) {
      this.#marked[rule] = this.#event;
      hits.push(rule);
    }
    const candidates = this.#candidates;
    candidates.length = 0;
    if (open.length > 0) this.#mark(open);
    for (const index of words) {
      const asking = index.of(batch, row);
      if (asking !== undefined) this.#mark(asking);
    }
    if (batch !== this.#batch || batch.serial !== this.#serial) this.#enter(batch);
    for (const { field, slot, automaton, skip } of texts) {
      const whole = field === wholeRecord;
      const length = whole ? batch.rawLength[row] : batch.textLengthOf(row, field);
      if (length === 0) continue;
      const start = whole ? batch.rawStart[row] : batch.textStartOf(row, field);
      const bytes = whole ? batch.bytes : batch.textBytesOf(row, field);
      if (skip !== undefined && this.#ascii && bytes === batch.bytes) {
        skip.scan(bytes, start, length, this.#mark);
        continue;
      }
      if (automaton.scanBytes(bytes, start, length, this.#mark)) continue;
      const text = this.#view.value(slot);
      if (typeof text === 'string') automaton.scan(fold(text), this.#mark);
    }
    for (const rule of candidates) if (this.#checks[rule](this.#view)) hits.push(rule);
    if (hits.length > 1) hits.sort((a, b) => a - b);
    return hits;
  }

  /** Most chunks of most logs are ASCII throughout: asked once for all their texts. */
  #enter(batch: EventBatch): void {
    this.#batch = batch;
    this.#serial = batch.serial;
    this.#ascii = isAscii(batch.bytes);
  }

  #briefOf(batch: EventBatch, row: number): Brief {
    let key = this.#taxonomy.brief(batch, row);
    let bit = 0x1_0000_0000;
    for (const field of this.#presence) {
      if (batch.textLengthOf(row, field) > 0) key += bit;
      bit *= 2;
    }
    if (key === this.#lastKey) return this.#lastBrief;
    const known = this.#briefs.get(key) ?? this.#think(batch, row, key);
    this.#lastKey = key;
    return (this.#lastBrief = known);
  }

  /** A brief that was not met before. */
  #think(batch: EventBatch, row: number, key: number): Brief {
    this.source.show(batch, row);
    this.#view.show(this.source);
    if (this.#briefs.size >= maxBriefs) {
      this.#briefs.clear();
      this.#answers.clear();
    }
    const hits: number[] = [];
    const open: number[] = [];
    const sought = new Set<number>();
    for (const [rule, { rule: tree }] of this.rules.entries()) {
      const decided = this.#decide(tree.condition);
      if (decided === true) hits.push(rule);
      else if (decided === undefined && this.#indexed[rule].length === 0) open.push(rule);
      else if (decided === undefined) for (const field of this.#indexed[rule]) sought.add(field);
    }
    const texts = this.#texts.filter(({ field }) => sought.has(field));
    const words = this.#words.filter(({ place }) => sought.has(place));
    const content = [hits, open, [...sought].toSorted((x, y) => x - y)].join(' ');
    let brief = this.#answers.get(content);
    if (brief === undefined) this.#answers.set(content, (brief = { hits, open, texts, words }));
    this.#briefs.set(key, brief);
    return brief;
  }

  /** What the brief alone says of an expression, for the row in hand; undefined: the other fields decide. */
  #decide(expression: Expression): boolean | undefined {
    if (expression.kind === 'predicate') return this.#brief.get(expression)?.(this.#view);
    if (expression.kind === 'not') {
      const inner = this.#decide(expression.of);
      return inner === undefined ? undefined : !inner;
    }
    // One child that is false decides an AND, one that is true an OR.
    const deciding = expression.kind === 'or';
    let open = false;
    for (const child of expression.of) {
      const value = this.#decide(child);
      if (value === deciding) return deciding;
      if (value === undefined) open = true;
    }
    return open ? undefined : !deciding;
  }
}

/** Whether rows of one brief answer alike: brief fields, fields that no event has, the presence of a text. */
function isBrief({ field: name, test }: Predicate, field: EventField | undefined): boolean {
  if (name === undefined) return false;
  if (test.kind === 'field') return false;
  if (field === undefined || field.brief === true) return true;
  return test.kind === 'exists' && field.text !== undefined;
}
