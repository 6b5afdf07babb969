import type { Thresholds } from './crossings.ts';

/** The default thresholds of the fan-out detector (docs/detectors/fan-out.md), by window in seconds. */
export const fanOutThresholds: Thresholds = {
  vertical: { 60: 20, 300: 30, 3600: 40 },
  horizontal: { 60: 20, 300: 50, 3600: 80 },
};
