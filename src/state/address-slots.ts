import { formatWords } from '../model/address.ts';
import type { Words } from '../model/address.ts';
import type { AddressBook, AddressKey } from '../model/finding.ts';
import { mix4 } from './hash.ts';

const none = -1;
/** Keys from here on are slots; below, IPv4 addresses. */
export const slotBase = 0x1_0000_0000;
const prefixFlag = 1;

/**
 * IPv6 addresses and /64 prefixes as small numbers, so that one key column serves both families. Slots that no state
 * refers to any more are found by marking ({@link sweep}) and used again.
 */
export class AddressSlots implements AddressBook {
  #words = new Uint32Array(4 * 256);
  #flags = new Uint8Array(256);
  #next = new Int32Array(256);
  #heads = new Int32Array(512).fill(none);
  #top = 0;
  #free = none;
  #used = 0;

  get size(): number {
    return this.#used;
  }

  get bytes(): number {
    return this.#words.byteLength + this.#flags.byteLength + this.#next.byteLength + this.#heads.byteLength;
  }

  address(a: number, b: number, c: number, d: number): number {
    return this.#slot(a, b, c, d, 0);
  }

  /** The /64 of an address. */
  prefix(a: number, b: number): number {
    return this.#slot(a, b, 0, 0, prefixFlag);
  }

  #slot(a: number, b: number, c: number, d: number, flag: number): number {
    const hash = mix4(a, b, c ^ flag, d);
    const w = this.#words;
    let at = this.#heads[hash & (this.#heads.length - 1)];
    while (at !== none) {
      const i = at * 4;
      if (w[i] === a && w[i + 1] === b && w[i + 2] === c && w[i + 3] === d && this.#flags[at] === flag)
        return at;
      at = this.#next[at];
    }
    return this.#add(a, b, c, d, flag, hash);
  }

  #add(a: number, b: number, c: number, d: number, flag: number, hash: number): number {
    let at = this.#free;
    if (at !== none) this.#free = this.#next[at];
    else {
      at = this.#top++;
      if (this.#top > this.#flags.length) this.#grow();
    }
    this.#used++;
    this.#words.set([a, b, c, d], at * 4);
    this.#flags[at] = flag;
    const spot = hash & (this.#heads.length - 1);
    this.#next[at] = this.#heads[spot];
    this.#heads[spot] = at;
    return at;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    const flags = new Uint8Array(this.#flags.length * 2);
    flags.set(this.#flags);
    this.#flags = flags;
    const next = new Int32Array(this.#next.length * 2);
    next.set(this.#next);
    this.#next = next;
    const live: number[] = [];
    for (const head of this.#heads) for (let at = head; at !== none; at = next[at]) live.push(at);
    this.#heads = new Int32Array(this.#heads.length * 2).fill(none);
    for (const at of live) {
      const i = at * 4;
      const spot =
        mix4(words[i], words[i + 1], words[i + 2] ^ flags[at], words[i + 3]) & (this.#heads.length - 1);
      next[at] = this.#heads[spot];
      this.#heads[spot] = at;
    }
  }

  /** Frees the slots that `mark` is not called with; returns how many. Every holder of slots must mark its own. */
  sweep(markAll: (mark: (slot: number) => void) => void): number {
    const live = new Uint8Array(this.#top);
    markAll((slot) => {
      live[slot] = 1;
    });
    let freed = 0;
    for (let spot = 0; spot < this.#heads.length; spot++) {
      let before = none;
      let at = this.#heads[spot];
      while (at !== none) {
        const next = this.#next[at];
        if (live[at] === 1) before = at;
        else {
          if (before === none) this.#heads[spot] = next;
          else this.#next[before] = next;
          this.#next[at] = this.#free;
          this.#free = at;
          freed++;
        }
        at = next;
      }
    }
    this.#used -= freed;
    return freed;
  }

  words(key: AddressKey): Words {
    if (key < slotBase) return [0, 0, 0xffff, key];
    const i = (key - slotBase) * 4;
    return [this.#words[i], this.#words[i + 1], this.#words[i + 2], this.#words[i + 3]];
  }

  text(key: AddressKey): string {
    const prefix = key >= slotBase && this.#flags[key - slotBase] === prefixFlag;
    return `${formatWords(...this.words(key))}${prefix ? '/64' : ''}`;
  }
}
