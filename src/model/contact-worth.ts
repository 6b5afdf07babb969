import { Flag, Outcome, Proto } from './event.ts';
import type { EventBatch } from './event.ts';

/**
 * What a contact is worth (docs/detectors/fan-out.md): 2 when it failed or nobody knows how it ended, 1 when it was answered, one less
 * when the service is popular. Counts that share this function share their tables.
 */
export function contactWorth(batch: EventBatch, row: number, popular: boolean, outbound: boolean): 0 | 1 | 2 {
  const outcome = batch.outcome[row];
  if (outcome === Outcome.answered || (batch.flags[row] & Flag.passed) !== 0) return popular ? 0 : 1;
  // Where outcomes are not logged, browsing the web must not look like a scan of port 443: what leaves for a popular
  // service is taken to have been answered.
  if (outcome === Outcome.unknown && outbound && popular) return 0;
  return popular ? 1 : 2;
}

const said = Flag.sentData | Flag.gotData;
/** Sensors that see headers or count the bytes that came back would have seen data. */
const seesData = Flag.header | Flag.hasSize;

/**
 * Whether an answered contact opened a TCP connection and left without a word from either side: a half-open scan, a connect scan of a
 * service that waits for its client, a health check.
 */
export function isSilent(batch: EventBatch, row: number): boolean {
  const flags = batch.flags[row];
  return (
    batch.proto[row] === Proto.tcp &&
    (flags & said) === 0 &&
    (flags & seesData) !== 0 &&
    batch.size[row] === 0
  );
}
