import type { BlockReader, Format, InputInfo, Sample } from '../model/format.ts';
import { captureKind, flowConfig, FlowFile, messageKind } from '../wire/flow-capture.ts';

/** NetFlow v5 and v9: datagrams in a capture, or one after another in a file. See docs/inputs/netflow.md. */
export const netflow: Format = {
  name: 'netflow',
  title: 'NetFlow v5 and v9 datagrams of routers, firewalls and software exporters, in a capture or a file',
  // Exporters report a flow that lasts when their active time-out ends: 30 minutes unless set (Cisco IOS, nProbe's and
  // pmacct's manuals advise 1 minute), and send within 30 s. A lower value is safe when the exporter's is lower.
  lateness: 1830,
  yields: ['contact'],
  blindness: [
    'One record per direction: who began and whether it was answered is known only when both directions were exported, or from the TCP flags.',
    'No payload: paths, names and banners are not visible; several attempts between the same ports are one record.',
  ],
  sample: 'NetFlow v5: 00 05 00 1e …   v9: 00 09 00 14 …',

  config: flowConfig,

  recognise(sample: Sample, options?: unknown): number {
    return (captureKind(sample.bytes, options) ?? messageKind(sample.bytes)) === 'netflow' ? 1 : 0;
  },

  blocks(input: InputInfo): BlockReader {
    return new FlowFile(input);
  },
};
