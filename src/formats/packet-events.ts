import type { AddressTest, RowSink } from '../model/format.ts';
import { FlowTable } from '../state/flow-table.ts';
import { Packet } from '../wire/packet.ts';
import type { FrameSink } from '../wire/pcap-file.ts';
import { Conversations } from './packet-conversations.ts';

/** A clock that steps back further than this begins anew: what waits is written. */
const clockStep = 60_000_000;

/** Frames become contacts, requests and queries. */
export class PacketEvents implements FrameSink {
  readonly #packet = new Packet();
  readonly #flows = new FlowTable();
  readonly #conversations: Conversations;
  #now = -Infinity;
  sink!: RowSink;

  constructor(trustedProxies: AddressTest) {
    this.#conversations = new Conversations(this.#flows, trustedProxies);
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
    packet.record = record;
    const problem = packet.decode(bytes, view, start, end, link);
    if (problem !== '') {
      this.sink.skip(problem, record, start, end);
      return;
    }
    const conversations = this.#conversations;
    if (time >= conversations.nextDue) conversations.expire(this.sink, time);
    else if (time < this.#now - clockStep) conversations.flush(this.sink);
    this.#now = time;
    const slot = this.#flows.see(this.sink, packet);
    if (slot >= 0 && packet.payloadLength > 0) conversations.see(this.sink, packet, slot, bytes);
  }

  /** The capture is over. */
  finish(): void {
    this.#conversations.flush(this.sink);
    this.#flows.flush(this.sink);
    const lost = this.#packet.fragments.dropped;
    if (lost > 0) this.sink.note('fragments whose datagram never showed its header', lost);
  }
}
