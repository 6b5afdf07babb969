import type { RowSink } from '../model/format.ts';

/** Takes the frames of a capture, in order. `link` is the link type, `record` the frame's number from 1. */
export interface FrameSink {
  frame(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    time: number,
    link: number,
    record: number,
  ): void;
}

/** Takes a capture apart, piece by piece: the contract of `BlockReader.read`, with frames instead of rows. */
export interface CaptureReader {
  /** Frames met so far. */
  readonly records: number;
  read(
    sink: RowSink,
    frames: FrameSink,
    bytes: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): number;
}

/** The longest frame that capture programs write (libpcap's MAXIMUM_SNAPLEN); more is damage. */
export const frameLimit = 262_144;
/** 2100-01-01 in µs: later stamps are damage. */
export const latestTime = 4_102_444_800_000_000;
/** Neighbouring frames of one capture are not further apart than this, when a damaged file is searched for the next. */
const resyncSpan = 86_400 * 30;

const fileHeader = 24;
export const cutOff = 'capture ends in the middle of a record';
export const damaged = 'damaged record: searched for the next one';
export const badTime = 'impossible time of a packet';

/** First four bytes, read big-endian: byte order, and whether fractions are nanoseconds. */
const magics = new Map<number, { little: boolean; nano: boolean; extra: number }>([
  [0xa1b2c3d4, { little: false, nano: false, extra: 0 }],
  [0xd4c3b2a1, { little: true, nano: false, extra: 0 }],
  [0xa1b23c4d, { little: false, nano: true, extra: 0 }],
  [0x4d3cb2a1, { little: true, nano: true, extra: 0 }],
  // A patched libpcap of old: eight more bytes in each record header.
  [0xa1b2cd34, { little: false, nano: false, extra: 8 }],
  [0x34cdb2a1, { little: true, nano: false, extra: 8 }],
]);

export function isPcap(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && magics.has(readMagic(bytes, 0));
}

function readMagic(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The classic capture file: draft-ietf-opsawg-pcap. */
export class PcapReader implements CaptureReader {
  #ready = false;
  #stopped = false;
  #little = false;
  #nano = false;
  #link = -1;
  #limit = frameLimit;
  #header = 16;
  #record = 0;
  #seconds = -1;
  #lost = false;

  get records(): number {
    return this.#record;
  }

  read(
    sink: RowSink,
    frames: FrameSink,
    bytes: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): number {
    const view = viewOf(bytes);
    let at = start;
    if (!this.#ready) {
      if (end - at < fileHeader) {
        if (last && end > at) sink.skip(cutOff, 0, at, end);
        return last ? end : at;
      }
      this.#open(sink, bytes, view, at);
      at += fileHeader;
    }
    if (this.#stopped) return end;
    const little = this.#little;
    const header = this.#header;
    const fractions = this.#nano ? 1_000_000_000 : 1_000_000;
    while (end - at >= header) {
      if (this.#lost) {
        at = this.#resync(view, at, end, last);
        if (this.#lost) return at;
        continue;
      }
      const length = view.getUint32(at + 8, little);
      if (length > this.#limit) {
        sink.skip(damaged, this.#record + 1, at, at + header);
        this.#lost = true;
        at++;
        continue;
      }
      const body = at + header;
      const next = body + length;
      if (next > end) break;
      const seconds = view.getUint32(at, little);
      const fraction = view.getUint32(at + 4, little);
      this.#record++;
      const time = seconds * 1_000_000 + (this.#nano ? Math.floor(fraction / 1000) : fraction);
      if (fraction >= fractions || time > latestTime) sink.skip(badTime, this.#record, at, next);
      else {
        this.#seconds = seconds;
        frames.frame(bytes, view, body, next, time, this.#link, this.#record);
      }
      at = next;
    }
    if (last && at < end) {
      if (!this.#lost) sink.skip(cutOff, this.#record + 1, at, end);
      return end;
    }
    return at;
  }

  #open(sink: RowSink, bytes: Uint8Array, view: DataView, at: number): void {
    this.#ready = true;
    const kind = magics.get(readMagic(bytes, at));
    if (!kind) {
      this.#stopped = true;
      sink.skip('not a pcap file', 0, at, at + fileHeader);
      return;
    }
    this.#little = kind.little;
    this.#nano = kind.nano;
    this.#header = 16 + kind.extra;
    const snap = view.getUint32(at + 16, kind.little);
    // Some writers cut to a length that they do not state, or state 0: half the greatest is the least that is believed.
    this.#limit = Math.min(frameLimit, Math.max(snap, frameLimit / 4));
    // The upper half says how long a frame check sequence is.
    this.#link = view.getUint32(at + 20, kind.little) & 0xffff;
  }

  /**
   * Looks for the next record behind damage: a header that is plausible, followed by another or by the end. Returns
   * where it is with `#lost` cleared, or the first position that could not be judged yet.
   */
  #resync(view: DataView, start: number, end: number, last: boolean): number {
    const header = this.#header;
    let at = start;
    for (; end - at >= header; at++) {
      if (!this.#plausible(view, at)) continue;
      const next = at + header + view.getUint32(at + 8, this.#little);
      if (next + header > end) {
        if (!last) return at;
        if (next !== end) continue;
      } else if (!this.#plausible(view, next)) continue;
      this.#lost = false;
      return at;
    }
    return last ? end : at;
  }

  #plausible(view: DataView, at: number): boolean {
    const little = this.#little;
    const length = view.getUint32(at + 8, little);
    const original = view.getUint32(at + 12, little);
    if (length === 0 || length > original || original > this.#limit) return false;
    if (view.getUint32(at + 4, little) >= (this.#nano ? 1_000_000_000 : 1_000_000)) return false;
    const seconds = view.getUint32(at, little);
    return this.#seconds < 0 || Math.abs(seconds - this.#seconds) < resyncSpan;
  }
}
