import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';

/** Lines that are looked at in vain before looking becomes rare. */
const vainTries = 500;
/** Then one line in so many is still looked at: a mixture may begin late in a file. */
const rarely = 64;
const certain = 0.5;

interface Guest {
  readonly format: Format;
  readonly reader: LineReader;
}

/**
 * Lines of other formats inside an input (a syslog file of several senders). The last format that fitted is tried first;
 * otherwise each is asked about the line, at a cost that stays small when nothing ever fits.
 */
export class LineGuests {
  readonly #others: readonly Format[];
  readonly #info: InputInfo;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #readers = new Map<Format, LineReader>();
  #last: Guest | undefined;
  #vain = 0;

  constructor(others: readonly Format[], info: InputInfo, options: Readonly<Record<string, unknown>> = {}) {
    this.#others = others;
    this.#info = info;
    this.#options = options;
  }

  /** Appends the line's rows and returns the name of the format that knew it; undefined when none does. */
  offer(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string | undefined {
    const row = batch.length;
    if (this.#last !== undefined && read(this.#last.reader, batch, bytes, start, end) && batch.length > row) {
      return this.#last.format.name;
    }
    if (end === start || (this.#vain >= vainTries && this.#vain++ % rarely !== 0)) return undefined;
    const length = Math.min(end - start, 4096);
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
    const sample = { bytes: bytes.subarray(start, end), lines: [line], name: '' };
    let best: Format | undefined;
    let bestScore = certain;
    for (const format of this.#others) {
      const score = format.recognise(sample, this.#options[format.name]);
      if (score > bestScore) {
        best = format;
        bestScore = score;
      }
    }
    if (best !== undefined) {
      let reader = this.#readers.get(best);
      if (reader === undefined) {
        reader = best.lines!({ ...this.#info, options: this.#options[best.name] });
        this.#readers.set(best, reader);
      }
      if (read(reader, batch, bytes, start, end)) {
        this.#last = { format: best, reader };
        this.#vain = 0;
        if (batch.length > row) return best.name;
      }
    }
    this.#vain++;
    return undefined;
  }
}

function read(reader: LineReader, batch: EventBatch, bytes: Uint8Array, start: number, end: number): boolean {
  return reader.line(batch, bytes, start, end) === '';
}
