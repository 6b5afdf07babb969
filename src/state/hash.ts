import { randomInt } from 'node:crypto';

/**
 * Seed of every hash table in this process: an attacker who chooses addresses cannot choose collisions. Nothing that is
 * shown depends on it: tables are walked in the order of time, never of hashes.
 */
export const hashSeed = randomInt(0x7fff_ffff) | 1;

/** Mixes four 32-bit words to 32 bits (murmur3's body and finaliser). */
export function mix4(a: number, b: number, c: number, d: number): number {
  let h = hashSeed ^ Math.imul(a, 0xcc9e2d51);
  h = Math.imul((h << 13) | (h >>> 19), 5) ^ Math.imul(b, 0x1b873593);
  h = Math.imul((h << 13) | (h >>> 19), 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b);
  h = Math.imul((h << 15) | (h >>> 17), 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Words of the last {@link hashBytes}: read them before the next call. */
export const hashOut = new Uint32Array(2);

/**
 * A 64-bit hash of bytes into {@link hashOut}; equal on every run and machine, because findings carry it as a key. Two
 * lanes of multiply-rotate with murmur3 finalisers: of a million texts, two collide with probability 3 · 10⁻⁸.
 */
export function hashBytes(bytes: Uint8Array, start: number, length: number, seed = 0): void {
  let x = 0x9747b28c ^ length ^ seed;
  let y = 0x3c6ef372 ^ Math.imul(length, 0x9e3779b1) ^ seed;
  const end = start + length;
  let i = start;
  for (; i + 3 < end; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    x = Math.imul(x ^ word, 0xcc9e2d51);
    x = (x << 15) | (x >>> 17);
    y = Math.imul(y + word, 0x85ebca6b);
    y = ((y << 13) | (y >>> 19)) ^ x;
  }
  let tail = 0;
  for (; i < end; i++) tail = (tail << 8) | bytes[i];
  x = Math.imul(x ^ tail, 0xcc9e2d51);
  y = Math.imul(y ^ tail ^ x, 0xc2b2ae35);
  x ^= y >>> 15;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  y = Math.imul(y ^ (y >>> 13) ^ x, 0x27d4eb2f);
  x ^= y >>> 16;
  hashOut[0] = x ^ (x >>> 13);
  hashOut[1] = y ^ (y >>> 15);
}
