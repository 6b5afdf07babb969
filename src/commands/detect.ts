import { setFlagsFromString } from 'node:v8';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunError, UsageError, messageOf } from '../base/errors.ts';
import { isoMicros } from '../base/iso-time.ts';
import { counted } from '../base/plain-words.ts';
import { safeText } from '../base/safe-text.ts';
import { nearest } from '../config/suggest.ts';
import type { Config } from '../config/config.ts';
import { adviceOn, adviceOnOrder } from '../judge/advice.ts';
import { judgeAll } from '../judge/judge.ts';
import type { VerifiedName } from '../model/context.ts';
import { severities } from '../model/incident.ts';
import type { Severity } from '../model/incident.ts';
import type { Report } from '../model/output.ts';
import type { ByteInput } from '../model/source.ts';
import { quoteLines } from '../pipeline/quote-lines.ts';
import { run } from '../pipeline/run.ts';
import type { RunResult } from '../pipeline/run.ts';
import { loadNamed } from './catalogue.ts';
import type { Catalogue, Files } from './catalogue.ts';
import { contextOf } from './context-files.ts';
import { ProgressBar } from './progress.ts';
import { contextFilesOf, loadSettings, settle } from './settings.ts';
import type { ConfigOptions } from './settings.ts';
import { wantsColor, widthOf, writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

interface DetectOptions extends ConfigOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly grepable?: boolean;
  readonly xml?: boolean;
  /** A file for the report as a web page, beside what goes to standard output. */
  readonly html?: string;
  readonly format?: string;
  readonly failOn?: string;
  readonly crossings?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly verbose?: boolean;
}

/**
 * How much V8 may let garbage grow past what lives before it collects. By default it trebles the heap while there is memory,
 * which is the greater part of the process when state lives in typed arrays. Collecting at 1.3 × cost no time that could be
 * measured on the conn benchmark, and took a quarter to a third off the peak.
 */
const heapGrowth = '--heap-growing-percent=30';

/** Unread inputs named after a run; a folder may hold thousands. */
const unreadShown = 10;

/** Exit code of `--fail-on` when an incident is that severe. */
const failed = 10;

