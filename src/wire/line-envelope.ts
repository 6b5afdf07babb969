import { space } from '../bytes/codes.ts';
import { hasText } from '../bytes/numbers.ts';
import type { InputInfo } from '../model/format.ts';
import { Syslog } from './syslog.ts';

/** Finds the message inside a syslog line, or inside what container runtimes write ('STAMP stdout F message'). */
export class LineEnvelope {
  readonly #syslog: Syslog;

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
  }

  /** µs UTC of the envelope last passed. */
  get time(): number {
    return this.#syslog.time;
  }

  /** Where the message begins; -1 when the line has no envelope. */
  body(bytes: Uint8Array, start: number, end: number): number {
    const host = this.#syslog.stamp(bytes, start, end);
    if (host < 0) return -1;
    if (hasText(bytes, host, end, 'std') && bytes[host + 6] === space && bytes[host + 8] === space) {
      return host + 9;
    }
    return this.#syslog.header(bytes, host, end);
  }
}
