import { copyWords, readAddress } from '../bytes/addresses.ts';
import { backslash, bracketOpen, comma, equals, plus, quote, space } from '../bytes/codes.ts';
import { isMapped } from '../model/address.ts';
import type { AddressTest } from '../model/format.ts';

const hop = new Uint32Array(4);

/** Whether the four words of an address are in the set. */
export function isTrusted(trusted: AddressTest, words: Uint32Array): boolean {
  if (trusted.size === 0) return false;
  return isMapped(words[0], words[1], words[2])
    ? trusted.has4(words[3])
    : trusted.has6(words[0], words[1], words[2], words[3]);
}

/** Whether two addresses of four words are not the same. */
export function differ(words: Uint32Array, others: Uint32Array): boolean {
  return words[0] !== others[0] || words[1] !== others[1] || words[2] !== others[2] || words[3] !== others[3];
}

/** Hops of a list that are looked at; nobody is behind more proxies than this. */
const hopLimit = 16;

/**
 * The client of an X-Forwarded-For list ('client, proxy1, proxy2') that a trusted proxy handed over: each proxy appends
 * whom it heard it from, so the list is believed from the right for as long as the hops are trusted. Writes the client into
 * `words`; false when the rightmost entry is no address (then the proxy itself stays the source).
 */
export function forwardedClient(
  bytes: Uint8Array,
  start: number,
  end: number,
  trusted: AddressTest,
  words: Uint32Array,
): boolean {
  return lastUntrusted(bytes, start, end, trusted, words, false);
}

/**
 * The client of a Forwarded header (RFC 7239: 'for=192.0.2.60;proto=https, for="[2001:db8::1]:4711"'), believed like
 * {@link forwardedClient}; an unknown or hidden hop ('for=unknown', 'for=_secret') ends the belief.
 */
export function forwardedHeaderClient(
  bytes: Uint8Array,
  start: number,
  end: number,
  trusted: AddressTest,
  words: Uint32Array,
): boolean {
  return lastUntrusted(bytes, start, end, trusted, words, true);
}

/** `named`: the address stands behind 'for=' in its element. */
function lastUntrusted(
  bytes: Uint8Array,
  start: number,
  end: number,
  trusted: AddressTest,
  words: Uint32Array,
  named: boolean,
): boolean {
  let found = false;
  let stop = end;
  for (let hops = 0; hops < hopLimit && stop > start; hops++) {
    let from = stop;
    while (from > start && bytes[from - 1] !== comma) from--;
    let at = from;
    if (named) {
      while (at + 4 <= stop && !isFor(bytes, at)) at++;
      at += 4;
    }
    while (at < stop && isWrapping(bytes[at])) at++;
    // A port or bracket may follow the address.
    if (at >= stop || !readAddress(bytes, at, stop, hop)) return found;
    copyWords(hop, words);
    found = true;
    if (!isTrusted(trusted, hop)) return true;
    stop = from - 1;
  }
  return found;
}

function isWrapping(code: number): boolean {
  // IIS writes blanks as '+'.
  return code === space || code === plus || code === quote || code === bracketOpen || code === backslash;
}

/** 'for=' in any case. */
function isFor(bytes: Uint8Array, at: number): boolean {
  return (
    (bytes[at] | 32) === 102 &&
    (bytes[at + 1] | 32) === 111 &&
    (bytes[at + 2] | 32) === 114 &&
    bytes[at + 3] === equals
  );
}
