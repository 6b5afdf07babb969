/*
 * Frame Streams (https://farsightsec.github.io/fstrm/): how dnstap is kept in files and sent. All numbers big-endian.
 *
 *   data frame      length 4 (not 0) | payload
 *   control frame   0 4 | length 4 | type 4 | fields (type 4 | length 4 | value)
 *
 * A one-way stream begins with START and ends with STOP; files of several runs stand behind one another.
 */

/** As fstrm has it: the largest frame that its reader takes, and the largest control frame. */
const frameLimit = 1 << 20;
const controlLimit = 512;
const Control = { start: 2, stop: 3 } as const;
const contentTypeField = 1;

/** What stands at one position. `data`: a frame in [start, end). */
export type Frame = 'data' | 'control' | 'more' | 'damaged' | 'foreign';

export class FrameStream {
  start = 0;
  end = 0;
  readonly #type: string;

  /** `contentType`: the payload that is wanted. */
  constructor(contentType: string) {
    this.#type = contentType;
  }

  /** Looks at the frame at `at`; its end is `end`, unless more bytes are needed. `foreign`: another payload. */
  read(bytes: Uint8Array, at: number, end: number): Frame {
    if (end - at < 4) return 'more';
    const length = number(bytes, at);
    this.start = at + 4;
    if (length > 0) {
      if (length > frameLimit) return 'damaged';
      this.end = this.start + length;
      return this.end > end ? 'more' : 'data';
    }
    if (end - at < 12) return 'more';
    const size = number(bytes, at + 4);
    if (size < 4 || size > controlLimit) return 'damaged';
    this.end = at + 8 + size;
    if (this.end > end) return 'more';
    const type = number(bytes, at + 8);
    if (type > 5 || type === 0) return 'damaged';
    return type === Control.start && !this.#isWanted(bytes, at + 12) ? 'foreign' : 'control';
  }

  #isWanted(bytes: Uint8Array, from: number): boolean {
    for (let at = from; at + 8 <= this.end;) {
      const length = number(bytes, at + 4);
      const stop = at + 8 + length;
      if (stop > this.end) return false;
      if (number(bytes, at) === contentTypeField)
        return Buffer.from(bytes.subarray(at + 8, stop)).toString('latin1') === this.#type;
      at = stop;
    }
    // START may leave it out.
    return true;
  }
}

function number(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
