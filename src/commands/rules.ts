import { readFileSync } from 'node:fs';
import { UsageError } from '../base/errors.ts';
import { counted } from '../base/plain-words.ts';
import { fitCells, safeText, wrapCells } from '../base/safe-text.ts';
import type { Linked } from '../sigma/collection.ts';
import { readMapping } from '../sigma/mapping.ts';
import type { Language } from '../sigma/language.ts';
import { lint } from '../sigma/lint.ts';
import { type RuleSet, loadRules, testFiles } from '../sigma/rule-files.ts';
import { readRuleTests, runRuleCase } from '../sigma/rule-tests.ts';
import { SigmaError, whereIs } from '../sigma/sigma-error.ts';
import { techniquesOf } from '../sigma/tags.ts';
import { loadNamed } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { widthOf, writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

export interface RulesOptions {
  /** Files and folders; absent: the shipped rules. */
  readonly rules?: readonly string[];
  readonly json?: boolean;
}

/** Each line made safe for a terminal; line breaks stay. */
const safeLines = (text: string): string => text.split('\n').map(safeText).join('\n');

export function rulePaths(
  { shippedRules }: Pick<Catalogue, 'shippedRules'>,
  paths: readonly string[] | undefined,
): string[] {
  return (paths === undefined || paths.length === 0 ? ['shipped'] : paths).map((path) =>
    path === 'shipped' ? shippedRules : path,
  );
}

/** Says the faults; whether there were any. */
function sayFaults(faults: readonly SigmaError[], streams: Streams): boolean {
  for (const fault of faults) streams.err.write(`offtrail: ${safeText(fault.message)}\n`);
  return faults.length > 0;
}

interface Facts {
  readonly name: string;
  readonly title: string;
  readonly level: string | null;
  readonly status: string | null;
  readonly kind: string;
  readonly techniques: readonly string[];
  readonly reported: boolean;
  readonly place: string;
}

function find({ rules, faults }: RuleSet, name: string): Linked {
  const found = rules.find(({ rule }) => rule.name === name || rule.id === name || rule.title === name);
  if (found !== undefined) return found;
  // It may be there and have a fault.
  const own = faults.find(({ title }) => title === name);
  if (own !== undefined) throw own;
  const more =
    faults.length === 0
      ? ''
      : `; ${counted(faults.length, 'rule')} could not be read: 'offtrail rules lint' says why`;
  throw new UsageError(`there is no rule ${safeText(name)}; 'offtrail rules list' names them${more}`);
}

/** The files that a rule comes from: its own, and those of the rules that it counts. */
function filesOf(rule: Linked): string[] {
  return [
    rule.rule.place.file,
    ...(rule.kind === 'correlation' ? rule.parts.flatMap((part) => filesOf(part.rule)) : []),
  ];
}

function facts({ rule, reported, kind }: Linked): Facts {
  return {
    name: rule.name ?? rule.id ?? rule.title,
    title: rule.title,
    level: rule.level ?? null,
    status: rule.status ?? null,
    kind: kind === 'detection' ? 'detection' : rule.kind === 'correlation' ? rule.type : kind,
    techniques: techniquesOf(rule.tags),
    reported,
    place: whereIs(rule.place),
  };
}

/** One line a rule. */
export async function rulesList(
  catalogue: Catalogue,
  options: RulesOptions,
  streams: Streams,
): Promise<number> {
  const set = loadRules(rulePaths(catalogue, options.rules));
  const width = Math.max(60, widthOf(streams));
  const pieces = set.rules.map((rule) => {
    const fact = facts(rule);
    if (options.json === true) return `${JSON.stringify(fact)}\n`;
    const techniques = techniquesOf(rule.rule.tags).join(' ');
    const columns = [
      fact.name.padEnd(24),
      (fact.level ?? '-').padEnd(13),
      fact.kind.padEnd(16),
      rule.reported ? '' : '(counted only) ',
    ];
    return `${fitCells(safeText(`${columns.join(' ')}${rule.rule.title}${techniques === '' ? '' : ` [${techniques}]`}`), width)}\n`;
  });
  await writeAll(streams.out, pieces);
  return sayFaults(set.faults, streams) ? 1 : 0;
}

/** All that is known of a rule, in words. */
export async function rulesShow(
  catalogue: Catalogue,
  name: string,
  options: RulesOptions,
  streams: Streams,
): Promise<number> {
  const linked = find(loadRules(rulePaths(catalogue, options.rules)), name);
  const { rule } = linked;
  const fact = facts(linked);
  if (options.json === true) {
    streams.out.write(
      `${JSON.stringify({ ...fact, description: rule.description ?? null, references: rule.references, falsepositives: rule.falsepositives })}\n`,
    );
    return 0;
  }
  const width = Math.max(60, widthOf(streams)) - 2;
  const lines = [`${rule.title} (${fact.name})`, `  ${fact.place}`];
  const say = (text: string): void => {
    lines.push(...wrapCells(safeText(text), width).map((line) => `  ${line}`));
  };
  if (rule.description !== undefined) say(rule.description);
  say(
    `level ${rule.level ?? 'none'}, status ${rule.status ?? 'none'}, ${fact.kind}${linked.reported ? '' : ', reports only by way of a correlation'}`,
  );
  if (rule.kind === 'correlation') {
    const bounds = rule.bounds.map(({ op, value }) => `${op} ${value}`).join(' and ');
    say(
      `${rule.type}${rule.fields.length > 0 ? ` of ${rule.fields.join(', ')}` : ''} ${bounds} within ${rule.timespan} s, for each ${rule.groupBy.join(', ') || 'nothing: all together'}; counts ${rule.rules.map(({ text }) => text).join(', ')}`,
    );
  } else
    say(
      `log source ${Object.entries(rule.logsource)
        .map(([key, value]) => `${key} ${value}`)
        .join(', ')}`,
    );
  const techniques = techniquesOf(rule.tags);
  if (techniques.length > 0) say(`ATT&CK ${techniques.join(', ')}`);
  for (const text of rule.falsepositives) say(`false positive: ${text}`);
  for (const text of rule.references) say(`see ${text}`);
  streams.out.write(`${lines.map(safeText).join('\n')}\n`);
  return 0;
}

/** Runs the test events that stand beside the rules. */
export async function rulesTest(
  catalogue: Catalogue,
  options: RulesOptions,
  streams: Streams,
): Promise<number> {
  const paths = rulePaths(catalogue, options.rules);
  const set = loadRules(paths);
  const cases = testFiles(paths).flatMap((file) => readRuleTests(readFileSync(file, 'utf8'), file));
  let failed = 0;
  const pieces: string[] = [];
  for (const one of cases) {
    const wrong = runRuleCase(one, set.rules);
    if (wrong === undefined && options.json !== true) continue;
    if (wrong !== undefined) failed++;
    const place = whereIs(one.place);
    if (options.json === true)
      pieces.push(
        `${JSON.stringify({ place, rules: one.rules, name: one.name, match: one.match, passed: wrong === undefined })}\n`,
      );
    else pieces.push(`${safeText(`${place}: ${one.name}: ${wrong ?? ''}`)}\n`);
  }
  if (options.json !== true) pieces.push(`${counted(cases.length, 'case')}, ${failed} failed\n`);
  await writeAll(streams.out, pieces);
  if (cases.length === 0) {
    streams.err.write('offtrail: there are no tests: none of the paths is or holds a *.test.yml\n');
    return 1;
  }
  return sayFaults(set.faults, streams) || failed > 0 ? 1 : 0;
}

/** Everything that is wrong with rules, and what could be better. Exit code 1 when something is wrong. */
export async function rulesLint(
  catalogue: Catalogue,
  options: RulesOptions,
  streams: Streams,
): Promise<number> {
  const found = lint(loadRules(rulePaths(catalogue, options.rules)));
  await writeAll(
    streams.out,
    found.map(({ severity, fault }) => {
      const { place, reason, title } = fault;
      if (options.json === true)
        return `${JSON.stringify({ severity, ...place, reason, title: title ?? null })}\n`;
      return `${safeText(`${whereIs(place)}: ${severity}: ${reason}${title === undefined ? '' : ` (rule "${title}")`}`)}\n`;
    }),
  );
  const errors = found.filter(({ severity }) => severity === 'error').length;
  if (options.json !== true)
    streams.err.write(`${counted(errors, 'error')}, ${counted(found.length - errors, 'warning')}\n`);
  return errors > 0 ? 1 : 0;
}

interface ConvertOptions extends RulesOptions {
  readonly target: string;
  readonly mapping?: string;
  /** Names or ids; absent: every rule that reports. */
  readonly rule?: readonly string[];
}

/** Rules as queries of another system, with what widens them beside each. Exit code 1 when one was refused. */
export async function rulesConvert(
  catalogue: Catalogue,
  options: ConvertOptions,
  streams: Streams,
): Promise<number> {
  const language = await languageOf(catalogue, options.target);
  const mapping =
    options.mapping === undefined
      ? language.mapping
      : readMapping(readFileSync(options.mapping, 'utf8'), options.mapping);
  const set = loadRules(rulePaths(catalogue, options.rules), mapping.placeholders);
  const chosen =
    options.rule === undefined
      ? set.rules.filter(({ reported }) => reported)
      : options.rule.map((name) => find(set, name));
  const pieces: string[] = [];
  const refused: SigmaError[] = [];
  for (const rule of chosen) {
    try {
      const { text, notes } = language.convert(rule, mapping);
      if (options.json !== true && safeLines(text) !== text)
        throw new SigmaError(
          'the query holds characters that do not show on a terminal; --json writes them all',
          rule.rule.place,
          rule.rule.title,
        );
      pieces.push(
        options.json === true
          ? `${JSON.stringify({ ...facts(rule), language: language.name, query: text, notes })}\n`
          : written(rule, text, notes, language),
      );
    } catch (thrown) {
      if (!(thrown instanceof SigmaError)) throw thrown;
      refused.push(thrown);
    }
  }
  await writeAll(streams.out, pieces);
  // Who asks for one rule of many need not hear of the others.
  const asked = options.rule === undefined ? undefined : new Set(chosen.flatMap(filesOf));
  const faults = set.faults.filter(({ place }) => asked?.has(place.file) ?? true);
  sayFaults([...faults, ...refused], streams);
  const broken = faults.filter((fault) => !fault.refused).length;
  const kept = refused.length + faults.length - broken;
  if (kept + broken > 0)
    streams.err.write(`${pieces.length} converted, ${kept} refused, ${broken} not readable\n`);
  return kept + broken > 0 ? 1 : 0;
}

function written({ rule }: Linked, text: string, notes: readonly string[], { comment }: Language): string {
  const head = [`${rule.title} (${whereIs(rule.place)})`, ...notes].map((line) => comment(safeText(line)));
  return `${head.join('\n')}\n${text}\n\n`;
}

async function languageOf({ languages }: Catalogue, name: string): Promise<Language> {
  if (languages.some((entry) => entry.name === name)) return loadNamed(languages, name);
  throw new UsageError(
    `there is no language ${safeText(name)}; known are ${languages.map((entry) => entry.name).join(', ')}`,
  );
}
