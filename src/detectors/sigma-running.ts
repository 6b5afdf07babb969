import { UsageError } from '../base/errors.ts';
import type { EventBatch } from '../model/event.ts';
import { EventKind, Role } from '../model/event.ts';
import type { Crossing, RuleFacts, RuleMatch } from '../model/finding.ts';
import type {
  Feed,
  FindingDraft,
  RunningDetector,
  SelectedCount,
  SelectedRow,
  Standing,
} from '../model/detector.ts';
import type { Linked, LinkedCorrelation, LinkedDetection } from '../sigma/collection.ts';
import {
  type CompiledCorrelation,
  type CompiledFeed,
  compileCounts,
  rowFeedsOf,
} from '../sigma/compiled-counts.ts';
import type { CorrelationRule } from '../sigma/tree.ts';
import { EventRules } from '../sigma/event-rules.ts';
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
}

const noFeeds: readonly Feed[] = [];

class Running implements RunningDetector {
  readonly counts = [];
  readonly selected: readonly SelectedCount[];
  readonly faults: readonly SigmaError[];
  readonly leftOut: readonly string[];
  readonly #rules: EventRules<Meaning>;
  readonly #compiled: ReadonlyMap<string, CompiledCorrelation>;
  readonly #feeds = new Map<Feed, CompiledFeed>();
  readonly #facts = new Map<Linked, RuleFacts>();

  constructor(rules: readonly Linked[], leftOut: readonly string[]) {
    const compiled = compileCounts(rules);
    this.#compiled = new Map(compiled.map((each) => [each.count.id, each]));
    for (const { feeds } of compiled) for (const feed of feeds) this.#feeds.set(feed.feed, feed);
    this.selected = compiled.map(({ count }) => count);
    this.#rules = new EventRules(rules, (matched, kind) => this.#meaning(matched, kind));
    this.faults = this.#rules.faults;
    this.leftOut = [...leftOut, ...messagesOf(this.faults, true)];
  }

  #meaning(matched: readonly LinkedDetection[], kind: number): Meaning {
    const reported = matched.filter((rule) => rule.reported).map((rule) => ({ rule: this.#factsOf(rule) }));
    return {
      draft: reported.length === 0 ? undefined : draftOf(reported),
      feeds: rowFeedsOf(this.#feeds.values(), kind, matched),
    };
  }

  select(batch: EventBatch, rows: Uint32Array, length: number): number {
    return this.#rules.select(batch, rows, length);
  }

  feeds(batch: EventBatch, row: number): readonly Feed[] {
    return this.#rules.get(batch, row)?.feeds ?? noFeeds;
  }

  matched({ batch, row }: SelectedRow): FindingDraft | undefined {
    // A reply is nobody's probe; who began is decided by now.
    if (batch.kind[row] === EventKind.contact && batch.role[row] !== Role.originator) return undefined;
    return this.#rules.get(batch, row)?.draft;
  }

  reached(crossing: Crossing, { row, feed }: Standing): FindingDraft | undefined {
    const compiled = this.#compiled.get(crossing.count);
    if (compiled?.rule.reported !== true) return undefined;
    return measuredDraft(compiled, this.#measured(compiled.rule, this.#groupOf(row, feed), crossing.value));
  }

  #groupOf({ batch, row }: SelectedRow, feed: Feed): string[] {
    const source = this.#rules.source(batch, row);
    const fields = this.#feeds.get(feed)?.group ?? [];
    return fields.map(({ name }) => String(source?.identity(name) ?? ''));
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
function measuredDraft({ feeds }: CompiledCorrelation, match: RuleMatch): FindingDraft {
  const draft = draftOf([match]);
  if (feeds.every(({ group }) => group.some(({ field }) => field.column === 'source-address'))) return draft;
  const caveat = `${label(match.rule)} does not group by the source: this one completed it, others may have had a part in it.`;
  return { ...draft, caveats: [caveat] };
}

function label({ title, level, techniques }: RuleFacts): string {
  const facts = [...(level === null ? [] : [level]), ...techniques];
  return `Sigma rule "${title}"${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function measureText({ rule, parts }: LinkedCorrelation, group: readonly string[], measure: number): string {
  const { groupBy, timespan, bounds, type } = rule;
  const of = groupBy.map((field, index) => `${field} ${group[index]}`).join(', ');
  const wanted = bounds.map(({ op, value }) => `${op} ${value}`).join(' and ');
  const what = whatOf(rule, parts, measure) + (type === 'temporal_ordered' ? '' : ` (${wanted})`);
  return `${what} within ${timespan} s${of === '' ? '' : ` for ${of}`}`;
}

function whatOf(
  { type, fields, percentile = 0 }: CorrelationRule,
  parts: LinkedCorrelation['parts'],
  measure: number,
): string {
  const named = fields.join(', ');
  switch (type) {
    case 'event_count':
      return `${measure} events`;
    case 'value_count':
      return `${measure} distinct ${named}`;
    case 'value_sum':
      return `${named} adds up to ${measure}`;
    case 'value_avg':
      return `${named} is ${measure} on average`;
    case 'value_percentile':
      return `${percentile} % of ${named} are at most ${measure}`;
    case 'temporal':
      return `${measure} of ${parts.length} rules`;
    case 'temporal_ordered':
      return parts.map(({ rule }) => `"${rule.rule.title}"`).join(', then ');
  }
}
