import { UsageError } from '../base/errors.ts';
import type { EventBatch } from '../model/event.ts';
import { EventKind, Role } from '../model/event.ts';
import type { Crossing, RuleFacts, RuleMatch } from '../model/finding.ts';
import type {
  DetectorState,
  Feed,
  FindingDraft,
  RowFinding,
  RunningDetector,
  SelectedCount,
  SelectedRow,
  Standing,
} from '../model/detector.ts';
import type { Linked, LinkedCorrelation, LinkedDetection } from '../sigma/collection.ts';
import { ChainGate, type ChainStep } from '../sigma/chain-gate.ts';
import { type CompiledCorrelation, type CompiledFeed, compileCounts } from '../sigma/compiled-counts.ts';
import { Correlator, type Fired, type Lane, type Matched } from '../sigma/correlator.ts';
import { taxonomies } from '../sigma/event-fields.ts';
import { EventRules } from '../sigma/event-rules.ts';
import { type FieldSource, fieldsSource } from '../sigma/field-source.ts';
import { loadRules } from '../sigma/rule-files.ts';
import type { SigmaError } from '../sigma/sigma-error.ts';
import { techniquesOf } from '../sigma/tags.ts';

/** Sigma rules on the engine: what the detector `sigma` does when there are rules. */
export function startRules({ rules: paths, placeholders }: SigmaSettings): RunningDetector {
  const { rules, faults } = loadRules(paths, new Map(Object.entries(placeholders)));
  const running = new Running(rules, messagesOf(faults, true));
  const broken = messagesOf([...faults, ...running.faults], false);
  if (broken.length > 0) throw new UsageError(broken.join('\n'));
  if (rules.length === 0)
    throw new UsageError([`there are no Sigma rules in ${paths.join(', ')}`, ...running.leftOut].join('\n'));
  return running;
}

/** Rules that are understood and not taken are left out; a slip in a rule has to be put right. */
const messagesOf = (faults: readonly SigmaError[], refused: boolean): string[] =>
  faults.filter((fault) => fault.refused === refused).map(({ message }) => message);

export interface SigmaSettings {
  readonly rules: readonly string[];
  readonly placeholders: Readonly<Record<string, readonly string[]>>;
}

/** What follows from the set of rules that a row matches. */
interface Meaning {
  /** Rules that report by themselves, as one draft. */
  readonly draft: FindingDraft | undefined;
  /** Feeds of the engine's counts. */
  readonly feeds: readonly Feed[];
  /** Rules that the correlator asks for, and the fields it reads of them. */
  readonly correlated: readonly LinkedDetection[];
  readonly fields: readonly string[];
  /** What its rows can follow. */
  readonly steps: readonly ChainStep[] | undefined;
}

interface Waiting {
  readonly row: SelectedRow;
  readonly meaning: Meaning;
}

/** A correlation that the engine counts, as those built on it see it. */
interface Inner {
  readonly rule: LinkedCorrelation;
  readonly source: Pick<FieldSource, 'get'>;
  readonly lane: Lane | undefined;
}
interface Holding {
  readonly inner: Inner;
  readonly row: SelectedRow;
}

const noFeeds: readonly Feed[] = [];
/** Rows of one µs whose correlations are judged together; beyond it they are judged in turns. */
const instantRows = 4096;

class Running implements RunningDetector {
  readonly counts = [];
  readonly selected: readonly SelectedCount[];
  readonly faults: readonly SigmaError[];
  readonly leftOut: readonly string[];
  readonly state: DetectorState;
  readonly #rules: EventRules<Meaning>;
  readonly #correlator: Correlator<SelectedRow>;
  readonly #gate: ChainGate;
  readonly #compiled = new Map<string, CompiledCorrelation>();
  readonly #feeds = new Map<Feed, CompiledFeed>();
  readonly #facts = new Map<Linked, RuleFacts>();
  readonly #inner = new WeakMap<Crossing, Inner>();
  /** Rows of the current µs for the correlator, and what it said of them so far. */
  #waiting: Waiting[] = [];
  /** Those of them that follow nothing, as far as is known. */
  #doubted: Waiting[] = [];
  #said: RowFinding[] = [];

