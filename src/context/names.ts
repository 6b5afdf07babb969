import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { dirname } from 'node:path';
import { formatWords, parseAddress } from '../model/address.ts';
import type { VerifiedName } from '../model/context.ts';

/*
 * Forward-confirmed reverse DNS: the address's PTR names, and whether they lead back to it. It asks a resolver about the
 * actors of incidents, which tells the resolver (and whoever runs their zones) that somebody looks: off unless switched on.
 */

export interface NameSettings {
  /** Seconds that one question may take. */
  readonly timeout: number;
  /** Addresses asked about in one run at most; what the cache knows is not asked. */
  readonly limit: number;
  /** A file that remembers answers; undefined: none. */
  readonly cache: string | undefined;
  /** Resolvers to ask ('192.0.2.53:53'); empty: those of the system. */
  readonly servers: readonly string[];
}

export interface Lookup {
  reverse(address: string): Promise<string[]>;
  /** Addresses of the name, of the family of `address`. */
  forward(name: string, address: string): Promise<string[]>;
}

/** Answers are believed for so long, µs. */
const cachedFor = 7 * 86_400_000_000;
const namesPerAddress = 4;
const inFlight = 8;

interface Cached {
  readonly at: number;
  readonly claimed: readonly string[];
  readonly confirmed: readonly string[];
}

/** `now` in µs decides what the cache still knows. Addresses that come first are asked first. */
export async function verifyNames(
  addresses: readonly string[],
  settings: NameSettings,
  now: number,
  lookup: Lookup = systemLookup(settings),
): Promise<Map<string, VerifiedName>> {
  const cache = readCache(settings.cache);
  const found = new Map<string, VerifiedName>();
  const open: string[] = [];
  for (const address of new Set(addresses)) {
    const known = cache.get(address);
    if (known && now - known.at < cachedFor && known.at <= now) found.set(address, { ...known, failed: '' });
    else if (open.length < settings.limit) open.push(address);
  }
  const fresh = new Map<string, Cached>();
  const worker = async (): Promise<void> => {
    for (let address = open.shift(); address !== undefined; address = open.shift()) {
      const name = await verifyOne(address, lookup, settings.timeout);
      found.set(address, name);
      if (name.failed === '')
        fresh.set(address, { at: now, claimed: name.claimed, confirmed: name.confirmed });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  if (settings.cache !== undefined && fresh.size > 0) writeCache(settings.cache, cache, fresh, now);
  return found;
}

async function verifyOne(address: string, lookup: Lookup, timeout: number): Promise<VerifiedName> {
  let claimed: string[];
  try {
    claimed = (await within(lookup.reverse(address), timeout))
      .map((name) => name.toLowerCase().replace(/\.$/, '').slice(0, 253))
      .slice(0, namesPerAddress);
  } catch (error) {
    const code = codeOf(error);
    // That there is no name is an answer.
    return { claimed: [], confirmed: [], failed: noName.has(code) ? '' : code };
  }
  const own = formatOf(address);
  const confirmed: string[] = [];
  let failed = '';
  for (const name of claimed) {
    try {
      const back = await within(lookup.forward(name, address), timeout);
      if (back.some((one) => formatOf(one) === own)) confirmed.push(name);
    } catch (error) {
      const code = codeOf(error);
      if (!noName.has(code)) failed = code;
    }
  }
  // Not found is a forgery, not heard is not.
  return { claimed, confirmed, failed: confirmed.length > 0 ? '' : failed };
}

const noName = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN']);

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code.slice(0, 40) : 'failed';
}

/** One spelling per address. */
function formatOf(text: string): string {
  const words = parseAddress(text);
  return words ? formatWords(...words) : text;
}

async function within<T>(promise: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('timed out'), { code: 'timed out' })),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function systemLookup({ timeout, servers }: NameSettings): Lookup {
  const resolver = new Resolver({ timeout: timeout * 1000, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    reverse: (address) => resolver.reverse(address),
    forward: (name, address) => (address.includes(':') ? resolver.resolve6(name) : resolver.resolve4(name)),
  };
}

/** A cache that cannot be read is an empty one. */
function readCache(file: string | undefined): Map<string, Cached> {
  if (file === undefined) return new Map();
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    if (typeof value !== 'object' || value === null) return new Map();
    const texts = (list: unknown): list is string[] =>
      Array.isArray(list) && list.every((item) => typeof item === 'string');
    return new Map(
      Object.entries(value as Record<string, Cached>).filter(
        ([, one]) => typeof one?.at === 'number' && texts(one.claimed) && texts(one.confirmed),
      ),
    );
  } catch {
    return new Map();
  }
}

const cacheAtMost = 20_000;

function writeCache(
  file: string,
  cache: ReadonlyMap<string, Cached>,
  fresh: ReadonlyMap<string, Cached>,
  now: number,
): void {
  const kept = [...cache].filter(([address, { at }]) => now - at < cachedFor && !fresh.has(address));
  const all = [...kept, ...fresh].slice(-cacheAtMost);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(all), null, 1));
  renameSync(`${file}.new`, file);
}
