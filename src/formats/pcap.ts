import type { BlockReader, Format, InputInfo, RowSink, Sample } from '../model/format.ts';
import { isPcap, PcapReader } from '../wire/pcap-file.ts';
import type { CaptureReader } from '../wire/pcap-file.ts';
import { isPcapng, PcapngReader } from '../wire/pcapng-file.ts';
import { PacketEvents } from './packet-events.ts';

/** Captures of packets: pcap and pcapng, as files or from a pipe. See docs/inputs/pcap.md. */
export const pcap: Format = {
  name: 'pcap',
  title: 'Packet captures of tcpdump, Wireshark and others: pcap and pcapng',
  // A contact is written up to 5 s after its first packet, an open one up to 10 s, a request 5 s after it was sent.
  lateness: 15,
  yields: ['contact', 'request', 'query'],
  blindness: [
    'Packets that the capture missed or cut short are not seen.',
    'Inside TLS only the name asked for and the fingerprint of the client are visible: no paths, no statuses.',
  ],
  sample: 'pcap: d4 c3 b2 a1 02 00 04 00 …   pcapng: 0a 0d 0d 0a … 4d 3c 2b 1a …',

  recognise(sample: Sample): number {
    // Less than certain: captures of flow exporters' datagrams are the flow formats'.
    return isPcap(sample.bytes) || isPcapng(sample.bytes) ? 0.85 : 0;
  },

  blocks(input: InputInfo): BlockReader {
    return new CaptureFile(input);
  },
};

class CaptureFile implements BlockReader {
  readonly #events: PacketEvents;
  #capture: CaptureReader | undefined;

  constructor(input: InputInfo) {
    this.#events = new PacketEvents(input);
  }

  get records(): number {
    return this.#capture?.records ?? 0;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    if (this.#capture === undefined) {
      if (end - start < 12 && !last) return start;
      this.#capture = isPcapng(bytes.subarray(start, end)) ? new PcapngReader() : new PcapReader();
    }
    this.#events.sink = sink;
    const at = this.#capture.read(sink, this.#events, bytes, start, end, last);
    if (last) this.#events.finish();
    return at;
  }
}
