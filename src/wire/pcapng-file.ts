import type { RowSink } from '../model/format.ts';
import { badTime, cutOff, damaged, frameLimit, latestTime, viewOf } from './pcap-file.ts';
import type { CaptureReader, FrameSink } from './pcap-file.ts';

/*
 * The newer capture file: draft-ietf-opsawg-pcapng. A file is sections; a section is blocks of one byte order:
 *
 *   type 4 | total length 4 | body, padded to 4 | total length 4
 */

const Block = {
  section: 0x0a0d_0d0a,
  interface: 1,
  packetOld: 2,
  packetSimple: 3,
  statistics: 5,
  packet: 6,
} as const;
const byteOrderMagic = 0x1a2b_3c4d;

const interfaceLimit = 4096;
/** A packet block is a frame, its header and options; other blocks that are longer are passed over unread. */
const blockLimit = frameLimit + 65_536 + 64;
/** Longer than this is no length. */
const lengthLimit = 1 << 30;

interface Interface {
  readonly link: number;
  readonly snap: number;
  /** Ticks per microsecond, when a power of ten ≥ 1; else 0, and `perSecond` is used. */
  readonly perMicro: number;
  readonly perSecond: number;
  /** µs to add. */
  readonly offset: number;
}

export function isPcapng(bytes: Uint8Array): boolean {
  if (bytes.length < 12) return false;
  const view = viewOf(bytes);
  return (
    view.getUint32(0) === Block.section &&
    (view.getUint32(8) === byteOrderMagic || view.getUint32(8, true) === byteOrderMagic)
  );
}

