import { packTouch, targetLimit, touchKey, unpackTouch } from '../model/dossier.ts';
import type { Dossier, Page } from '../model/dossier.ts';
import type { AddressKey } from '../model/finding.ts';

/** Contacts, pages and names of one dossier at most: as long as all together are few, then when they are many. */
const touchLimit = 131_072;
const pageLimit = 20_000;
const nameLimit = 20_000;
const crowded: readonly { readonly held: number; readonly each: number }[] = [
  { held: 2_000_000, each: 256 },
  { held: 1_000_000, each: 4096 },
];
const pathLimit = 512;
/** `status` of a query whose answer was not seen. */
const noAnswer = 255;

const pageKey = (host: string, path: string): string => `${host}\n${path.slice(0, pathLimit)}`;
export const sizeOf = ({ touches, pages, names }: Dossier): number => touches.size + pages.size + names.size;

/** What dossiers hold of contacts, pages and names, and how much of it all of them may hold together. */
export class DossierContents {
  /** Where each target stands among a dossier's. */
  readonly #indexes = new WeakMap<Dossier, Map<AddressKey, number>>();
  /** Contacts, pages and names in all dossiers. */
  #held = 0;

  /** The dossier is gone: others may hold as much. */
  forget(dossier: Dossier): void {
    this.#held -= sizeOf(dossier);
  }

  /** Where the target stands among the dossier's; undefined: it is none of them. */
  indexOf(dossier: Dossier, target: AddressKey): number | undefined {
    return this.#indexes.get(dossier)?.get(target);
  }

  pageOf(dossier: Dossier, host: string, path: string): Page | undefined {
    return dossier.pages.get(pageKey(host, path));
  }

  /** `again`: what it counts for when it is known already. Whether it was new. */
  touch(
    dossier: Dossier,
    target: AddressKey,
    service: number,
    outcome: number,
    popular: boolean,
    again = 1,
  ): boolean {
    const indexes = this.#indexesOf(dossier);
    let index = indexes.get(target);
    if (index === undefined) {
      if (dossier.targets.length >= targetLimit || dossier.touches.size >= this.#allowed(touchLimit)) {
        dossier.touchesDropped++;
        return false;
      }
      index = dossier.targets.push(target) - 1;
      indexes.set(target, index);
    }
    const key = touchKey(index, service);
    const packed = dossier.touches.get(key);
    if (packed === undefined) {
      if (dossier.touches.size >= this.#allowed(touchLimit)) dossier.touchesDropped++;
      else {
        dossier.touches.set(key, packTouch({ outcome, popular, count: 1 }));
        this.#held++;
      }
      return true;
    }
    const known = unpackTouch(packed);
    dossier.touches.set(
      key,
      packTouch({
        outcome: Math.max(outcome, known.outcome),
        popular: popular || known.popular,
        count: known.count + again,
      }),
    );
    return false;
  }

  /** As {@link touch}. */
  page(
    dossier: Dossier,
    host: string,
    path: string,
    status: number,
    size: number,
    time: number,
    again = 1,
  ): boolean {
    const key = pageKey(host, path);
    const page = dossier.pages.get(key);
    if (page) {
      page.count += again;
      // What was once served counts as served.
      if (page.status < 200 || page.status > 299) {
        page.status = status;
        page.size = size;
      }
      return false;
    }
    if (dossier.pages.size >= this.#allowed(pageLimit)) dossier.pagesDropped++;
    else {
      dossier.pages.set(key, { status, count: 1, first: time, size });
      this.#held++;
    }
    return true;
  }

  name(dossier: Dossier, name: string, type: number, rcode: number, time: number): void {
    const known = dossier.names.get(name);
    if (known) {
      known.count++;
      // The answer may be a row of its own, behind the question's.
      if (known.rcode === noAnswer) known.rcode = rcode;
    } else if (dossier.names.size >= this.#allowed(nameLimit)) dossier.namesDropped++;
    else {
      dossier.names.set(name, { type, rcode, count: 1, first: time });
      this.#held++;
    }
  }

  /** How many of its kind a dossier may hold. */
  #allowed(limit: number): number {
    for (const { held, each } of crowded) if (this.#held >= held) return Math.min(each, limit);
    return limit;
  }

  #indexesOf(dossier: Dossier): Map<AddressKey, number> {
    let indexes = this.#indexes.get(dossier);
    if (!indexes) this.#indexes.set(dossier, (indexes = new Map()));
    return indexes;
  }
}
