import { Flag } from '../model/event.ts';

/* TCP flags as firewalls print them. */

/** 'SAEW' and the like, by letter: SYN, ACK, FIN, RST, PSH, URG, ECE, and C or W for CWR; for cells that are read as letters. */
export const tcpLetterBits = new Uint16Array(256);
for (const [letter, bit] of [
  ['S', Flag.syn],
  ['A', Flag.ack],
  ['F', Flag.fin],
  ['R', Flag.rst],
  ['P', Flag.psh],
  ['U', Flag.urg],
  ['E', Flag.ece],
  ['C', Flag.cwr],
  ['W', Flag.cwr],
] as const) {
  tcpLetterBits[letter.charCodeAt(0)] = bit;
}

/** 'SYN', 'FIN PSH ACK', 'SYN,ACK': words of capitals, whatever parts them, up to `end`; other words are passed over. */
export function tcpNames(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0;
  for (let at = start; at + 3 <= end; at++) {
    if (at > start && bytes[at - 1] >= 65) continue;
    switch ((bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]) {
      case 0x53594e: // SYN
        flags |= Flag.syn;
        break;
      case 0x41434b: // ACK
        flags |= Flag.ack;
        break;
      case 0x46494e: // FIN
        flags |= Flag.fin;
        break;
      case 0x525354: // RST
        flags |= Flag.rst;
        break;
      case 0x505348: // PSH
        flags |= Flag.psh;
        break;
      case 0x555247: // URG
        flags |= Flag.urg;
        break;
      case 0x454345: // ECE
        flags |= Flag.ece;
        break;
      case 0x435752: // CWR
        flags |= Flag.cwr;
    }
  }
  return flags;
}
