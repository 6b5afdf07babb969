import { colon, minus, slash, space } from '../bytes/codes.ts';
import { IsoTimes, NcsaTimes, readEpoch } from '../bytes/times.ts';
import type { Zone } from '../bytes/zone.ts';

/** A stamp without zone and with slashes is never longer. */
const slashedLength = 32;

/** Stamps whose kind the log's owner chose: ISO 8601, NCSA, epoch in s, ms, µs or ns, 'YYYY/MM/DD hh:mm:ss'. */
export class AnyTimes {
  readonly #iso: IsoTimes;
  readonly #ncsa: NcsaTimes;
  readonly #slashed = new Uint8Array(slashedLength);

  /** `zone`: of stamps that carry none. */
  constructor(zone: Zone) {
    this.#iso = new IsoTimes(zone);
    this.#ncsa = new NcsaTimes(zone);
  }

  /** µs UTC; NaN when `bytes[start, end)` is no such stamp. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start + 4] === minus) return this.#iso.read(bytes, start, end);
    if (bytes[start + 2] === slash) return this.#ncsa.read(bytes, start, end);
    if (bytes[start + 4] === slash && bytes[start + 10] === space && bytes[start + 13] === colon) {
      const length = Math.min(end - start, slashedLength);
      for (let i = 0; i < length; i++) this.#slashed[i] = bytes[start + i];
      this.#slashed[4] = minus;
      this.#slashed[7] = minus;
      return this.#iso.read(this.#slashed, 0, length);
    }
    return readEpoch(bytes, start, end);
  }
}
