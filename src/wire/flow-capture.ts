import * as z from 'zod';
import { Proto } from '../model/event.ts';
import type { BlockReader, InputInfo, RowSink } from '../model/format.ts';
import type { FlowLimits } from './flow-exporter.ts';
import { messageLength, messageVersion, netflowVersion, u16 } from './netflow-messages.ts';
import { NetflowDecoder } from './netflow.ts';
import { Packet } from './packet.ts';
import { isPcap, PcapReader } from './pcap-file.ts';
import type { CaptureReader, FrameSink } from './pcap-file.ts';
import { isPcapng, PcapngReader } from './pcapng-file.ts';
import { isSflow, SflowDecoder } from './sflow.ts';

/** Where exporters send: NetFlow's customary ports, IPFIX's 4739, sFlow's 6343 (IANA), and those of nfdump's manuals. */
export const flowPorts: readonly number[] = [2055, 4739, 6343, 9995, 9996];

/** What a flow datagram is, by its first bytes. */
export type FlowKind = 'netflow' | 'ipfix' | 'sflow';

export function flowKind(bytes: Uint8Array, start: number, end: number): FlowKind | undefined {
  const version = netflowVersion(bytes, start, end);
  if (version === 10) return 'ipfix';
  if (version !== 0) return 'netflow';
  return isSflow(bytes, start, end) ? 'sflow' : undefined;
}

/** Settings of the flow formats: `formats.netflow`, `formats.ipfix`, `formats.sflow`. */
export const flowConfig = z.object({
  ports: z
    .array(z.number().int().min(1).max(65_535))
    .optional()
    .describe(
      `UDP ports of flow collectors in captures, besides ${flowPorts.slice(0, -1).join(', ')} and ${flowPorts.at(-1)}.`,
    ),
});

function portsOf(options: unknown): ReadonlySet<number> {
  const { ports = [] } = (options ?? {}) as z.infer<typeof flowConfig>;
  return new Set([...flowPorts, ...ports]);
}

/** All flow protocols behind one door: hand it datagrams, as a socket or a capture gives them. */
export class FlowDatagrams {
  readonly netflow: NetflowDecoder;
  readonly sflow: SflowDecoder;

  constructor(limits: Partial<FlowLimits> = {}) {
    this.netflow = new NetflowDecoder(limits);
    this.sflow = new SflowDecoder(limits);
  }

  /** `address`: the sender, four words. `received`: µs UTC, -1 unknown. False: not a flow datagram, nothing was done. */
  datagram(
    sink: RowSink,
    bytes: Uint8Array,
    start: number,
    end: number,
    address: ArrayLike<number>,
    received: number,
    record: number,
  ): boolean {
    const version = end - start < 4 ? 0 : u16(bytes, start);
    // Stricter tests are for recognition: an exporter whose clock says 1970 is one, too.
    if (version !== 5 && version !== 9 && version !== 10 && !isSflow(bytes, start, end)) return false;
    if (version === 0) this.sflow.datagram(sink, bytes, start, end, received, record);
    else this.netflow.datagram(sink, bytes, start, end, address, received, record);
    return true;
  }

  finish(sink: RowSink): void {
    this.netflow.finish(sink);
    this.sflow.finish(sink);
  }
}

/** Frames in which recognition looks, and the share of them that must be flow datagrams. */
const recognisedFrames = 64;

/**
 * Which flow protocol the first datagrams of a capture speak; undefined: the capture is of something else. `options`: the
 * format's settings.
 */
export function captureKind(head: Uint8Array, options: unknown): FlowKind | undefined {
  const capture = captureReader(head);
  if (capture === undefined) return undefined;
  const packet = new Packet();
  const ports = portsOf(options);
  let frames = 0;
  let flows = 0;
  let first: FlowKind | undefined;
  const nothing: RowSink = {
    room: () => {
      throw new Error('recognition makes no rows');
    },
    skip: () => undefined,
    note: () => undefined,
  };
  const sink: FrameSink = {
    frame(bytes, view, start, end, time, link) {
      if (frames >= recognisedFrames) return;
      frames++;
      packet.time = time;
      if (packet.decode(bytes, view, start, end, link) !== '' || packet.proto !== Proto.udp) return;
      if (!ports.has(packet.targetPort)) return;
      const kind = flowKind(bytes, packet.payloadStart, packet.payloadEnd);
      if (kind === undefined) return;
      flows++;
      first ??= kind;
    },
  };
  capture.read(nothing, sink, head, 0, head.length, false);
  return flows * 2 >= frames ? first : undefined;
}

