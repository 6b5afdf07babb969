import type { BlockReader, Format, InputInfo, Sample } from '../model/format.ts';
import { captureKind, flowConfig, FlowFile, messageKind } from '../wire/flow-capture.ts';

/** IPFIX: datagrams in a capture, or a file of messages (RFC 5655). See docs/inputs/ipfix.md. */
export const ipfix: Format = {
  name: 'ipfix',
  title: 'IPFIX of routers, firewalls, YAF and other exporters, in a capture or a file of messages',
  // As NetFlow: the active time-out, 30 minutes unless set, and 30 s.
  lateness: 1830,
  yields: ['contact'],
  blindness: [
    'Unless the exporter writes both directions in one record (RFC 5103), who began and whether it was answered is known only when both records came, or from the TCP flags.',
    'No payload: paths, names and banners are not visible; several attempts between the same ports are one record.',
  ],
  sample: 'IPFIX: 00 0a 05 58 …',

  config: flowConfig,

  recognise(sample: Sample, options?: unknown): number {
    return (captureKind(sample.bytes, options) ?? messageKind(sample.bytes)) === 'ipfix' ? 1 : 0;
  },

  blocks(input: InputInfo): BlockReader {
    return new FlowFile(input);
  },
};
