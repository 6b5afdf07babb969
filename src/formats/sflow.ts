import type { BlockReader, Format, InputInfo, Sample } from '../model/format.ts';
import { captureKind, flowConfig, FlowFile } from '../wire/flow-capture.ts';

/** sFlow v5: datagrams in a capture. See docs/inputs/sflow.md. */
export const sflow: Format = {
  name: 'sflow',
  title: 'sFlow v5 packet samples of switches and hosts, in a capture',
  // A sample waits at most a second for its datagram.
  lateness: 10,
  yields: ['contact'],
  blindness: [
    'One of N packets is seen: what a scanner sent is far more than what shows, and answers are mostly missed.',
    'Times are those of the datagram, up to a second after the packet.',
  ],
  sample: 'sFlow v5: 00 00 00 05 00 00 00 01 …',

  config: flowConfig,

  recognise(sample: Sample, options?: unknown): number {
    return captureKind(sample.bytes, options) === 'sflow' ? 1 : 0;
  },

  blocks(input: InputInfo): BlockReader {
    return new FlowFile(input);
  },
};
