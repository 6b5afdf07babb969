import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type * as z from 'zod';
import { messageOf, UsageError } from '../base/errors.ts';
import { configOf } from './config.ts';
import type { Config, ConfigTree } from './config.ts';
import type { ConfigDocument } from './document.ts';
import { type Path, type Place, pathText } from './place.ts';
import { configSchema, elementOf, leaves, nodeOf } from './schema.ts';
import type { Section } from './schema.ts';
import { nearest } from './suggest.ts';

/** Something wrong with the configuration, and where. */
interface Problem {
  /** 'offtrail.yaml:12:5', 'environment variable OFFTRAIL_ZONE', '--home'. */
  readonly where: string;
  readonly place: Place | undefined;
  /** 'detectors.fan-out.vertical'. */
  readonly path: string;
  readonly message: string;
}

/** Where the value of a key comes from. */
interface Origin {
  readonly kind: 'default' | 'file' | 'environment' | 'flag';
  readonly text: string;
}

export interface Loaded {
  readonly schema: z.ZodObject;
  readonly file: string | undefined;
  /** Empty: `config` is there. */
  readonly problems: readonly Problem[];
  /** Nothing wrong, but worth a word: an expired allowlist entry, an unknown OFFTRAIL_ variable. */
  readonly warnings: readonly string[];
  readonly tree: ConfigTree | undefined;
  readonly config: Config | undefined;
  originOf(path: Path): Origin;
}

export interface LoadOptions {
  readonly detectors: readonly Section[];
  /** Formats that have settings. */
  readonly formats?: readonly Section[];
  /** `--config FILE`. */
  readonly file?: string | undefined;
  /** Values of command-line options, by key path: 'home' → ['192.0.2.0/24']. They win. */
  readonly flags?: ReadonlyMap<string, { readonly flag: string; readonly value: unknown }>;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What reads a configuration file; {@link configFile} says whether there is one. Most runs have none and need no YAML. */
  readonly documents?: typeof ConfigDocument | undefined;
  /** µs: to tell expired entries. Absent: not told. */
  readonly now?: number;
}

/** The files that are looked for, first found wins. */
export function configPlaces(env: NodeJS.ProcessEnv, cwd: string): string[] {
  const xdg = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return [join(cwd, 'offtrail.yaml'), join(xdg, 'offtrail', 'offtrail.yaml'), '/etc/offtrail/offtrail.yaml'];
}

/** The configuration file in force, if there is one. */
export function configFile(
  asked: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
): string | undefined {
  return asked || env.OFFTRAIL_CONFIG || configPlaces(env, cwd).find((place) => existsSync(place));
}

/** A flag wins over the environment, that over the file, that over the defaults. Throws only when a file cannot be read. */
export function loadConfig(options: LoadOptions): Loaded {
  const { env = process.env, cwd = process.cwd() } = options;
  const schema = configSchema(options.detectors, options.formats);
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const origins = new Map<string, Origin>();
  const file = configFile(options.file, env, cwd);
  const document = file === undefined ? undefined : readDocument(file, cwd, options.documents);
  const tree = document ? structureOf(schema, document, problems) : {};
  applyEnvironment(schema, tree, env, origins, problems, warnings);
  for (const [path, { flag, value }] of options.flags ?? []) {
    putAt(tree, path.split('.'), value);
    origins.set(path, { kind: 'flag', text: flag });
  }

  const originOf = (path: Path): Origin => {
    for (let length = path.length; length > 0; length--) {
      const known = origins.get(pathText(path.slice(0, length)));
      if (known) return known;
    }
    if (document && valueAt(document.value, path) !== undefined) {
      const { file, line } = document.placeOf(path);
      return { kind: 'file', text: `${file}:${line}` };
    }
    return { kind: 'default', text: 'default' };
  };

  const parsed = schema.safeParse(tree);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues.flatMap((issue) => plainIssues(issue))) {
      const origin = originOf(path);
      const inFile = document && origin.kind !== 'flag' && origin.kind !== 'environment';
      const place = inFile ? document.placeOf(path) : undefined;
      // Who wrote an option need not know the key behind it.
      const key = origin.kind === 'flag' ? '' : pathText(path);
      const got = origin.kind === 'flag' ? valueAt(tree, path) : undefined;
      const not = typeof got === 'string' ? `, not ${got}` : '';
      problems.push({
        where: place ? placeText(place) : origin.text,
        place,
        path: key,
        message: message + not,
      });
    }
  }
  const valid = problems.length === 0 ? (parsed.data as unknown as ConfigTree) : undefined;
  const config =
    valid && configOf(valid, (path, key) => besideFile(document?.file, path, originOf(key.split('.'))));
  for (const { name, owner, until } of config?.allowlist ?? []) {
    if (options.now !== undefined && until < options.now) {
      const date = new Date(until / 1000).toISOString().slice(0, 10);
      warnings.push(
        `allowlist entry ${name} (owner ${owner}) expired on ${date}; it holds for older events only`,
      );
    }
  }
  problems.sort((x, y) => (x.place?.line ?? 0) - (y.place?.line ?? 0));
  return { schema, file: document?.file, problems, warnings, tree: valid, config, originOf };
}