/** What a file of bare messages begins with. */
export function messageKind(head: Uint8Array): FlowKind | undefined {
  const version = netflowVersion(head, 0, head.length);
  return version === 0 ? undefined : version === 10 ? 'ipfix' : 'netflow';
}

function captureReader(head: Uint8Array): CaptureReader | undefined {
  if (isPcapng(head)) return new PcapngReader();
  return isPcap(head) ? new PcapReader() : undefined;
}

/** Flow datagrams in a capture (pcap, pcapng), or bare messages one after another (IPFIX files of RFC 5655, dumps). */
export class FlowFile implements BlockReader, FrameSink {
  readonly #datagrams = new FlowDatagrams();
  readonly #packet = new Packet();
  readonly #ports: ReadonlySet<number>;
  /** Of bare messages the sender is not known. */
  readonly #nobody = Uint32Array.of(0, 0, 0xffff, 0);
  #capture: CaptureReader | undefined;
  #started = false;
  #lost = false;
  #record = 0;
  #sink!: RowSink;

  constructor(input: InputInfo) {
    this.#ports = portsOf(input.options);
  }

  /** Packets of a capture, or bare messages. */
  get records(): number {
    return this.#capture?.records ?? this.#record;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    this.#sink = sink;
    if (!this.#started) {
      if (end - start < 12 && !last) return start;
      this.#started = true;
      this.#capture = captureReader(bytes.subarray(start, end));
    }
    const at = this.#capture
      ? this.#capture.read(sink, this, bytes, start, end, last)
      : this.#messages(bytes, start, end, last);
    if (last) this.#datagrams.finish(sink);
    return at;
  }

  frame(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    time: number,
    link: number,
    record: number,
  ): void {
    const packet = this.#packet;
    packet.time = time;
    const reason = packet.decode(bytes, view, start, end, link);
    if (reason !== '') this.#sink.skip(reason, record, start, start);
    else if (packet.proto !== Proto.udp || !this.#ports.has(packet.targetPort))
      this.#sink.skip('packet to another port than those of flow collectors', record, start, start);
    else {
      if (packet.payloadEnd - packet.payloadStart < packet.payloadLength)
        this.#sink.note('flow datagrams that the capture cut short or that came in fragments');
      const sent = this.#datagrams.datagram(
        this.#sink,
        bytes,
        packet.payloadStart,
        packet.payloadEnd,
        packet.address,
        time,
        record,
      );
      if (!sent) this.#sink.skip('not NetFlow v5, v9, IPFIX or sFlow v5', record, start, start);
    }
  }

  #messages(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const sink = this.#sink;
    let at = start;
    while (at < end) {
      if (this.#lost) {
        while (at < end && netflowVersion(bytes, at, end) === 0) at++;
        // The last bytes may be the beginning of a message.
        if (at >= end) return last ? end : Math.max(start, end - 24);
        this.#lost = false;
      }
      const length =
        messageVersion(bytes, at, Math.min(end, at + 24)) > 0 ? messageLength(bytes, at, end, last) : -1;
      if (length === 0 || (length < 0 && end - at < 24 && !last)) return at;
      if (length < 0) {
        if (isPadding(bytes, at, end)) return end;
        sink.skip('not NetFlow v5, v9 or IPFIX', this.#record + 1, at, at);
        this.#lost = true;
        at++;
        continue;
      }
      this.#record++;
      this.#datagrams.netflow.datagram(sink, bytes, at, at + length, this.#nobody, -1, this.#record);
      at += length;
    }
    return at;
  }
}

function isPadding(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
