import type { AddressBook, Crossing } from '../model/finding.ts';
import { serviceName } from '../model/service.ts';

export const crossingHeader = 'count,actor,key,window,time,max';

/** Every crossing of a run, for comparison with other engines: first time and highest value per (count, key, window). */
export class CrossingLog {
  readonly #known = new Map<string, Crossing[]>();

  add(crossing: Crossing): void {
    const name = `${crossing.count} ${crossing.actor} ${crossing.key} ${crossing.window}`;
    const known = this.#known.get(name);
    if (known) known.push(crossing);
    else this.#known.set(name, [crossing]);
  }

  /** CSV rows: count, actor, key, window (s), time (µs), max; in order of text, so that files can be compared. */
  rows(book: AddressBook): string[] {
    return [...this.#known.values()]
      .map((all) => {
        const max = Math.max(...all.map((crossing) => crossing.max));
        const [{ count, actor, window, time }] = all;
        return [count, book.text(actor), keyText(all[0], book), window, time, max].join(',');
      })
      .sort();
  }
}

/** The key besides the actor, as the count's name says what it is. */
function keyText({ count, key, keyText: text }: Crossing, book: AddressBook): string {
  if (text !== '') return JSON.stringify(text);
  if (count.endsWith('/vertical')) return book.text(key);
  return count.endsWith('/horizontal') ? serviceName(key) : '';
}
