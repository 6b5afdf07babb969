import { compareWords, formatWords, isMapped, parseAddress, parseCidr } from '../model/address.ts';
import type { Cidr, Words } from '../model/address.ts';

/** Ranges that split into more blocks than this are no list of networks. */
const blocksAtMost = 256;

/** An address, a block, or 'first-last' as blocks; undefined: none of these. */
export function blocksOf(text: string): Cidr[] | undefined {
  const block = parseCidr(text);
  if (block) return [block];
  const dash = text.indexOf('-');
  if (dash < 0) return undefined;
  const first = parseAddress(text.slice(0, dash).trim());
  const last = parseAddress(text.slice(dash + 1).trim());
  if (!first || !last || compareWords(first, last) > 0) return undefined;
  const v4 = isMapped(first[0], first[1], first[2]);
  if (v4 !== isMapped(last[0], last[1], last[2])) return undefined;
  return split(toNumber(first), toNumber(last), v4 ? 32 : 128);
}

/** The fewest blocks that make up [first, last]. */
function split(first: bigint, last: bigint, width: number): Cidr[] | undefined {
  const blocks: Cidr[] = [];
  for (let at = first; at <= last;) {
    let size = at === 0n ? 1n << BigInt(width) : at & -at;
    while (at + size - 1n > last) size >>= 1n;
    const bits = width - (size.toString(2).length - 1);
    blocks.push(parseCidr(`${formatWords(...toWords(at))}/${bits}`)!);
    if (blocks.length > blocksAtMost) return undefined;
    at += size;
  }
  return blocks;
}

/** Not for hot paths: lists are read once. */
const toNumber = (words: Words): bigint => words.reduce((number, word) => (number << 32n) | BigInt(word), 0n);

function toWords(number: bigint): Words {
  const word = (shift: bigint): number => Number((number >> shift) & 0xffff_ffffn);
  return [word(96n), word(64n), word(32n), word(0n)];
}
