import { isoMicros } from '../base/iso-time.ts';
import { counted, grouped, listed } from '../base/plain-words.ts';
import type { RuleStatement } from '../model/finding.ts';
import type { RunFacts } from '../model/dossier.ts';
import type { FindingView } from '../model/incident.ts';

/*
 * What the site's own rules (Sigma) said of an actor: each by its name, with its own count, times and sources. Titles are
 * their author's, groups stand in the logs: escaping is the outputs' part.
 */

const sourceLimit = 16;

/** The statements of several findings about one actor: one for each rule. */
export function joinStatements(
  x: readonly RuleStatement[] = [],
  y: readonly RuleStatement[] = [],
): RuleStatement[] {
  const joined = new Map<string, RuleStatement>();
  for (const statement of [...x, ...y]) {
    const known = joined.get(statement.rule.id);
    const louder = known === undefined || statement.value > known.value ? statement : known;
    joined.set(statement.rule.id, {
      rule: statement.rule,
      count: (known?.count ?? 0) + statement.count,
      first: Math.min(known?.first ?? Infinity, statement.first),
      last: Math.max(known?.last ?? -Infinity, statement.last),
      measured: louder.measured,
      value: louder.value,
      crossings: [...(known?.crossings ?? []), ...statement.crossings],
      inputs: new Set([...(known?.inputs ?? []), ...statement.inputs]),
    });
  }
  return [...joined.values()];
}

export function ruleReason(statement: RuleStatement, { inputs }: RunFacts): string {
  const { rule, count, first, last, measured } = statement;
  const facts = [...(rule.level === null ? [] : [rule.level]), ...rule.techniques];
  const name = `Sigma rule "${rule.title}"${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  const peak = peakOf(statement);
  const what =
    measured === ''
      ? counted(count, 'event')
      : `${measured}${peak > statement.value ? `, ${grouped(peak)} at most` : ''}${count > 1 ? `; ${grouped(count)} times` : ''}`;
  const when = first === last ? `at ${isoMicros(first)}` : `from ${isoMicros(first)} to ${isoMicros(last)}`;
  const sources = [...statement.inputs].sort((a, b) => a - b).flatMap((input) => inputs[input]?.name ?? []);
  return `${name}: ${what}, ${when}${sources.length === 0 ? '' : `, in ${listed(sources)}`}.`;
}

export function ruleView(statement: RuleStatement, { inputs }: RunFacts): FindingView['rules'][number] {
  const { rule, count, first, last, measured } = statement;
  return {
    id: rule.id,
    title: rule.title,
    level: rule.level,
    techniques: [...rule.techniques],
    tags: [...rule.tags],
    count,
    first: isoMicros(first),
    last: isoMicros(last),
    measured: measured === '' ? null : measured,
    peak: measured === '' ? null : peakOf(statement),
    sources: [...statement.inputs]
      .sort((a, b) => a - b)
      .flatMap((input) => inputs[input]?.name ?? [])
      .slice(0, sourceLimit),
  };
}

function peakOf({ value, crossings }: RuleStatement): number {
  return Math.max(value, ...crossings.map(({ max }) => max));
}
