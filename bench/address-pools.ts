import type { Random } from './random.ts';

const octets = Array.from({ length: 256 }, (_, i) => `.${i}`);

/** The generated site: a public /24 and /64, and clients in 10.20/16. */
export const homeNetworks = ['203.0.113.0/24', '10.20.0.0/16', '2001:db8:10::/48'];
export const publicHosts = Array.from({ length: 254 }, (_, i) => `203.0.113.${i + 1}`);
export const publicHosts6 = Array.from({ length: 200 }, (_, i) => `2001:db8:10:1::${(i + 16).toString(16)}`);
export const clients = Array.from({ length: 3000 }, (_, i) => `10.20.${i >> 7}.${(i & 127) + 10}`);
export const clients6 = Array.from(
  { length: 800 },
  (_, i) => `2001:db8:10:${(0x100 + (i >> 5)).toString(16)}:a:b:c:${(i + 1).toString(16)}`,
);

/** An address of the outside world; planted scanners live in 45/8 and 51/8, which are never drawn. */
export function outside(random: Random): string {
  let first = random.between(11, 222);
  while (
    first === 45 ||
    first === 51 ||
    first === 127 ||
    first === 172 ||
    first === 192 ||
    first === 198 ||
    first === 203
  )
    first = random.between(11, 222);
  const rest = random.uint32();
  return first + octets[rest & 255] + octets[(rest >>> 8) & 255] + octets[1 + ((rest >>> 16) % 254)];
}

export function outside6(random: Random): string {
  const hex = () => random.between(1, 0xffff).toString(16);
  return `2a0${random.between(0, 8)}:${hex()}:${hex()}:${random.between(1, 9)}::${hex()}`;
}

export function pool(size: number, draw: () => string): string[] {
  const drawn = new Set<string>();
  while (drawn.size < size) drawn.add(draw());
  return [...drawn];
}
