import { copyWords } from '../bytes/addresses.ts';
import type { AddressTest } from '../model/format.ts';
import { readEndpoint } from './alert-line.ts';
import { differ, forwardedClient, forwardedHeaderClient } from './forwarded.ts';

/** The headers by which a proxy says for whom it speaks, in the order in which they are believed. */
export const Claim = {
  /** X-Forwarded-For as it was received: whoever wrote it, the peer handed it over. */
  forwardedFor: 0,
  /** Forwarded (RFC 7239). */
  forwarded: 1,
  /** One that names a single client: {@link singleHeaders}. */
  realIp: 2,
} as const;

/** Headers that name a single client; of several the first of these counts. */
export const singleHeaders = ['cf-connecting-ip', 'true-client-ip', 'fastly-client-ip', 'x-real-ip'] as const;

const peer = new Uint32Array(4);

/**
 * The client that the peer in `words` speaks for, into `words`; false when it names none but itself. Claim i stands at
 * `bytes[start[first + i], end[first + i])` where bit `first + i` of `present` is set; the lists go first, because every
 * proxy adds to them. `portBehind`: the single address always has a port.
 */
export function claimedClient(
  bytes: Uint8Array,
  start: Uint32Array,
  end: Uint32Array,
  first: number,
  present: number,
  portBehind: boolean,
  trusted: AddressTest,
  words: Uint32Array,
): boolean {
  const has = present >>> first;
  copyWords(words, peer);
  let at = first + Claim.forwardedFor;
  if (
    (has & (1 << Claim.forwardedFor)) !== 0 &&
    forwardedClient(bytes, start[at], end[at], trusted, words) &&
    differ(words, peer)
  )
    return true;
  at = first + Claim.forwarded;
  if (
    (has & (1 << Claim.forwarded)) !== 0 &&
    forwardedHeaderClient(bytes, start[at], end[at], trusted, words) &&
    differ(words, peer)
  )
    return true;
  at = first + Claim.realIp;
  return (
    (has & (1 << Claim.realIp)) !== 0 &&
    readEndpoint(bytes, start[at], end[at], portBehind, words) &&
    differ(words, peer)
  );
}
