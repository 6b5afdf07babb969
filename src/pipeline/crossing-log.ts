import { safeJson } from '../base/safe-text.ts';
import type { AddressBook, Crossing } from '../model/finding.ts';
import { serviceName } from '../model/service.ts';

export const crossingHeader = 'count,actor,key,window,time,max';

/** Every crossing of a run, for comparison with other engines: first time and highest value per (count, key, window). */
export class CrossingLog {
  /** By count, actor, key and window as text: an IPv6 address's slot may be another's by the end of the run. */
  readonly #known = new Map<string, Crossing[]>();

  add(crossing: Crossing, book: AddressBook): void {
    const { count, actor, window } = crossing;
    const name = [count, book.text(actor), keyText(crossing, book), window].join(',');
    const known = this.#known.get(name);
    if (known) known.push(crossing);
    else this.#known.set(name, [crossing]);
  }

  /** CSV rows: count, actor, key, window (s), time (µs), max; in order of text, so that files can be compared. */
  rows(): string[] {
    return [...this.#known]
      .map(([name, all]) => `${name},${all[0].time},${Math.max(...all.map(({ max }) => max))}`)
      .sort();
  }
}

/** The key besides the actor, as the count's name says what it is. */
function keyText({ count, key, keyText: text }: Crossing, book: AddressBook): string {
  if (text !== '') return safeJson(text);
  if (count.endsWith('/vertical')) return book.text(key);
  return count.endsWith('/horizontal') ? serviceName(key) : '';
}