/** The document as a tree without the keys that `schema` does not know; they and broken YAML are added to `problems`. */
function structureOf(
  schema: z.ZodType,
  document: ConfigDocument,
  problems: Problem[],
): Record<string, unknown> {
  for (const { place, message } of document.errors) {
    problems.push({ where: placeText(place), place, path: '', message });
  }
  const root = document.value ?? {};
  if (!isRecord(root)) {
    const place = document.placeOf([]);
    problems.push({ where: placeText(place), place, path: '', message: 'expected keys and values' });
    return {};
  }
  const tree = structuredClone(root);
  for (const path of unknownKeys(schema, tree)) {
    const place = document.placeOfKey(path);
    problems.push({
      where: placeText(place),
      place,
      path: pathText(path),
      message: unknownMessage(schema, path),
    });
    removeAt(tree, path);
  }
  return tree;
}

/** Checks a file of its own (a mapping) as the configuration is checked; `data` is whole when there are no problems. */
export function documentProblems(
  schema: z.ZodType,
  document: ConfigDocument,
): { readonly data: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const tree = structureOf(schema, document, problems);
  if (document.errors.length > 0) return { data: undefined, problems };
  const parsed = schema.safeParse(tree);
  for (const { path, message } of parsed.error?.issues.flatMap((issue) => plainIssues(issue)) ?? []) {
    const place = document.placeOf(path);
    problems.push({ where: placeText(place), place, path: pathText(path), message });
  }
  problems.sort((x, y) => (x.place?.line ?? 0) - (y.place?.line ?? 0));
  return { data: parsed.data, problems };
}

/** The configuration in force, or a UsageError that lists every problem. */
export function requireConfig(loaded: Loaded): Config {
  if (loaded.config) return loaded.config;
  throw new UsageError(loaded.problems.map(problemText).join('\n'));
}

export function problemText({ where, path, message }: Problem): string {
  return `${where}: ${path === '' ? '' : `${path}: `}${message}`;
}

function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Paths in a configuration file are relative to it, and so are the defaults beside it. */
export function besideFile(file: string | undefined, path: string, { kind }: Origin): string {
  if (file === undefined || isAbsolute(path) || kind === 'environment' || kind === 'flag') return path;
  return join(dirname(file), path);
}