/** Reads everything once, judges, reports. Returns the exit code. */
export async function detect(
  catalogue: Catalogue,
  paths: readonly string[],
  options: DetectOptions,
  streams: Streams,
): Promise<number> {
  const started = performance.now();
  setFlagsFromString(heapGrowth);
  const failOn = severityOf(options.failOn);
  const outputName = outputOf(options);
  checkFormat(catalogue, options.format);
  if (paths.length === 0) {
    throw new UsageError('name at least one file or folder, or - for standard input');
  }
  const settings = await loadSettings(catalogue, options, streams);
  const config = await settle(settings, streams, options.quiet === true);
  const [files, guess, output, contextFiles] = await Promise.all([
    catalogue.files(),
    catalogue.homeGuess(),
    loadNamed(catalogue.outputs, outputName),
    contextFilesOf(catalogue, config, streams, options.quiet === true),
  ]);
  const inputs = inputsOf(files, paths, streams);
  // Better now than after an hour of reading.
  for (const path of [options.html, options.crossings]) if (path !== undefined) checkWritable(path);

  const showsProgress = streams.err.isTTY && options.quiet !== true;
  const bar = showsProgress ? new ProgressBar(streams.err, performance.now()) : undefined;
  const result = await run({
    inputs,
    format: options.format,
    formats: catalogue.formats,
    formatOptions: config.formats,
    detectors: settings.detectors
      .filter(({ name }) => config.detectors[name] !== false)
      .map((detector) => ({ detector, config: config.detectors[detector.name] })),
    context: contextOf(config, guess, contextFiles),
    trustedProxies: config.trustedProxies,
    workerScript: catalogue.worker,
    zone: config.zone,
    // What the context holds is not there for detectors.
    memory: config.memory - contextFiles.bytes,
    cores: config.cores,
    open: async (path) => inYear(await files.open(path), config.year),
    crossingsFile: options.crossings,
    onProgress: bar && ((progress) => bar.show(progress, performance.now())),
  }).finally(() => bar?.end());

  const names = config.context.names.verify ? await namesOf(catalogue, config, result) : undefined;
  const incidents = judgeAll(result.dossiers, result.facts, { ...result.context, names });
  await quoteLines(
    incidents,
    async (source) => isText(catalogue, result, source),
    async (source) => files.open(source),
  );
  const report: Report = {
    incidents,
    summary: {
      type: 'summary',
      inputs: result.inputs,
      events: result.events,
      late: result.late,
      evicted: result.evicted,
      suspectsDropped: result.suspectsDropped,
      incidents: incidents.length,
      first: Number.isFinite(result.first) ? isoMicros(result.first) : null,
      last: Number.isFinite(result.last) ? isoMicros(result.last) : null,
      took: Math.round(performance.now() - started),
      home: {
        networks: result.context.home.blocks.map(({ text }) => text),
        source: result.context.homeSource,
      },
      advice: [
        ...adviceOnOrder(result.late, result.events),
        ...adviceOn(incidents, result.dossiers, result.context, result.last),
      ],
    },
  };
  const severe = failOn !== undefined && incidents.some(({ severity }) => rank(severity) >= rank(failOn));
  // Nothing could be read at all: that must not look like "nothing found".
  const code = severe ? failed : isNothingRead(result) ? 1 : 0;
  // A reader that closes the pipe early (head) ends the process, and must not hide this.
  process.exitCode = code;
  await writeAll(
    streams.out,
    output.render(report, {
      color: wantsColor(streams, options.color),
      width: widthOf(streams),
      verbose: options.verbose === true,
    }),
  );
  if (options.html !== undefined) await writePage(catalogue, report, options.html);
  if (options.quiet !== true) warnLeftOut(result, streams);
  warnUnread(result, files, streams);
  return code;
}

/** No input was understood, and at least one was not empty: no format, or one that refused every record. */
function isNothingRead({ inputs }: RunResult): boolean {
  const refused = ({ records, events, skipped }: RunResult['inputs'][number]): boolean =>
    events === 0 && records > 0 && skipped.reduce((sum, { count }) => sum + count, 0) >= records;
  return (
    inputs.every((input) => input.format === null || refused(input)) &&
    inputs.some((input) => isUnknown(input) || refused(input))
  );
}

const isUnknown = ({ notes }: RunResult['inputs'][number]): boolean =>
  notes.some(({ note }) => note.startsWith('no known format'));

/** Whether the records of an input are lines. */
async function isText({ formats }: Catalogue, { inputs }: RunResult, source: string): Promise<boolean> {
  const format = inputs.find(({ name }) => name === source)?.format;
  const entry = formats.find(({ name }) => name === format);
  return entry !== undefined && (await entry.load()).lines !== undefined;
}

