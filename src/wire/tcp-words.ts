import { Flag } from '../model/event.ts';

/* TCP flags as firewalls print them. */

/** 'SAEW' and the like: letters for SYN, ACK, FIN, RST, PSH, URG, ECE, and C or W for CWR. */
export function tcpLetters(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0;
  for (let at = start; at < end; at++) {
    switch (bytes[at]) {
      case 83:
        flags |= Flag.syn;
        break;
      case 65:
        flags |= Flag.ack;
        break;
      case 70:
        flags |= Flag.fin;
        break;
      case 82:
        flags |= Flag.rst;
        break;
      case 80:
        flags |= Flag.psh;
        break;
      case 85:
        flags |= Flag.urg;
        break;
      case 69:
        flags |= Flag.ece;
        break;
      case 67:
      case 87:
        flags |= Flag.cwr;
    }
  }
  return flags;
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
