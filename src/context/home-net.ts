import { AddressSet, formatWords, isMapped } from '../model/address.ts';
import type { HomeSample } from '../model/context.ts';

/*
 * Which networks are defended, when nobody said so: guessed from the first events, and always stated in words. The guess
 * decides direction and T1046 only; a wrong one mislabels, it does not hide.
 */

export interface HomeGuess {
  readonly home: AddressSet;
  /** A sentence for the report. */
  readonly source: string;
}

const privateRanges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
] as const;
const privateSet = AddressSet.parse(privateRanges);

/** Private addresses are home when this share of rows involves one. */
const privateShare = 0.05;
/** A public network is home when so many distinct outsiders tried it … */
const sourcesAtLeast = 3;
/** … and the networks chosen so, largest first, cover this share of the rows that came from outside. */
const coverage = 0.8;
/** Distinct sources remembered per network: more make no difference. */
const sourcesKept = 1000;
/** One network with this share of the rows is home even with fewer sources: a capture of one scan. */
const dominance = 0.9;
/** A site is not everywhere: beyond this many networks there is no telling. */
const networksAtMost = 64;

interface Network {
  readonly text: string;
  rows: number;
  readonly sources: Set<string | number>;
}

/**
 * Private ranges when they take part at all; beside them the public /24s and /64s that outsiders (public sources) come to.
 * Deterministic: depends on the rows as a set.
 */
export function guessHome({ rows, sources, targets }: HomeSample): HomeGuess {
  const networks = new Map<string | number, Network>();
  let privateRows = 0;
  let fromOutside = 0;
  for (let i = 0; i < rows; i++) {
    const at = i * 4;
    // A machine that talks to itself says nothing about networks.
    if (isLoopback(targets, at)) continue;
    const privateSource = isPrivate(sources, at);
    const privateTarget = isPrivate(targets, at);
    if (privateSource || privateTarget) privateRows++;
    // A public target of a private source is the world outside.
    if (privateSource || privateTarget || isMulticast(targets, at)) continue;
    fromOutside++;
    const key = networkKey(targets, at);
    let network = networks.get(key);
    if (!network)
      networks.set(key, (network = { text: networkText(targets, at), rows: 0, sources: new Set() }));
    network.rows++;
    if (network.sources.size < sourcesKept) network.sources.add(addressKey(sources, at));
  }
  const chosen = choose([...networks.values()], fromOutside);
  const parts: string[] = [];
  const blocks: string[] = [];
  if (rows > 0 && privateRows / rows >= privateShare) {
    blocks.push(...privateRanges);
    parts.push(`the private ranges (${percent(privateRows, rows)} of the first ${rows} events involve one)`);
  }
  if (chosen.length > 0) {
    blocks.push(...chosen.map(({ text }) => text));
    const covered = chosen.reduce((sum, network) => sum + network.rows, 0);
    const names = chosen.map(({ text }) => text);
    const list =
      names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
    parts.push(`${list} (${percent(covered, fromOutside)} of what came from public addresses went there)`);
  }
  if (parts.length === 0) {
    return {
      home: AddressSet.parse([]),
      source:
        rows === 0
          ? 'none known: the input names no target addresses. Name your networks with --home.'
          : 'none known: no network stands out in the input. Name your networks with --home.',
    };
  }
  return {
    home: AddressSet.parse(blocks),
    source: `guessed: ${parts.join(' and ')}. Name your networks with --home to be sure.`,
  };
}

function choose(networks: readonly Network[], rows: number): Network[] {
  const sorted = networks.toSorted(
    (x, y) => y.sources.size - x.sources.size || y.rows - x.rows || (x.text < y.text ? -1 : 1),
  );
  const [busiest] = networks.toSorted((x, y) => y.rows - x.rows || (x.text < y.text ? -1 : 1));
  const chosen: Network[] = [];
  let covered = 0;
  for (const network of sorted) {
    if (network.sources.size < sourcesAtLeast || covered >= coverage * rows) break;
    chosen.push(network);
    covered += network.rows;
  }
  if (chosen.length <= networksAtMost && covered >= coverage * rows && rows > 0) return chosen;
  return busiest && busiest.rows >= dominance * rows ? [busiest] : [];
}

function isPrivate(words: ArrayLike<number>, at: number): boolean {
  return privateSet.has6(words[at], words[at + 1], words[at + 2], words[at + 3]);
}

function isLoopback(words: ArrayLike<number>, at: number): boolean {
  const [a, b, c, d] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
  return isMapped(a, b, c) ? d >>> 24 === 127 : a === 0 && b === 0 && c === 0 && d === 1;
}

/** Multicast and broadcast belong to nobody. */
function isMulticast(words: ArrayLike<number>, at: number): boolean {
  if (isMapped(words[at], words[at + 1], words[at + 2])) return words[at + 3] >>> 28 >= 14;
  return words[at] >>> 24 === 0xff;
}

function isV4(words: ArrayLike<number>, at: number): boolean {
  return isMapped(words[at], words[at + 1], words[at + 2]);
}

/** Numbers for IPv4: strings are slow, and there are 50,000 rows. */
function networkKey(words: ArrayLike<number>, at: number): string | number {
  return isV4(words, at) ? words[at + 3] >>> 8 : networkText(words, at);
}

function addressKey(words: ArrayLike<number>, at: number): string | number {
  if (isV4(words, at)) return words[at + 3];
  return formatWords(words[at], words[at + 1], words[at + 2], words[at + 3]);
}

function networkText(words: ArrayLike<number>, at: number): string {
  const [a, b, c, d] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
  return isMapped(a, b, c)
    ? `${formatWords(a, b, c, (d & 0xffff_ff00) >>> 0)}/24`
    : `${formatWords(a, b, 0, 0)}/64`;
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}
