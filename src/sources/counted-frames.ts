import { carriageReturn, less, newline, nine, space, zero } from '../bytes/codes.ts';
import type { ByteInput } from '../model/source.ts';

/*
 * Syslog over TCP as it was received: each message behind the number of its octets, with nothing between two of them
 * (RFC 6587, section 3.4.1; RFC 5425 over TLS):
 *
 *   in    93 <166>Nov 22 …(93 octets)…101 <166>Nov 22 …          out   <166>Nov 22 …⏎<166>Nov 22 …⏎
 *
 * A line end inside of a message becomes a blank. Where no count stands (octets were lost), what follows is handed on as it is,
 * to be refused as a line, up to the next count or line end.
 */

/** A message's octets have so many digits at most. */
const digitsLimit = 7;
const chunk = 1 << 16;

const isDigit = (code: number): boolean => code >= zero && code <= nine;

/** Whether the head of an input begins with a counted message and another right behind it, or nothing at all. */
export function beginsCounted(head: Uint8Array): boolean {
  const first = messageAt(head, 0);
  if (first < 0 || head[first] !== less) return false;
  const end = first + Number(Buffer.from(head.subarray(0, first - 1)).toString('latin1'));
  if (end > head.length) return false;
  // One message a line, each with its count: lines already.
  if (head.subarray(first, end).includes(newline)) return false;
  return end === head.length || messageAt(head, end) > 0;
}

/** Where the message behind a count begins; -1: there is no count, or the head ends in it. */
function messageAt(head: Uint8Array, start: number): number {
  let at = start;
  while (at < head.length && isDigit(head[at])) at++;
  const digits = at - start;
  return digits > 0 && digits <= digitsLimit && head[start] !== zero && head[at] === space ? at + 1 : -1;
}

const State = { between: 0, message: 1, lost: 2 } as const;

/** Counted messages as lines. */
export class CountedFrames implements ByteInput {
  readonly name: string;
  readonly modified: number;
  readonly size: number | undefined;
  readonly #input: ByteInput;
  readonly #read = new Uint8Array(chunk);
  /** No longer than what was read, but for a count kept from before and a line end. */
  readonly #lines = new Uint8Array(chunk + digitsLimit + 3);
  /** Of the lines, what was not yet asked for. */
  #from = 0;
  #to = 0;
  #state: number = State.between;
  /** Of the message: octets to come. */
  #left = 0;
  /** What stands of a count so far: '93', '93 '. */
  #count = '';
  #ended = false;

  constructor(input: ByteInput) {
    this.#input = input;
    this.name = input.name;
    this.modified = input.modified;
    this.size = input.size;
  }

  get position(): number {
    return this.#input.position;
  }

  get warning(): string {
    return this.#input.warning;
  }

  async next(buffer: Uint8Array, at: number): Promise<number> {
    while (this.#from === this.#to && !this.#ended) {
      const got = this.#input.next(this.#read, 0);
      const end = typeof got === 'number' ? got : await got;
      this.#ended = end === 0;
      this.#from = this.#to = 0;
      if (this.#ended) this.#giveCount();
      else this.#take(end);
    }
    const length = Math.min(this.#to - this.#from, buffer.length - at);
    buffer.set(this.#lines.subarray(this.#from, this.#from + length), at);
    this.#from += length;
    return length;
  }

  close(): void {
    this.#input.close();
  }

  #take(end: number): void {
    const read = this.#read;
    let at = 0;
    while (at < end) {
      if (this.#state !== State.message) {
        this.#header(read[at++]);
        continue;
      }
      const stop = Math.min(at + this.#left, end);
      this.#left -= stop - at;
      for (; at < stop; at++) this.#give(read[at] === newline ? space : read[at]);
      if (this.#left > 0) continue;
      this.#give(newline);
      this.#state = State.between;
    }
  }

  /** One octet where a count is expected, or looked for. */
  #header(code: number): void {
    const counted = this.#count.endsWith(' ');
    if (counted && code === less) {
      if (this.#state === State.lost) this.#give(newline);
      this.#give(code);
      this.#left = Number(this.#count) - 1;
      this.#state = State.message;
      this.#count = '';
      return;
    }
    const digit = isDigit(code);
    if (
      this.#count === ''
        ? digit && code !== zero
        : !counted && (code === space || (digit && this.#count.length < digitsLimit))
    ) {
      this.#count += String.fromCharCode(code);
      return;
    }
    if (this.#count === '' && this.#state === State.between && (code === newline || code === carriageReturn))
      return;
    this.#giveCount();
    this.#state = code === newline ? State.between : State.lost;
    if (digit && code !== zero) this.#count = String.fromCharCode(code);
    else this.#give(code);
  }

  /** What was taken for a count is none. */
  #giveCount(): void {
    for (const letter of this.#count) this.#give(letter.charCodeAt(0));
    this.#count = '';
  }

  #give(code: number): void {
    this.#lines[this.#to++] = code;
  }
}
