import type { Detector } from './model/detector.ts';
import type { Format } from './model/format.ts';

/** A plugin that is loaded when something needs it. */
export interface Plugin<T> {
  readonly name: string;
  load(): Promise<T>;
}

/** Every format that Offtrail reads. `test/formats.test.ts` fails for one without a fixture. */
export const formats: readonly Plugin<Format>[] = [
  { name: 'pcap', load: async () => (await import('./formats/pcap.ts')).pcap },
  { name: 'netfilter', load: async () => (await import('./formats/netfilter.ts')).netfilter },
];

/** Every detector, in the order in which reports name them. */
export const detectors: readonly Plugin<Detector>[] = [
  { name: 'fan-out', load: async () => (await import('./detectors/fan-out.ts')).fanOut },
];
