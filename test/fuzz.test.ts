import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../bench/random.ts';
import { formats } from '../src/catalog.ts';
import type { FormatFixture } from './format-fixture.ts';
import { runOver } from './run-in-memory.ts';

/*
 * Byte mutations of every format's fixtures through the whole run: nothing may be thrown, nothing may hang, and what is
 * counted must add up. 20 seconds in all; OFFTRAIL_FUZZ_SECONDS=600 OFFTRAIL_FUZZ_SEED=7 npx vitest run test/fuzz fuzzes
 * longer, elsewhere. A failure names the seed, which brings the same bytes back.
 */

const seconds = Number(process.env.OFFTRAIL_FUZZ_SECONDS ?? 20);
const firstSeed = Number(process.env.OFFTRAIL_FUZZ_SEED ?? 1595);
/** Of each format, however slow the machine. */
const roundsAtLeast = 6;
const home = ['198.51.100.0/24'];
const interesting = [
  0, 1, 9, 10, 13, 27, 32, 34, 35, 39, 44, 45, 46, 47, 48, 57, 58, 61, 91, 92, 93, 123, 125, 127, 128, 194,
  255,
];

async function seedsOf(name: string): Promise<{ bytes: Uint8Array; options: unknown }[]> {
  const path = join(import.meta.dirname, '..', 'src', 'formats', `${name}.fixture.ts`);
  const { fixture } = (await import(path)) as { fixture: FormatFixture };
  return fixture.cases.map(({ input, options }) => ({
    bytes: typeof input === 'string' ? new TextEncoder().encode(input) : input,
    options,
  }));
}

/** One to sixteen edits: bytes set, flipped, doubled, taken out, pieces moved, numbers made huge. */
function mutated(seed: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(seed);
  for (let edits = random.between(1, 16); edits > 0 && bytes.length > 0; edits--) {
    const at = random.below(bytes.length);
    const length = Math.min(random.between(1, 64), bytes.length - at);
    switch (random.below(7)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 2:
        bytes[at] = random.pick(interesting);
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 4:
        bytes = joined(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      case 5:
        bytes.fill(random.pick([0, 57, 255]), at, at + length);
        break;
      default:
        bytes = joined(
          bytes.subarray(0, at),
          new TextEncoder().encode('-99999999999999999999e99'),
          bytes.subarray(at),
        );
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

const names = formats.map(({ name }) => name);

test.each(names)('%s survives mutations', { timeout: (seconds + 60) * 1000 }, async (name) => {
  const seeds = await seedsOf(name);
  expect(seeds.length).toBeGreaterThan(0);
  const end = performance.now() + (seconds * 1000) / names.length;
  let rounds = 0;
  for (let seed = firstSeed; performance.now() < end || rounds < roundsAtLeast; seed++, rounds++) {
    const random = new Random(seed);
    const seeded = random.pick(seeds);
    const bytes = mutated(seeded.bytes, random);
    const forced = random.chance(0.7) ? { format: name } : {};
    const result = await runOver({ [name]: bytes }, home, {
      ...forced,
      ...(seeded.options !== undefined && { formatOptions: { [name]: seeded.options } }),
      piece: random.pick([64, 1000, 1 << 20]),
    }).catch((error: unknown) => {
      throw new Error(`seed ${seed} of ${name}`, { cause: error });
    });
    const [input] = result.inputs;
    expect(input.events, `seed ${seed}`).toBe(result.events);
    expect(input.bytes, `seed ${seed}`).toBeLessThanOrEqual(bytes.length);
    for (const dossier of result.dossiers) {
      expect(Number.isFinite(dossier.first), `seed ${seed}`).toBe(true);
      expect(dossier.last, `seed ${seed}`).toBeGreaterThanOrEqual(dossier.first);
    }
  }
  expect(rounds).toBeGreaterThanOrEqual(roundsAtLeast);
});
