/** Seeded random numbers for the generators: the same seed gives the same file on every machine. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed >>> 0;
    this.b = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
    this.c = 0x2545f491;
    for (let i = 0; i < 16; i += 1) this.uint32();
  }

  /** sfc32 of Chris Doty-Humphrey's PractRand: three words and a counter, passes its tests, no multiplication. */
  uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** Exponentially distributed, as the gaps between unrelated events are. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** A rank in [0, size), rank r drawn about as 1 / (r + 1) ** exponent (inverse of the continuous law). */
  zipf(size: number, exponent = 1): number {
    const u = this.unit();
    const rank =
      exponent === 1 ? (size + 1) ** u : (1 + u * ((size + 1) ** (1 - exponent) - 1)) ** (1 / (1 - exponent));
    return Math.min(size - 1, Math.floor(rank) - 1);
  }

  /** In place (Fisher and Yates). */
  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      const kept = list[i];
      list[i] = list[j];
      list[j] = kept;
    }
    return list;
  }
}
