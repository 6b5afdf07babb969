import { Proto } from '../model/event.ts';
import type { InputInfo, RowSink } from '../model/format.ts';
import { FlowTable } from '../state/flow-table.ts';
import { flowKind, flowPorts } from '../wire/flow-capture.ts';
import { Packet, portsOnly } from '../wire/packet.ts';
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
  /** NetFlow, IPFIX and sFlow datagrams among the packets. */
  #flowDatagrams = 0;
  sink!: RowSink;

  constructor(input: Pick<InputInfo, 'trustedProxies' | 'claims'>) {
    this.#conversations = new Conversations(this.#flows, input);
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
      if (problem === portsOnly) {
        this.#flows.glimpse(this.sink, packet);
        this.sink.note(portsOnly);
      } else this.sink.skip(problem, record, start, end);
      return;
    }
    const conversations = this.#conversations;
    if (time >= conversations.nextDue) conversations.expire(this.sink, time);
    else if (time < this.#now - clockStep) conversations.flush(this.sink);
    this.#now = time;
    const slot = this.#flows.see(this.sink, packet);
    if (slot >= 0 && packet.payloadLength > 0) conversations.see(this.sink, packet, slot, bytes);
    if (
      packet.proto === Proto.udp &&
      flowPorts.includes(packet.targetPort) &&
      flowKind(bytes, packet.payloadStart, packet.payloadEnd) !== undefined
    )
      this.#flowDatagrams++;
  }

  /** The capture is over. */
  finish(): void {
    this.#conversations.flush(this.sink);
    this.#flows.flush(this.sink);
    // Flows are reported up to half an hour late: read here, they would hold up the packets or come too late themselves.
    if (this.#flowDatagrams > 0)
      this.sink.note(
        "NetFlow, IPFIX or sFlow datagrams: '--format netflow' reads the flows",
        this.#flowDatagrams,
      );
    const lost = this.#packet.fragments.dropped;
    if (lost > 0) this.sink.note('fragments whose datagram never showed its header', lost);
  }
}
