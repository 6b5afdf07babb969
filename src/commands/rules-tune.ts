import * as z from 'zod';
import { UsageError } from '../base/errors.ts';
import { counted } from '../base/plain-words.ts';
import { safeText } from '../base/safe-text.ts';
import { formatIPv4, formatWords } from '../model/address.ts';
import type { Context } from '../model/context.ts';
import type { Detector } from '../model/detector.ts';
import type { EventBatch } from '../model/event.ts';
import { EventKind, Flag, Role } from '../model/event.ts';
import { run } from '../pipeline/run.ts';
import type { Linked, LinkedCorrelation } from '../sigma/collection.ts';
import { Correlator } from '../sigma/correlator.ts';
import { EventRules } from '../sigma/event-rules.ts';
import { loadRules } from '../sigma/rule-files.ts';
import type { Catalogue } from './catalogue.ts';
import { contextOf } from './context-files.ts';
import { inputsOf, inYear } from './detect.ts';
import { type RulesOptions, rulePaths } from './rules.ts';
import { contextFilesOf, loadSettings, settle } from './settings.ts';
import type { ConfigOptions } from './settings.ts';
import { writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

interface TuneOptions extends ConfigOptions, RulesOptions {
  readonly format?: string;
}

const day = 86_400_000_000;

/** The highest value that one actor reached on one day. */
interface Peak {
  readonly actor: string;
  readonly known: string | undefined;
  value: number;
}

/**
 * Replays history and says, for each threshold, how many actors a day would have fired it, and which of them are on the
 * allowlist. The windows are those of the rule; only its bound is varied.
 */
export async function rulesTune(
  catalogue: Catalogue,
  name: string,
  data: readonly string[],
  options: TuneOptions,
  streams: Streams,
): Promise<number> {
  if (data.length === 0) throw new UsageError('name the logs to replay');
  const { rules, faults } = loadRules(rulePaths(catalogue, options.rules));
  const rule = rules.find((each) => each.rule.name === name || each.rule.id === name);
  if (rule === undefined)
    throw new UsageError(
      `there is no rule ${safeText(name)}${faults.length > 0 ? ` (${faults[0].message})` : ''}`,
    );
  const threshold = thresholdOf(rule);
  // --rules names the rules to tune, not rules to run.
  const { config: file, home, zone, memory } = options;
  const given = Object.entries({ config: file, home, zone, memory }).filter(
    ([, value]) => value !== undefined,
  );
  const settings = await loadSettings(catalogue, Object.fromEntries(given), streams);
  const config = await settle(settings, streams, true);
  const [files, guess, contextFiles] = await Promise.all([
    catalogue.files(),
    catalogue.homeGuess(),
    contextFilesOf(catalogue, config, streams, false),
  ]);
  const peaks = new Map<string, Peak>();
  const result = await run({
    inputs: inputsOf(files, data, streams),
    format: options.format,
    formats: catalogue.formats,
    formatOptions: config.formats,
    detectors: [{ detector: probe(rule as LinkedCorrelation, peaks), config: {} }],
    context: contextOf(config, guess, contextFiles),
    trustedProxies: config.trustedProxies,
    zone: config.zone,
    memory: config.memory,
    cores: 1,
    open: async (path) => inYear(await files.open(path), config.year),
  });
  if (!Number.isFinite(result.first)) throw new UsageError('there are no events in the data');
  const days = Math.max(1, Math.floor(result.last / day) - Math.floor(result.first / day) + 1);
  const rows = candidates(threshold, [...peaks.values()]).map((at) => rowOf(at, [...peaks.values()], days));
  const advice = adviceOf(threshold, [...peaks.values()], days);
  if (options.json === true) {
    streams.out.write(
      `${JSON.stringify({ rule: name, events: result.events, days, threshold, rows, evicted: result.evicted, ...advice })}\n`,
    );
    return 0;
  }
  const { title } = rule.rule;
  await writeAll(streams.out, [
    `${safeText(title)}: ${counted(result.events, 'event')} of ${counted(days, 'day')}\n`,
    'threshold  actors a day  known good  who reaches it\n',
    ...rows.map(({ at, actors, good, names }) => {
      const mark = at === threshold ? '*' : ' ';
      return `${mark}${String(at).padStart(8)}  ${(actors / days).toFixed(1).padStart(12)}  ${String(good).padStart(10)}  ${safeText(names.join(', '))}\n`;
    }),
    ...(result.evicted > 0
      ? [
          `Memory was full: ${counted(result.evicted, 'entry', 'entries')} had to go, so values may be too low (--memory).\n`,
        ]
      : []),
    `* as it is. Suggested: ${advice.suggested}. ${safeText(advice.reason)}\n`,
  ]);
  return 0;
}

function thresholdOf(rule: Linked): number {
  if (rule.kind === 'detection')
    throw new UsageError('tune varies the bound of a correlation; this rule has none');
  const { bounds, type } = rule.rule;
  const [bound] = bounds;
  if (bounds.length !== 1 || (bound.op !== 'gt' && bound.op !== 'gte') || type.startsWith('temporal'))
    throw new UsageError('tune varies one lower bound of a count; this correlation has another shape');
  return bound.op === 'gt' ? bound.value + 1 : bound.value;
}

/** Counts for the rule without its bound. */
function probe(rule: LinkedCorrelation, peaks: Map<string, Peak>): Detector {
  const open: LinkedCorrelation = {
    ...rule,
    reported: true,
    rule: { ...rule.rule, bounds: [{ op: 'gte', value: 1 }] },
  };
  const parts = open.parts.flatMap((part) => allOf(part.rule));
  const bound = new EventRules([...parts, open], (rules) => rules);
  const correlator = new Correlator<undefined>([...parts, open]);
  return {
    name: 'tune',
    title: 'Peaks of a rule',
    config: z.unknown(),
    start: (_, context) => ({
      counts: [],
      state: correlator,
      select: (batch, rows, length) => bound.select(batch, rows, length),
      matched({ batch, row, time }) {
        const rules = bound.get(batch, row);
        const source = bound.source(batch, row);
        if (rules === undefined || source === undefined || isNoProbe(batch, row)) return undefined;
        for (const hit of correlator.at(time, [{ event: undefined, source, rules }])) {
          if (hit.rule !== open) continue;
          const { text, words } = sourceOf(batch, row);
          const key = `${Math.floor(time / day)} ${text}`;
          const peak = peaks.get(key);
          if (peak === undefined)
            peaks.set(key, { actor: text, known: knownGood(context, words, time), value: hit.measure });
          else peak.value = Math.max(peak.value, hit.measure);
        }
        return undefined;
      },
    }),
  };
}

/** What the detector does not count either: replies. */
function isNoProbe(batch: EventBatch, row: number): boolean {
  return batch.kind[row] === EventKind.contact && batch.role[row] !== Role.originator;
}

function allOf(rule: Linked): Linked[] {
  return rule.kind === 'detection' ? [rule] : [...rule.parts.flatMap((part) => allOf(part.rule)), rule];
}

function sourceOf(
  batch: EventBatch,
  row: number,
): { text: string; words: readonly [number, number, number, number] } {
  const value = batch.source[row];
  if ((batch.flags[row] & Flag.v6) === 0) return { text: formatIPv4(value), words: [0, 0, 0xffff, value] };
  const at = value * 4;
  const words = [batch.wide[at], batch.wide[at + 1], batch.wide[at + 2], batch.wide[at + 3]] as const;
  return { text: formatWords(...words), words };
}

function knownGood(
  { allowlist }: Context,
  words: readonly [number, number, number, number],
  time: number,
): string | undefined {
  return allowlist.find(
    ({ addresses, from, until }) => addresses.has(words) && !(time < from) && !(time >= until),
  )?.name;
}

/** Thresholds worth a look: the rule's own, fractions and multiples of it, and one past the highest peak. */
function candidates(threshold: number, peaks: readonly Peak[]): number[] {
  const scaled = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10].map((factor) =>
    Math.max(2, Math.round(threshold * factor)),
  );
  const top = Math.max(0, ...peaks.map(({ value }) => value));
  return [...new Set(scaled)].filter((at) => at <= threshold || at <= top * 2).toSorted((a, b) => a - b);
}