/** The files that were named, or are in the folders that were. */
export function inputsOf(files: Files, paths: readonly string[], { err }: Streams): string[] {
  const inputs = files.list(paths, (message) => err.write(`offtrail: ${safeText(message)}\n`));
  if (inputs.length > 0) return inputs;
  throw new UsageError(`there is no file to read in ${paths.map((path) => safeText(path)).join(', ')}`);
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

function severityOf(text: string | undefined): Severity | undefined {
  if (text === undefined) return undefined;
  const severity = severities.find((name) => name === text);
  if (!severity) {
    throw new UsageError(`--fail-on: expected one of ${severities.join(', ')}, not ${safeText(text)}`);
  }
  return severity;
}

function outputOf(options: DetectOptions): string {
  const wanted = [
    options.json && 'ndjson',
    options.csv && 'csv',
    options.grepable && 'grepable',
    options.xml && 'xml',
  ].filter((name) => typeof name === 'string');
  if (wanted.length > 1) throw new UsageError('only one of --json, --csv, --grepable and --xml at a time');
  return wanted[0] ?? 'terminal';
}

export function checkFormat({ formats }: Catalogue, name: string | undefined): void {
  if (name === undefined || formats.some((format) => format.name === name)) return;
  const names = formats.map((format) => format.name);
  const close = nearest(name, names);
  const hint = close ? `did you mean ${close}?` : `known are ${names.join(', ')}`;
  throw new UsageError(`--format: there is no format ${safeText(name)}; ${hint}`);
}

/**
 * Stamps without a year get the latest one in which they are not after the file's modification time (and a day). A
 * configured year is the same rule with the end of that year as the file's time.
 */
export function inYear(input: ByteInput, year: number | undefined): ByteInput {
  if (year === undefined) return input;
  const modified = Date.UTC(year, 11, 30, 23, 59, 59) * 1000;
  return {
    name: input.name,
    modified,
    get size() {
      return input.size;
    },
    get position() {
      return input.position;
    },
    get warning() {
      return input.warning;
    },
    next: (buffer, at) => input.next(buffer, at),
    close: () => input.close(),
  };
}

/** The names of the suspects, those first whose agent claims to be somebody. */
async function namesOf(
  catalogue: Catalogue,
  config: Config,
  { dossiers, facts, context }: RunResult,
): Promise<ReadonlyMap<string, VerifiedName>> {
  const claims = (context.lists ?? []).flatMap(({ agents }) => agents.map((agent) => agent.toLowerCase()));
  const claiming: string[] = [];
  const others: string[] = [];
  for (const { actor, addresses, agents } of dossiers) {
    const texts = [...agents.keys()].map((agent) => agent.toLowerCase());
    const claimed = claims.some((claim) => texts.some((text) => text.includes(claim)));
    const own = facts.book.text(actor);
    (claimed ? claiming : others).push(...(own.endsWith('/64') ? addresses : [own]));
  }
  const plugin = await catalogue.context();
  const { folder, names } = config.context;
  return plugin.verifyNames(
    [...claiming, ...others],
    { ...names, cache: join(folder, 'names.json') },
    Date.now() * 1000,
  );
}

function checkWritable(path: string): void {
  try {
    if (existsSync(path) && statSync(path).isDirectory()) throw new RunError('it is a folder');
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${messageOf(error)}`);
  }
}

async function writePage(catalogue: Catalogue, report: Report, path: string): Promise<void> {
  const { createWriteStream } = await import('node:fs');
  const { finished } = await import('node:stream/promises');
  const output = await loadNamed(catalogue.outputs, 'html');
  const stream = createWriteStream(path);
  const done = finished(stream);
  // Told below, by whichever of the two fails first.
  done.catch(() => undefined);
  try {
    await writeAll(stream, output.render(report, { color: false, width: 100, verbose: true }));
    stream.end();
    await done;
  } catch (error) {
    throw new RunError(`cannot write ${path}: ${messageOf(error)}`);
  }
}

/** Says which rules were not run. */
function warnLeftOut({ leftOut }: RunResult, streams: Streams): void {
  if (leftOut.length === 0) return;
  for (const sentence of leftOut.slice(0, unreadShown))
    streams.err.write(`offtrail: ${safeText(sentence)}\n`);
  streams.err.write(
    `offtrail: ${counted(leftOut.length, 'Sigma rule')} ${leftOut.length === 1 ? 'was' : 'were'} left out; 'offtrail rules lint' says all\n`,
  );
}

/** Says which inputs were not read, unless they were empty; whether there were any. */
function warnUnread({ inputs }: RunResult, files: Files, streams: Streams): void {
  const unread = inputs.filter(isUnknown);
  for (const { name } of unread.slice(0, unreadShown)) {
    const why = files.packing(name) ?? "no format was recognised; 'offtrail formats' lists them";
    streams.err.write(`offtrail: ${safeText(`${name}: ${why}`)}\n`);
  }
  const more = unread.length - unreadShown;
  if (more > 0) streams.err.write(`offtrail: and ${counted(more, 'other')} that no format recognised\n`);
}
