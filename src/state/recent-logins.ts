import { formatWords } from '../model/address.ts';
import type { Words } from '../model/address.ts';
import type { RecentLogin } from '../model/dossier.ts';
import { Flag, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';

/** Logins are rare beside probes; so many of the latest are enough for a day of a large site. */
const kept = 20_000;
const textLimit = 120;
const rawLimit = 256;

/**
 * The latest logins that succeeded, whoever's: a scanner hands what he found to a neighbour, who never scanned anything and
 * has no dossier. Bounded: the oldest goes.
 */
export class RecentLogins {
  readonly #ring: RecentLogin[] = [];
  #next = 0;

  /** A row of kind login whose status is 1. */
  add(batch: EventBatch, row: number): void {
    const text = (field: Parameters<EventBatch['text']>[1]): string =>
      batch.text(row, field).slice(0, textLimit);
    const source = wordsAt(batch, row, batch.source[row]);
    const login: RecentLogin = {
      time: batch.time[row],
      source,
      address: formatWords(...source),
      user: text(Text.user),
      service: text(Text.name),
      target:
        (batch.flags[row] & Flag.noTarget) === 0
          ? formatWords(...wordsAt(batch, row, batch.target[row]))
          : '',
      input: batch.input,
      line: batch.record[row],
      raw: batch.raw(row, rawLimit),
    };
    if (this.#ring.length < kept) this.#ring.push(login);
    else {
      this.#ring[this.#next] = login;
      this.#next = (this.#next + 1) % kept;
    }
  }

  /** Oldest first. */
  all(): RecentLogin[] {
    return this.#ring.toSorted((x, y) => x.time - y.time || (x.address < y.address ? -1 : 1));
  }
}

function wordsAt({ flags, wide }: EventBatch, row: number, address: number): Words {
  if ((flags[row] & Flag.v6) === 0) return [0, 0, 0xffff, address];
  return [wide[4 * address], wide[4 * address + 1], wide[4 * address + 2], wide[4 * address + 3]];
}
