import { bracketClose, bracketOpen, colon, equals, nine, space } from '../bytes/codes.ts';

/** A rule's prefix up to and with 'IN=', and its verdict. */
interface KnownPrefix {
  readonly text: Uint8Array;
  readonly denied: boolean;
  readonly passed: boolean;
}

const prefixSlots = 1024;
const prefixLimit = 64;

/**
 * What stands in front of a packet's fields in netfilter's lines: program, uptime, and the text that the rule gives them, which is all
 * that says what became of the packet.
 */
export class RulePrefix {
  /** Of the line last found. */
  denied = false;
  passed = false;
  readonly #prefixes: (KnownPrefix | undefined)[] = Array.from({ length: prefixSlots }, () => undefined);

  /** Finds 'IN=' and the verdict of the prefix before it; -1 when it is not there. Few prefixes recur, so they are kept. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const at = behindUptime(bytes, start, end);
    const slot =
      (bytes[at] + bytes[at + 2] * 17 + bytes[at + 5] * 31 + bytes[at + 6] * 131) & (prefixSlots - 1);
    const known = this.#prefixes[slot];
    if (known !== undefined && isAt(bytes, at, end, known.text)) {
      this.denied = known.denied;
      this.passed = known.passed;
      return at + known.text.length - 3;
    }
    const fields = this.#search(bytes, at, end);
    if (fields >= 0 && fields - at <= prefixLimit) {
      this.#prefixes[slot] = {
        text: bytes.slice(at, fields + 3),
        denied: this.denied,
        passed: this.passed,
      };
    }
    return fields;
  }

  #search(bytes: Uint8Array, start: number, end: number): number {
    this.denied = false;
    this.passed = false;
    let judged = false;
    const last = end - 3;
    for (let at = start; at < last; at++) {
      const code = bytes[at];
      if (code === 73) {
        if (bytes[at + 1] === 78 && bytes[at + 2] === equals && (at === start || !isWord(bytes[at - 1])))
          return at;
      } else if (code === 79 && bytes[at + 1] === 85 && bytes[at + 2] === 84 && bytes[at + 3] === equals) {
        // Proxmox leaves 'IN=' out of what its hosts send.
        if (at === start || !isWord(bytes[at - 1])) return at;
      } else if (code === bracketOpen) {
        const action = edgeAction(bytes, at, end);
        if (action !== 0) {
          this.denied = action !== 65;
          this.passed = action === 65;
          judged = true;
        }
      } else if (!judged && (code | 32) <= 114 && isDenial(bytes, at)) {
        this.denied = true;
        judged = true;
      } else if (!judged && (code === 65 || code === 80) && isPermit(bytes, at)) {
        this.passed = true;
        judged = true;
      }
    }
    return -1;
  }
}

function isAt(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  const length = text.length;
  if (at + length > end) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Passes ' kernel: [12345.678901]', with or without the blank before the bracket, if that is what stands at `start`. */
function behindUptime(bytes: Uint8Array, start: number, end: number): number {
  if (
    start + 24 > end ||
    bytes[start + 1] !== 107 ||
    bytes[start + 6] !== 108 ||
    bytes[start + 7] !== colon
  ) {
    return start;
  }
  const at = bytes[start + 8] === space ? start + 9 : start + 8;
  if (bytes[at] !== bracketOpen || bytes[at + 1] > nine) return at;
  // '%5lu.%06lu' in brackets: at least fourteen bytes.
  let close = at + 13;
  while (close < end && bytes[close] !== bracketClose && bytes[close] <= nine) close++;
  return close < end && bytes[close] === bracketClose ? close + 1 : at;
}

function isWord(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) || code === 95;
}

/** DROP, BLOCK, DENY, DENI(ed) or REJECT at `at`, any case. */
function isDenial(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1] | 32;
  const third = bytes[at + 2] | 32;
  const fourth = bytes[at + 3] | 32;
  switch (bytes[at] | 32) {
    case 100:
      if (second === 114) return third === 111 && fourth === 112;
      return second === 101 && third === 110 && (fourth === 121 || fourth === 105);
    case 98:
      return second === 108 && third === 111 && fourth === 99 && (bytes[at + 4] | 32) === 107;
    case 114:
      return second === 101 && third === 106 && fourth === 101 && (bytes[at + 4] | 32) === 99;
    default:
      return false;
  }
}

/** ACCEPT, ALLOW, PASS or PERMIT at `at`, in capitals as rules write them. */
function isPermit(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1];
  const third = bytes[at + 2];
  if (bytes[at] === 65) {
    if (second === 67) return third === 67 && bytes[at + 3] === 69 && bytes[at + 4] === 80;
    return second === 76 && third === 76 && bytes[at + 3] === 79 && bytes[at + 4] === 87;
  }
  if (second === 65) return third === 83 && bytes[at + 3] === 83;
  return second === 69 && third === 82 && bytes[at + 3] === 77 && bytes[at + 4] === 73;
}

/**
 * The action letter in an EdgeOS or UniFi rule name, '[WAN_LOCAL-D-2147483647]' or '[WAN_IN-default-D]': A, D or R; else 0.
 * The rule's description that follows may say anything, so the letter decides.
 */
function edgeAction(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at + 2 < end; at++) {
    const code = bytes[at];
    if (code === bracketClose || code === space) return 0;
    if (code !== 45) continue;
    const letter = bytes[at + 1];
    const behind = bytes[at + 2];
    if ((letter === 65 || letter === 68 || letter === 82) && (behind === 45 || behind === bracketClose))
      return letter;
  }
  return 0;
}
