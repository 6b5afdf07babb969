import { CellWords } from '../bytes/cells.ts';
import { LearnedWords } from '../bytes/learned-words.ts';
import { decimal } from '../bytes/numbers.ts';
import { WordTable } from '../bytes/word-table.ts';
import { Proto } from '../model/event.ts';

/** Keywords of IANA's protocol numbers (with hyphens and case as tools write them), in lower case. */
const names = [
  ['icmp', Proto.icmp],
  ['igmp', 2],
  ['ipip', 4],
  ['tcp', Proto.tcp],
  ['udp', Proto.udp],
  ['ipv6', 41],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-icmp', Proto.icmp6],
  ['icmpv6', Proto.icmp6],
  ['icmp6', Proto.icmp6],
  ['ospf', 89],
  ['ipencap', 4],
  ['egp', 8],
  ['igp', 9],
  ['dccp', 33],
  ['rsvp', 46],
  ['eigrp', 88],
  ['ospfigp', 89],
  ['l2tp', 115],
  ['pim', 103],
  ['vrrp', 112],
  ['sctp', Proto.sctp],
  ['udplite', 136],
  ['arp', Proto.arp],
] as const;
const numbers = new WordTable(names);
/** The same, for cells. */
export const protocolWords = new CellWords(names, true);

/** A protocol by name (any case) or number; 0 when it is none. */
export function protocolOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 3) {
    // Nearly all of them.
    const second = bytes[start + 1] | 32;
    if ((bytes[start] | 32) === 116 && second === 99) return Proto.tcp;
    if ((bytes[start] | 32) === 117 && second === 100) return Proto.udp;
  }
  const named = numbers.find(bytes, start, end);
  if (named > 0) return named;
  const number = decimal(bytes, start, end);
  return number > 0 && number < 255 ? number : 0;
}

/** {@link protocolOf} of a field's value. */
export const protocols = new LearnedWords(protocolOf);