function readDocument(file: string, cwd: string, Documents: LoadOptions['documents']): ConfigDocument {
  if (Documents === undefined) throw new Error('there is a configuration file and nothing to read it');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the configuration ${file}: ${messageOf(error)}`);
  }
  return new Documents(file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file, text);
}

/** Paths of keys that the schema does not know. */
function unknownKeys(schema: z.ZodType, value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) {
    const element = elementOf(schema);
    return element ? value.flatMap((item, i) => unknownKeys(element, item, [...path, i])) : [];
  }
  const { children } = nodeOf(schema);
  if (!children || !isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const child = children.get(key);
    return child ? unknownKeys(child, item, [...path, key]) : [[...path, key]];
  });
}

function unknownMessage(schema: z.ZodType, path: Path): string {
  let at: z.ZodType | undefined = schema;
  for (const part of path.slice(0, -1)) {
    at = at && (typeof part === 'number' ? elementOf(at) : nodeOf(at).children?.get(part));
  }
  const known = [...((at && nodeOf(at).children) ?? new Map<string, unknown>()).keys()];
  const close = nearest(String(path.at(-1)), known);
  return close ? `unknown key; did you mean ${close}?` : `unknown key; known here: ${known.join(', ')}`;
}

/** A union says what is wrong inside the branch that fits best; where none got anywhere, what each of them expects. */
function plainIssues(issue: z.core.$ZodIssue, base: Path = []): { path: Path; message: string }[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const message = issue.message.replace(/^Invalid input: /, '');
  // A union that says what it wants says it better than its branches.
  const own = issue.message !== 'Invalid input';
  if (issue.code !== 'invalid_union' || issue.errors.length === 0 || own) return [{ path, message }];
  const deep = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0));
  if (deep) return deep.flatMap((inner) => plainIssues(inner, path));
  const wanted = issue.errors.flatMap((branch) => branch.flatMap((inner) => plainIssues(inner, path)));
  return [{ path, message: [...new Set(wanted.map((inner) => inner.message))].join(', or ') }];
}

// -------------------------------------------------------------------- environment

/** Variables that are no settings. */
const reserved = new Set(['OFFTRAIL_CONFIG', 'OFFTRAIL_CONFIG_FILE']);

/** OFFTRAIL_TIME_ZONE sets time.zone; OFFTRAIL_TIME_ZONE_FILE names a file that holds the value; lists use commas. */
function variableOf(path: readonly string[]): string {
  return `OFFTRAIL_${path
    .join('_')
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()}`;
}

function applyEnvironment(
  schema: z.ZodType,
  tree: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
  origins: Map<string, Origin>,
  problems: Problem[],
  warnings: string[],
): void {
  const known = new Set(reserved);
  // A detector is switched off as a whole: OFFTRAIL_DETECTORS_FAN_OUT=false.
  const sections = [...(nodeOf(nodeOf(schema).children!.get('detectors')!).children ?? [])].map(
    ([name, section]) => ({ path: ['detectors', name], node: nodeOf(section) }),
  );
  for (const { path, node } of [...sections, ...leaves(schema)]) {
    // A list of records does not fit into a variable.
    const element = node.list ? elementOf(node.schema) : undefined;
    if (element && nodeOf(element).children) continue;
    const variable = variableOf(path);
    known.add(variable).add(`${variable}_FILE`);
    let text = env[variable];
    let name = variable;
    const file = env[`${variable}_FILE`];
    if (text === undefined && file !== undefined) {
      name = `${variable}_FILE`;
      try {
        text = readFileSync(file, 'utf8').trim();
      } catch (error) {
        const where = `environment variable ${name}`;
        problems.push({ where, place: undefined, path: path.join('.'), message: messageOf(error) });
        continue;
      }
    }
    if (text === undefined) continue;
    putAt(tree, path, valueOf(text, node.list));
    origins.set(path.join('.'), { kind: 'environment', text: `environment variable ${name}` });
  }
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('OFFTRAIL_') || known.has(variable)) continue;
    const close = nearest(variable, known);
    warnings.push(`environment variable ${variable} is not known${close ? `; did you mean ${close}?` : ''}`);
  }
}

function valueOf(text: string, list: boolean): unknown {
  if (list) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  if (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}

// -------------------------------------------------------------------------- trees

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands there; undefined where nothing does. */
function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

/** Own keys only: '__proto__' is a key like another. */
function putAt(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = tree;
  for (const part of path.slice(0, -1)) {
    if (!Object.hasOwn(at, part) || !isRecord(at[part])) define(at, part, {});
    at = at[part] as Record<string, unknown>;
  }
  define(at, path[path.length - 1], value);
}

function define(at: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true });
}

function removeAt(tree: Record<string, unknown>, path: Path): void {
  let at: unknown = tree;
  for (const part of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[part];
  delete (at as Record<string | number, unknown>)[path[path.length - 1]];
}
