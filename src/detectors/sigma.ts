import * as z from 'zod';
import { UsageError } from '../base/errors.ts';
import { EventKind, Role } from '../model/event.ts';
import type { Detector, FindingDraft } from '../model/detector.ts';
import type { LinkedCorrelation, LinkedDetection } from '../sigma/collection.ts';
import type { Fired } from '../sigma/correlator.ts';
import { EventRules } from '../sigma/event-rules.ts';
import { loadRules } from '../sigma/rule-files.ts';
import { techniquesOf } from '../sigma/tags.ts';

/**
 * Sigma: a site's own rules and correlations over the events, with the meaning that docs/sigma.md gives them. A rule
 * states what its author states; it raises no built-in finding and lowers none.
 */

const config = z
  .strictObject({
    rules: z
      .array(z.string())
      .default([])
      .describe(
        'Files and folders of Sigma rules to run. None by default: the built-in detectors know the same scans, with outcomes and popularity.',
      ),
  })
  .prefault({});

export const sigma: Detector<z.infer<typeof config>> = {
  name: 'sigma',
  title: 'Sigma rules and correlations of the site',
  config,
  start(settings) {
    if (settings.rules.length === 0) return { counts: [] };
    const { rules, faults } = loadRules(settings.rules);
    const bound = new EventRules(rules);
    const all = [...faults, ...bound.faults];
    if (all.length > 0) throw new UsageError(all.map((fault) => fault.message).join('\n'));
    if (rules.length === 0) throw new UsageError(`there are no Sigma rules in ${settings.rules.join(', ')}`);
    return {
      counts: [],
      select: (batch, rows, length) => bound.select(batch, rows, length),
      matched({ batch, row }) {
        // A reply is nobody's probe; who began is decided by now.
        if (batch.kind[row] === EventKind.contact && batch.role[row] !== Role.originator) return undefined;
        const { matched, fired } = bound.see(batch, row);
        const said = [
          ...matched.filter(({ reported }) => reported).map(ruleText),
          ...fired.filter(({ rule, first }) => rule.reported && first).map(firedText),
        ];
        return said.length === 0 ? undefined : draftOf(said, fired);
      },
    };
  },
};

interface Said {
  readonly reason: string;
  readonly trait: string;
}

function draftOf(said: readonly Said[], fired: readonly Fired<undefined>[]): FindingDraft {
  const strengths = fired.map(
    ({ rule, measure }) => measure / Math.max(...rule.rule.bounds.map(({ value }) => value), 1),
  );
  return {
    kind: 'sigma',
    reasons: said.map(({ reason }) => reason),
    traits: said.map(({ trait }) => trait),
    strength: Math.max(1, ...strengths),
  };
}

function label({ rule }: LinkedDetection | LinkedCorrelation): string {
  const facts = [rule.level, ...techniquesOf(rule.tags)].filter((fact) => fact !== undefined);
  return `Sigma rule "${rule.title}"${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function ruleText(rule: LinkedDetection): Said {
  return { reason: `${label(rule)} matched`, trait: label(rule) };
}

function firedText({ rule, group, measure }: Fired<undefined>): Said {
  const { type, fields, groupBy, timespan, bounds } = rule.rule;
  const of = groupBy.map((field, index) => `${field} ${group[index]}`).join(', ');
  const what = type === 'value_count' ? `${measure} distinct ${fields.join(', ')}` : `${type} ${measure}`;
  const wanted = bounds.map(({ op, value }) => `${op} ${value}`).join(' and ');
  const reason = `${label(rule)}: ${what} (${wanted}) within ${timespan} s${of === '' ? '' : ` for ${of}`}`;
  return { reason, trait: label(rule) };
}
