import type { RowSink } from '../model/format.ts';
import { FlowTable } from '../state/flow-table.ts';
import { Packet } from '../wire/packet.ts';
import type { FrameSink } from '../wire/pcap-file.ts';

/** Frames become contacts. */
export class PacketEvents implements FrameSink {
  readonly #packet = new Packet();
  readonly #flows = new FlowTable();
  sink!: RowSink;

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
    const slot = this.#flows.see(this.sink, packet);
    if (slot < 0 || packet.payloadLength === 0) return;
  }

  /** The capture is over. */
  finish(): void {
    this.#flows.flush(this.sink);
    const lost = this.#packet.fragments.dropped;
    if (lost > 0) this.sink.note('fragments whose datagram never showed its header', lost);
  }
}
