import type { HeldValue } from '../model/detector.ts';
import { hashBytes, hashOut } from '../state/hash.ts';
import type { ActorId, PathKnowledge } from '../state/path-knowledge.ts';

/*
 * Which of an actor's missing paths are a scanner's and which are somebody else's fault. Nothing here depends on the order
 * in which the paths came.
 */

/** Paths of one shape that count: three numbers may be guesses, the fourth is a series. */
const perShape = 3;

interface MissingPaths {
  /** Distinct missing paths that count. */
  readonly counted: number;
  /** Why the rest does not: linked from served pages, served earlier to anyone, missed by others too, one series. */
  readonly linked: number;
  readonly known: number;
  readonly broken: number;
  readonly alike: number;
  readonly texts: readonly string[];
}

interface Site {
  readonly host: string;
  readonly actor: ActorId;
  readonly knowledge: PathKnowledge;
  readonly linksPerPage: number;
  readonly brokenForOthers: number;
}

export function missingPaths(values: readonly HeldValue[], site: Site): MissingPaths {
  const host = hashOf(site.host);
  const texts: string[] = [];
  const links = new Map<string, number>();
  let known = 0;
  let broken = 0;
  for (const value of values) {
    const low = (value.service ^ host[0]) >>> 0;
    const high = (value.hash ^ host[1]) >>> 0;
    if (site.knowledge.served.has(low, high)) {
      known++;
      continue;
    }
    if (site.knowledge.missedByOthers(low, high, site.actor) >= site.brokenForOthers) {
      broken++;
      continue;
    }
    const page = pageOf(value.beside, site.host);
    if (page !== undefined && wasServed(page, host, site)) links.set(page.id, (links.get(page.id) ?? 0) + 1);
    else texts.push(value.text);
  }
  // A page may excuse so many links and no more: a forged referer costs the forger pages that exist.
  let linked = 0;
  let beyond = 0;
  for (const n of links.values()) {
    linked += Math.min(n, site.linksPerPage);
    beyond += Math.max(0, n - site.linksPerPage);
  }
  const excused = Math.min(linked, 2 * site.linksPerPage);
  beyond += linked - excused;
  const shapes = distinctShapes(texts);
  return {
    counted: shapes + beyond,
    linked: excused,
    known,
    broken,
    alike: texts.length - shapes,
    texts,
  };
}

/**
 * How many of the texts count when those that differ in a number only are one series, of which three count: an API's
 * items, the pages of an old sitemap. Words joined to a title (how-to-cook-rice) are of one shape too: word lists hold
 * words. A text that is no longer held ('') counts.
 */
export function distinctShapes(texts: readonly string[]): number {
  const shapes = new Map<string, number>();
  let n = 0;
  for (const text of texts) {
    if (text === '') {
      n++;
      continue;
    }
    const shape = shapeOf(text);
    const known = shapes.get(shape) ?? 0;
    shapes.set(shape, known + 1);
    if (known < perShape) n++;
  }
  return n;
}

/** /items/1234 → /items/#, /3f2a…(16 or more hex digits) → /#, /news/how-to-cook-rice.html → /news/~.html */
export function shapeOf(path: string): string {
  return path
    .split('/')
    .map((segment) =>
      segment
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}/gi, '#')
        .replaceAll(/\d+/g, '#')
        .replace(/^[a-z#]+(?:[-_][a-z#]+){3,}/i, '~'),
    )
    .join('/');
}

/** The size that at least `share` of the sizes lie within 2 % of (their median), or undefined. */
export function oneSize(sizes: readonly number[], share: number): number | undefined {
  if (sizes.length === 0) return undefined;
  const sorted = Float64Array.from(sizes).sort();
  const median = sorted[sorted.length >> 1];
  if (median === 0) return undefined;
  const near = sorted.filter((size) => Math.abs(size - median) <= 0.02 * median).length;
  return near >= share * sizes.length ? median : undefined;
}

function hashOf(text: string): readonly [number, number] {
  const bytes = Buffer.from(text);
  hashBytes(bytes, 0, bytes.length);
  return [hashOut[0], hashOut[1]];
}

/** Whether somebody was served the page, and the actor may have been. */
function wasServed(page: Page, host: readonly [number, number], { knowledge, actor }: Site): boolean {
  const low = (page.low ^ host[0]) >>> 0;
  const high = (page.high ^ host[1]) >>> 0;
  return knowledge.served.has(low, high) && knowledge.pages.maybeServed(actor.key, actor.tag, low);
}

interface Page {
  readonly id: string;
  readonly low: number;
  readonly high: number;
}

/** The page of this site that a referer names; undefined for another site's or none. */
function pageOf(referer: string, host: string): Page | undefined {
  if (referer === '' || referer === '-') return undefined;
  let path = referer;
  const scheme = /^https?:\/\//i.exec(referer);
  if (scheme) {
    const rest = referer.slice(scheme[0].length);
    const cut = rest.search(/[/?#]/);
    const authority = cut < 0 ? rest : rest.slice(0, cut);
    const name = authority.replace(/:\d+$/, '').toLowerCase();
    if (host !== '' && name !== host.toLowerCase()) return undefined;
    path = cut < 0 || rest[cut] !== '/' ? '/' : rest.slice(cut);
  } else if (!referer.startsWith('/')) return undefined;
  const end = path.search(/[?#]/);
  const [low, high] = hashOf(end < 0 ? path : path.slice(0, end));
  return { id: `${low}.${high}`, low, high };
}