export class PcapngReader implements CaptureReader {
  #little = true;
  #started = false;
  #interfaces: Interface[] = [];
  #record = 0;
  #lastTime = -1;
  /** Bytes of a long block that are still to be passed over. */
  #pass = 0;
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
    for (;;) {
      if (this.#pass > 0) {
        const step = Math.min(this.#pass, end - at);
        this.#pass -= step;
        at += step;
        if (this.#pass > 0) break;
      }
      if (this.#lost) {
        at = this.#resync(view, at, end, last);
        if (this.#lost) break;
      }
      if (end - at < 12) break;
      const isSection = view.getUint32(at) === Block.section;
      if (isSection && !this.#byteOrder(view, at)) {
        at = this.#damage(sink, at);
        continue;
      }
      if (!isSection && !this.#started) {
        at = this.#damage(sink, at);
        continue;
      }
      const type = view.getUint32(at, this.#little);
      const length = view.getUint32(at + 4, this.#little);
      if (length < 12 || length % 4 !== 0 || length > lengthLimit) {
        at = this.#damage(sink, at);
        continue;
      }
      if (length > blockLimit) {
        if (type === Block.packet || type === Block.packetOld || type === Block.packetSimple) {
          at = this.#damage(sink, at);
          continue;
        }
        this.#pass = length;
        continue;
      }
      if (end - at < length) break;
      if (view.getUint32(at + length - 4, this.#little) !== length) {
        at = this.#damage(sink, at);
        continue;
      }
      this.#block(sink, frames, bytes, view, at, at + length - 4, type);
      at += length;
    }
    if (!last || at >= end) return at;
    if (!this.#lost) sink.skip(cutOff, this.#record + 1, at, end);
    return end;
  }

  #damage(sink: RowSink, at: number): number {
    sink.skip(damaged, this.#record + 1, at, at + 12);
    this.#lost = true;
    return at + 1;
  }

  #byteOrder(view: DataView, at: number): boolean {
    if (view.getUint32(at + 8) === byteOrderMagic) this.#little = false;
    else if (view.getUint32(at + 8, true) === byteOrderMagic) this.#little = true;
    else return false;
    return true;
  }

  /** The next block whose two lengths agree, of a type that carries packets, or a new section. */
  #resync(view: DataView, start: number, end: number, last: boolean): number {
    let at = start;
    for (; end - at >= 12; at++) {
      if (view.getUint32(at) === Block.section) {
        if (!this.#byteOrder(view, at)) continue;
        this.#lost = false;
        return at;
      }
      if (!this.#started) continue;
      const type = view.getUint32(at, this.#little);
      if (type !== Block.packet && type !== Block.interface && type !== Block.packetSimple) continue;
      const length = view.getUint32(at + 4, this.#little);
      if (length < 16 || length % 4 !== 0 || length > blockLimit) continue;
      if (end - at < length) {
        if (!last) return at;
        continue;
      }
      if (view.getUint32(at + length - 4, this.#little) !== length) continue;
      this.#lost = false;
      return at;
    }
    return last ? end : at;
  }

  #block(
    sink: RowSink,
    frames: FrameSink,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    type: number,
  ): void {
    const little = this.#little;
    const body = start + 8;
    switch (type) {
      case Block.packet: {
        this.#record++;
        if (end - body < 20) break;
        const id = view.getUint32(body, little);
        const high = view.getUint32(body + 4, little);
        const low = view.getUint32(body + 8, little);
        const length = view.getUint32(body + 12, little);
        this.#frame(sink, frames, bytes, view, body + 20, end, id, high, low, length);
        return;
      }
      case Block.packetOld: {
        this.#record++;
        if (end - body < 20) break;
        const id = view.getUint16(body, little);
        const drops = view.getUint16(body + 2, little);
        if (drops > 0 && drops < 0xffff) sink.note(dropped, drops);
        const high = view.getUint32(body + 4, little);
        const low = view.getUint32(body + 8, little);
        const length = view.getUint32(body + 12, little);
        this.#frame(sink, frames, bytes, view, body + 20, end, id, high, low, length);
        return;
      }
      case Block.packetSimple:
        this.#simple(sink, frames, bytes, view, body, end);
        return;
      case Block.section:
        this.#started = true;
        this.#interfaces = [];
        return;
      case Block.interface:
        this.#interface(sink, view, body, end);
        return;
      case Block.statistics:
        if (end - body >= 12) this.#statistics(sink, view, body + 12, end);
        return;
      default:
        return;
    }
    sink.skip('packet block without its header', this.#record, start, end);
  }

  #simple(
    sink: RowSink,
    frames: FrameSink,
    bytes: Uint8Array,
    view: DataView,
    body: number,
    end: number,
  ): void {
    this.#record++;
    const first = this.#interfaces.at(0);
    if (!first || end - body < 4) {
      sink.skip(unknownInterface, this.#record, body, end);
      return;
    }
    // It has no time of its own: that of the packet before it is the nearest known.
    if (this.#lastTime < 0) {
      sink.skip('packet without a time', this.#record, body, end);
      return;
    }
    const original = view.getUint32(body, this.#little);
    const room = Math.min(original, first.snap, end - body - 4);
    frames.frame(bytes, view, body + 4, body + 4 + room, this.#lastTime, first.link, this.#record);
  }

  #frame(
    sink: RowSink,
    frames: FrameSink,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    id: number,
    high: number,
    low: number,
    length: number,
  ): void {
    const from = this.#interfaces[id];
    if (from === undefined) {
      sink.skip(unknownInterface, this.#record, start, end);
      return;
    }
    if (length > end - start) {
      sink.skip('packet longer than its block', this.#record, start, end);
      return;
    }
    const time = timeOf(from, high, low);
    if (!(time >= 0 && time <= latestTime)) {
      sink.skip(badTime, this.#record, start, end);
      return;
    }
    this.#lastTime = time;
    frames.frame(bytes, view, start, start + length, time, from.link, this.#record);
  }

  #interface(sink: RowSink, view: DataView, body: number, end: number): void {
    if (end - body < 8) {
      sink.skip('interface block without its header', this.#record, body, end);
      return;
    }
    if (this.#interfaces.length >= interfaceLimit) {
      sink.skip('more interfaces than can be kept', this.#record, body, end);
      return;
    }
    const little = this.#little;
    let resolution = 6;
    let seconds = 0;
    for (let at = body + 8; end - at >= 4;) {
      const code = view.getUint16(at, little);
      const length = view.getUint16(at + 2, little);
      const value = at + 4;
      if (code === 0 || value + length > end) break;
      if (code === 9 && length >= 1) resolution = view.getUint8(value);
      if (code === 14 && length >= 8) {
        const high = view.getInt32(little ? value + 4 : value, little);
        const low = view.getUint32(little ? value : value + 4, little);
        seconds = high * 0x1_0000_0000 + low;
      }
      at = value + ((length + 3) & ~3);
    }
    const power = resolution & 0x7f;
    const binary = (resolution & 0x80) !== 0;
    const snap = view.getUint32(body + 4, little);
    this.#interfaces.push({
      link: view.getUint16(body, little),
      snap: snap === 0 ? frameLimit : snap,
      perMicro: !binary && power >= 6 && power <= 12 ? 10 ** (power - 6) : 0,
      perSecond: binary ? 2 ** power : 10 ** power,
      offset: seconds * 1_000_000,
    });
  }

  #statistics(sink: RowSink, view: DataView, options: number, end: number): void {
    const little = this.#little;
    for (let at = options; end - at >= 4;) {
      const code = view.getUint16(at, little);
      const length = view.getUint16(at + 2, little);
      const value = at + 4;
      if (code === 0 || value + length > end) return;
      // isb_ifdrop, isb_osdrop: what the interface and the system did not hand over.
      if ((code === 5 || code === 7) && length === 8) {
        const count = view.getUint32(little ? value : value + 4, little);
        if (count > 0) sink.note(dropped, count);
      }
      at = value + ((length + 3) & ~3);
    }
  }
}

const unknownInterface = 'packet of an interface that was not described';
const dropped = 'packets lost by the capturing system';

/** µs of a 64-bit count of ticks, without leaving exact doubles: 2³² = k · perMicro + r is divided by parts. */
function timeOf(from: Interface, high: number, low: number): number {
  const per = from.perMicro;
  if (per === 0) {
    const ticks = high * 0x1_0000_0000 + low;
    return Math.floor((ticks / from.perSecond) * 1_000_000 + 0.0001) + from.offset;
  }
  if (per === 1) return high * 0x1_0000_0000 + low + from.offset;
  const whole = Math.floor(0x1_0000_0000 / per);
  const rest = 0x1_0000_0000 % per;
  return high * whole + Math.floor((high * rest + low) / per) + from.offset;
}