function rowOf(
  at: number,
  peaks: readonly Peak[],
  days: number,
): { at: number; actors: number; perDay: number; good: number; names: string[] } {
  const over = peaks.filter(({ value }) => value >= at);
  const label = ({ actor, known, value }: Peak): string =>
    `${actor}${known === undefined ? '' : ` (${known})`} ${value}`;
  const names = over
    .toSorted((a, b) => b.value - a.value)
    .slice(0, 4)
    .map(label);
  if (over.length > names.length) names.push('…');
  return {
    at,
    actors: over.length,
    perDay: over.length / days,
    good: over.filter(({ known }) => known !== undefined).length,
    names,
  };
}

/**
 * The widest gap between peaks, not further than a factor of two from the rule's own value, is where quiet actors end and
 * loud ones begin.
 */
function adviceOf(
  threshold: number,
  peaks: readonly Peak[],
  days: number,
): { suggested: number; reason: string } {
  const good = Math.max(0, ...peaks.filter(({ known }) => known !== undefined).map(({ value }) => value));
  const values = [...new Set(peaks.map(({ value }) => value))]
    .filter((value) => value >= 2)
    .toSorted((a, b) => a - b);
  if (values.length === 0)
    return {
      suggested: threshold,
      reason: 'Nothing counted twice in this data: it says nothing about the threshold.',
    };
  let best = { ratio: 1, low: 0, high: 0 };
  for (const [index, low] of values.entries()) {
    const high = values[index + 1];
    const middle = Math.sqrt(low * (high ?? low));
    const near = middle >= threshold / 2 && middle <= threshold * 2;
    if (high !== undefined && near && high / low > best.ratio) best = { ratio: high / low, low, high };
  }
  const fires = peaks.filter(({ value }) => value >= threshold).length;
  if (best.ratio < 1.4)
    return {
      suggested: Math.max(threshold, good + 1),
      reason: `The peaks rise without a gap near it (highest ${values.at(-1)}): ${fires} actors in ${days} days reach the rule's ${threshold}; nothing in this data argues for another value${good >= threshold ? `, but the allowlisted reach ${good}` : ''}.`,
    };
  // Geometric middle of the gap.
  const suggested = Math.max(Math.ceil(Math.sqrt(best.low * best.high)), good + 1);
  return {
    suggested,
    reason: `No actor peaked between ${best.low} and ${best.high}; the quieter ones stay below, the louder ones above${good > 0 ? `, and the allowlisted reach ${good}` : ''}.`,
  };
}