  constructor(rules: readonly Linked[], leftOut: readonly string[]) {
    const compiled = compileCounts(rules);
    for (const each of compiled) {
      this.#compiled.set(each.count.id, each);
      for (const feed of each.feeds) this.#feeds.set(feed.feed, feed);
    }
    this.selected = compiled.map(({ count }) => count);
    const correlator = new Correlator<SelectedRow>(
      rules,
      undefined,
      new Set(compiled.map(({ rule }) => rule)),
    );
    this.#correlator = correlator;
    const rest = rules.filter(
      (rule): rule is LinkedCorrelation =>
        rule.kind === 'correlation' && compiled.every((each) => each.rule !== rule),
    );
    this.#gate = new ChainGate(rest, compiled);
    const needed = neededFields(rules, correlator.inputs);
    this.#rules = new EventRules(rules, (matched, kind) => this.#meaning(matched, kind, needed));
    this.faults = this.#rules.faults;
    this.leftOut = [...leftOut, ...messagesOf(this.faults, true)];
    this.state = correlator;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  #meaning(
    matched: readonly LinkedDetection[],
    kind: number,
    needed: ReadonlyMap<Linked, readonly string[]>,
  ): Meaning {
    const reported = matched.filter((rule) => rule.reported).map((rule) => ({ rule: this.#factsOf(rule) }));
    const feeds = [...this.#feeds.values()]
      .filter((feed) => feed.kind === kind && matched.includes(feed.rule))
      .map(({ feed }) => feed);
    const correlated = matched.filter((rule) => this.#correlator.inputs.has(rule));
    return {
      draft: reported.length === 0 ? undefined : draftOf(reported),
      feeds,
      correlated,
      fields: [...new Set(correlated.flatMap((rule) => needed.get(rule) ?? []))],
      steps: this.#gate.stepsOf(correlated, kind),
    };
  }

  select(batch: EventBatch, rows: Uint32Array, length: number): number {
    return this.#rules.select(batch, rows, length);
  }

  feeds(batch: EventBatch, row: number): readonly Feed[] {
    return this.#rules.get(batch, row)?.feeds ?? noFeeds;
  }

  matched(selected: SelectedRow): FindingDraft | undefined {
    const { batch, row } = selected;
    // A reply is nobody's probe; who began is decided by now.
    if (batch.kind[row] === EventKind.contact && batch.role[row] !== Role.originator) return undefined;
    const meaning = this.#rules.get(batch, row);
    if (meaning === undefined) return undefined;
    if (meaning.correlated.length > 0) this.#correlated(selected, meaning);
    return meaning.draft;
  }

  #correlated(row: SelectedRow, meaning: Meaning): void {
    const waiting = { row, meaning };
    if (!this.#gate.passes(meaning.steps, row.batch, row.row)) {
      // A first step of this µs may come yet.
      if (this.#doubted.length > 0 && this.#doubted[0].row.time !== row.time) this.#doubted = [];
      if (this.#doubted.length < instantRows) this.#doubted.push(waiting);
      return;
    }
    if (this.#waiting.length >= instantRows) this.#correlate(row.time, []);
    for (const rule of meaning.correlated) this.#gate.begin(rule, row.batch, row.row, row.time);
    this.#waiting.push(waiting);
  }

  reached(crossing: Crossing, { value, row, feed }: Standing): FindingDraft | undefined {
    const compiled = this.#compiled.get(crossing.count);
    if (compiled?.rule.reported !== true) return undefined;
    return measuredDraft(compiled.rule, this.#measured(compiled.rule, this.#groupOf(row, feed), value));
  }

  repeated(crossing: Crossing, batch: EventBatch, row: number, time: number): boolean {
    const inner = this.#inner.get(crossing);
    if (inner?.lane === undefined || !this.#correlator.repeat(inner.lane, time)) return false;
    this.#gate.begin(inner.rule, batch, row, time);
    return true;
  }

  instant(time: number, standing: readonly Standing[]): readonly RowFinding[] {
    const holding = standing.flatMap((each): Holding[] => {
      const { row } = each;
      const inner = this.#innerOf(each);
      if (inner === undefined) return [];
      this.#gate.begin(inner.rule, row.batch, row.row, time);
      return [{ inner, row }];
    });
    this.#correlate(time, holding);
    const said = this.#said;
    this.#said = [];
    return said;
  }

  /** The group of a correlation that holds: the same for as long as its window is warm. */
  #innerOf({ count, crossing, row, feed }: Standing): Inner | undefined {
    let inner = this.#inner.get(crossing);
    const rule = this.#compiled.get(count.id)?.rule;
    if (inner === undefined && rule !== undefined) {
      const group = this.#groupOf(row, feed);
      const source = fieldsSource(new Map(rule.rule.groupBy.map((field, index) => [field, group[index]])));
      inner = { rule, source, lane: this.#correlator.lane(rule, source) };
      this.#inner.set(crossing, inner);
    }
    return inner;
  }

  #correlate(time: number, holding: readonly Holding[]): void {
    const late = this.#doubted.filter(
      ({ row, meaning }) => row.time === time && this.#gate.passes(meaning.steps, row.batch, row.row),
    );
    const waiting = [...this.#waiting, ...late];
    this.#waiting = [];
    this.#doubted = [];
    if (holding.length === 0 && waiting.every(({ meaning }) => this.#correlator.isIdle(meaning.correlated)))
      return;
    const inner = holding.map(({ inner: { source, rule }, row }): Matched<SelectedRow> => ({
      event: row,
      source,
      rules: [rule],
    }));
    const own = waiting.map(({ row, meaning }): Matched<SelectedRow> => ({
      event: row,
      source: this.#snapshot(row.batch, row.row, meaning.fields),
      rules: meaning.correlated,
    }));
    for (const fired of this.#correlator.at(time, [...own, ...inner]))
      if (fired.rule.reported && fired.first) {
        const { rule, group, measure, event } = fired;
        this.#said.push({
          row: event,
          draft: {
            ...measuredDraft(rule, this.#measured(rule, group, measure)),
            strength: strengthOf(fired),
          },
        });
      }
  }

  /** The fields that correlations read, as they are now: a row's source is another row's in a moment. */
  #snapshot(batch: EventBatch, row: number, fields: readonly string[]): Pick<FieldSource, 'get'> {
    const source = this.#rules.source(batch, row);
    return fieldsSource(new Map(fields.map((field) => [field, source?.identity(field)])));
  }

  #groupOf({ batch, row }: SelectedRow, feed: Feed): string[] {
    const source = this.#rules.source(batch, row);
    const fields = this.#feeds.get(feed)?.group ?? [];
    return fields.map((field) => String(source?.identity(field) ?? ''));
  }

  #measured(rule: LinkedCorrelation, group: readonly string[], value: number): RuleMatch {
    return { rule: this.#factsOf(rule), measured: measureText(rule, group, value), value };
  }

  #factsOf(linked: Linked): RuleFacts {
    let facts = this.#facts.get(linked);
    if (facts === undefined) {
      const { id, name, title, level, tags } = linked.rule;
      facts = {
        id: id ?? name ?? title,
        title,
        level: level ?? null,
        techniques: techniquesOf(tags),
        tags: tags.map(({ text }) => text),
      };
      this.#facts.set(linked, facts);
    }
    return facts;
  }
}

/** Of each rule that correlations ask for, the fields that they read. */
function neededFields(
  rules: readonly Linked[],
  inputs: ReadonlySet<Linked>,
): ReadonlyMap<Linked, readonly string[]> {
  const needed = new Map<Linked, Set<string>>();
  for (const rule of rules)
    if (rule.kind === 'correlation')
      for (const { rule: part, group, values } of rule.parts)
        if (inputs.has(part)) {
          const fields = needed.get(part) ?? new Set();
          needed.set(part, fields);
          for (const field of [...group, ...values]) fields.add(field);
        }
  return new Map([...needed].map(([rule, fields]) => [rule, [...fields]]));
}

function draftOf(rules: readonly RuleMatch[]): FindingDraft {
  const labels = rules.map(({ rule }) => label(rule));
  return {
    kind: 'sigma',
    reasons: rules.map(({ measured }, index) =>
      measured === undefined ? `${labels[index]} matched` : `${labels[index]}: ${measured}`,
    ),
    rules,
  };
}

/** What a correlation says; who completed it is not the only one when it does not group by the source. */
function measuredDraft(correlation: LinkedCorrelation, match: RuleMatch): FindingDraft {
  const draft = draftOf([match]);
  if (correlation.parts.every(({ group }) => group.some(isSource))) return draft;
  const caveat = `${label(match.rule)} does not group by the source: this one completed it, others may have had a part in it.`;
  return { ...draft, caveats: [caveat] };
}

function isSource(field: string): boolean {
  return taxonomies.some(({ fields }) => fields.get(field)?.column === 'source-address');
}

function label({ title, level, techniques }: RuleFacts): string {
  const facts = [...(level === null ? [] : [level]), ...techniques];
  return `Sigma rule "${title}"${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function measureText({ rule }: LinkedCorrelation, group: readonly string[], measure: number): string {
  const { type, fields, groupBy, timespan, bounds } = rule;
  const of = groupBy.map((field, index) => `${field} ${group[index]}`).join(', ');
  const what = type === 'value_count' ? `${measure} distinct ${fields.join(', ')}` : `${type} ${measure}`;
  const wanted = bounds.map(({ op, value }) => `${op} ${value}`).join(' and ');
  return `${what} (${wanted}) within ${timespan} s${of === '' ? '' : ` for ${of}`}`;
}

/** How far past its bounds it went, for those that have a lower one. */
function strengthOf({ rule, measure }: Fired<unknown>): number {
  return Math.max(1, measure / Math.max(1, ...rule.rule.bounds.map(({ value }) => value)));
}
