import { formatIPv4, parseAddress } from '../model/address.ts';
import { Flag } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { numberIn } from '../state/row-columns.ts';

/** Columns of one word, where rules ask for a value and nothing near it: one look finds them. */
export const wordColumns = ['source-address', 'target-address', 'source-port', 'target-port'] as const;
export type WordColumn = (typeof wordColumns)[number];

/** Rules by the value of a column that they ask for. */
export class WordIndex {
  readonly place: number;
  readonly #column: WordColumn;
  readonly #rules = new Map<number, number[]>();
  /** Rules that ask for an IPv6 address: those are few, and compared as texts. */
  readonly #wide: number[] = [];

  /** @param place what the user of the index calls it by */
  constructor(place: number, column: WordColumn) {
    this.place = place;
    this.#column = column;
  }

  /** A rule that asks for the value that reads as this text; of a text that no value reads as it is never given. */
  add(text: string, rule: number): void {
    const isAddress = this.#column.endsWith('address');
    if (isAddress && text.includes(':')) {
      this.#wide.push(rule);
      return;
    }
    const word = isAddress ? parseAddress(text)?.[3] : Number(text);
    if (word === undefined || (isAddress ? formatIPv4(word) : String(word)) !== text) return;
    const known = this.#rules.get(word);
    if (known === undefined) this.#rules.set(word, [rule]);
    else known.push(rule);
  }

  /** The rules that ask for the row's value, or may. */
  of(batch: EventBatch, row: number): readonly number[] | undefined {
    const column = this.#column;
    if (column === 'source-port' || column === 'target-port')
      return this.#rules.get(numberIn(batch, row, column));
    if ((batch.flags[row] & Flag.v6) !== 0) return this.#wide;
    return this.#rules.get(column === 'source-address' ? batch.source[row] : batch.target[row]);
  }
}
