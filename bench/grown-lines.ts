import { createHash } from 'node:crypto';
import { EventBatch } from '../src/model/event.ts';
import type { Format } from '../src/model/format.ts';
import { InputCounters, InputReader } from '../src/pipeline/input-reader.ts';
import type { FixtureCase, FormatFixture } from '../test/format-fixture.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';

/*
 * A big file of any line format out of its fixture: those of its lines that are events, drawn by lot, with addresses,
 * client ports and clocks that vary, so that no line, address or second is simply the one just read.
 */

/** How records are written: targets are set for either. */
type Syntax = 'text' | 'JSON';

export interface Grown {
  readonly generator: Generator;
  /** Settings that the format needs for these lines. */
  readonly options: unknown;
}

/** Raised whenever the same lines and seed would give another file. */
const version = 4;
/** Of the grown file's clock. */
const linesPerSecond = 1000;
/** In turn: an IPv4 address, a documentation IPv6 address, a clock, the seconds of an epoch, an ephemeral port. */
const varying =
  /(?<![\w./])(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\w:])(2001:db8:[\da-f:]*:)[\da-f]{1,4}(?![\w:])|(?<!\d)\d\d:\d\d:\d\d(?!\d)|(?<![\d.])1[6-8]\d{8}(?=(?:\d{3}){0,3}(?!\d))|(?<![\d.])(?:3[3-9]|[45]\d|6[0-4])\d{3}(?![\d.])/g;

type Varied = (random: Random, second: number) => string;

/** The generator for a format's lines of one syntax; undefined where its fixture has none. */
export function grownLines(format: Format, fixture: FormatFixture, syntax: Syntax): Grown | undefined {
  // Objects that stand in blocks may be written over many lines.
  if (format.blocks !== undefined && syntax === 'text') return undefined;
  const cases = fixture.cases.flatMap((given) => {
    if (given.grown === false) return [];
    const lines = linesOf(given).filter((line) => line.startsWith('#') || syntaxOf(line) === syntax);
    const first = lines.findIndex((_, at) => understood(format, lines.slice(0, at + 1), given.options) > 0);
    return first < 0 ? [] : [{ lines, first, options: given.options }];
  });
  const main = cases.find(({ options }) => options === undefined) ?? cases.at(0);
  if (main === undefined) return undefined;
  const { options } = main;
  const head =
    understood(format, [main.lines[main.first]], options) > 0 ? [] : main.lines.slice(0, main.first);
  const fits = (lines: readonly string[]): boolean => understood(format, lines, options) >= 0;
  const kept: string[] = [];
  const alone = Math.max(0, understood(format, head, options));
  for (const line of cases.filter((one) => one.options === options).flatMap(({ lines }) => lines)) {
    // A reader may learn from its lines: each has to be an event in front of the others and behind them.
    const isEvent = understood(format, [...head, line], options) > alone;
    if (isEvent && fits([...head, ...kept, line]) && fits([...head, line, ...kept])) kept.push(line);
  }
  const tries = new Random(1);
  // What stops being an event when it is varied (an address that takes the port in) is no template.
  const templates = kept
    .map(partsOf)
    .filter((parts) => fits([...head, ...Array.from({ length: 8 }, (_, i) => grow(parts, tries, i))]));
  const generator: Generator = {
    // Made before from other lines of the fixture, it is another file.
    name: `grown-${format.name}-${syntax.toLowerCase()}-${digestOf([...head, ...kept])}`,
    version,
    suffix: 'log',
    write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
      const random = new Random(seed);
      for (const line of head) out.write(`${line}\n`);
      for (let row = 0; row < rows; row++) {
        out.write(`${grow(random.pick(templates), random, Math.floor(row / linesPerSecond))}\n`);
      }
      return [];
    },
  };
  return { generator, options };
}

const digestOf = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);

/** Text inputs only; UTF-8 as its bytes, which is how the writer takes them. */
function linesOf({ input }: FixtureCase): string[] {
  if (typeof input !== 'string') return [];
  return Buffer.from(input)
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

function syntaxOf(line: string): Syntax {
  return /\{ ?"/.test(line) ? 'JSON' : 'text';
}

/** How many events the lines are; -1 when one was refused. */
function understood(format: Format, lines: readonly string[], options: unknown): number {
  const counters = new InputCounters();
  const trustedProxies = { size: 0, has4: () => false, has6: () => false };
  const info = { index: 0, name: 'fixture', modified: Date.UTC(2026, 11) * 1000, zone: 'UTC' };
  const reader = new InputReader(
    format,
    { ...info, options, trustedProxies },
    { take: () => new EventBatch(), emit: () => undefined, counters },
  );
  const bytes = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  const chunk = new Uint8Array(bytes.length + 64);
  chunk.set(bytes);
  reader.feed(chunk, 0, bytes.length, true);
  while (reader.pending) reader.feed(chunk, bytes.length, bytes.length, true);
  return counters.skipped > 0 ? -1 : counters.events;
}

function grow(parts: readonly (string | Varied)[], random: Random, second: number): string {
  let line = '';
  for (const part of parts) line += typeof part === 'string' ? part : part(random, second);
  return line;
}

function partsOf(line: string): (string | Varied)[] {
  const parts: (string | Varied)[] = [];
  let behind = 0;
  for (const match of line.matchAll(varying)) {
    parts.push(line.slice(behind, match.index), variedOf(match));
    behind = match.index + match[0].length;
  }
  parts.push(line.slice(behind));
  return parts;
}

function variedOf([text, v4, v6]: RegExpExecArray): Varied {
  if (v4 !== undefined) return (random) => `${v4}.${random.below(16)}.${random.between(1, 254)}`;
  if (v6 !== undefined) return (random) => v6 + random.between(1, 65_535).toString(16);
  if (text.includes(':')) {
    const [hours, minutes, seconds] = text.split(':').map(Number);
    const start = (hours * 60 + minutes) * 60 + seconds;
    // Not past midnight: the date stays.
    return (_, second) => clockText(Math.min(start + second, 86_399));
  }
  if (text.length === 10) return (_, second) => String(Number(text) + second);
  return (random) => String(random.between(33_000, 60_999));
}

function clockText(second: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
}
