import { FirstAnswers } from './first-answers.ts';
import { mix4 } from './hash.ts';

/*
 * Which services are popular: answered to at least 20 other sources in the 24 hours before. Per service the 21 sources
 * seen last, with the hour of each: of 21 within the day, 20 are others whoever asks; of exactly 20, it depends on whether
 * the one who asks is among them. What is asked at hour h rests on the hours before h alone, so the order within an
 * hour, and which worker sees what, change nothing.
 *
 *   record  target · service · hash link · hour judged · verdict · n · 21 × (source, hour) · 20 × source as judged
 */

const headWords = 6;
const TARGET = 0;
const SERVICE = 1;
const HASH = 2;
const JUDGED = 3;
const POPULAR = 4;
const COUNT = 5;
const none = -1;
const hour = 3_600_000_000;
const day = 24;

/** Public services that stand in while there is no day of history: HTTP(S), DNS, mail, NTP, QUIC. */
export const publicPorts: ReadonlySet<number> = new Set([
  ...[25, 53, 80, 110, 143, 443, 465, 587, 853, 993, 995, 8080, 8443].map((port) => (6 << 16) | port),
  ...[53, 123, 443].map((port) => (17 << 16) | port),
]);

const no = 0;
const yes = 1;
const unlessOneOfThem = 2;

export class Popularity {
  readonly #others: number;
  readonly #kept: number;
  readonly #words: number;
  #records: Int32Array<ArrayBuffer>;
  #heads = new Int32Array(512).fill(none);
  #count = 0;
  readonly #limit: number;
  readonly #publicBits = new Uint8Array(1 << 21);
  #firstHour = NaN;
  #lastAnswered = NaN;
  #previousAnswered = NaN;
  /** Services that could not be remembered any more. */
  overflow = 0;
  readonly firstAnswers = new FirstAnswers();

  /** `others`: sources besides the one who asks; `limit`: services remembered at most (272 bytes each). */
  constructor(others = 20, limit = 131_072) {
    this.#others = others;
    this.#kept = others + 1;
    this.#words = headWords + 2 * this.#kept + others;
    this.#records = new Int32Array(this.#words * 256);
    this.#limit = limit;
    for (const service of publicPorts) this.#publicBits[service >>> 3] |= 1 << (service & 7);
  }

  get bytes(): number {
    return (
      this.#records.byteLength +
      this.#heads.byteLength +
      this.#publicBits.byteLength +
      this.firstAnswers.bytes
    );
  }

  /** Tells the clock to whoever asks before any contact: `time` µs. */
  begin(time: number): void {
    if (Number.isNaN(this.#firstHour)) this.#firstHour = Math.floor(time / hour);
  }

  /**
   * Whether the service is popular at `time`, and (when `answered`) notes that it answered `source`. `target` 0 with
   * `family` 2 stands for any target (outbound contacts). `source`, `target`: any 32-bit identity.
   */
  see(
    target: number,
    family: number,
    service: number,
    source: number,
    answered: boolean,
    time: number,
  ): boolean {
    const now = Math.floor(time / hour);
    if (answered && now !== this.#lastAnswered) {
      this.#previousAnswered = this.#lastAnswered;
      this.#lastAnswered = now;
    }
    const before = this.#count;
    const at = this.#find(target, family, service, answered);
    if (this.#count !== before && family !== 2) this.firstAnswers.add(target, family, source, time);
    if (at !== none) {
      const records = this.#records;
      const base = at * this.#words;
      if (records[base + JUDGED] !== now) this.#judge(base, now);
      const verdict = records[base + POPULAR];
      const popular = verdict === yes || (verdict === unlessOneOfThem && !this.#isOneOfThem(base, source));
      if (answered) this.#remember(base, source, now);
      if (popular) return true;
    }
    return this.#standIn(service, now);
  }

  /** Without a day of history, or where no sensor logs successes, the list of public services stands in. */
  #standIn(service: number, now: number): boolean {
    if ((this.#publicBits[service >>> 3] & (1 << (service & 7))) === 0) return false;
    if (now - this.#firstHour < day) return true;
    const answered = this.#lastAnswered === now ? this.#previousAnswered : this.#lastAnswered;
    return !(now - answered <= day);
  }

  #judge(base: number, now: number): void {
    const records = this.#records;
    let live = 0;
    for (let i = 0; i < records[base + COUNT]; i++) {
      const seen = records[base + headWords + 2 * i + 1];
      if (seen >= now - day && seen < now) live++;
    }
    records[base + JUDGED] = now;
    records[base + POPULAR] = live > this.#others ? yes : live === this.#others ? unlessOneOfThem : no;
    if (live !== this.#others) return;
    // The list changes within the hour; who was on it when the hour began does not.
    let to = base + headWords + 2 * this.#kept;
    for (let i = 0; i < records[base + COUNT]; i++) {
      const at = base + headWords + 2 * i;
      if (records[at + 1] >= now - day && records[at + 1] < now) records[to++] = records[at];
    }
  }

  #isOneOfThem(base: number, source: number): boolean {
    const first = base + headWords + 2 * this.#kept;
    for (let i = 0; i < this.#others; i++) if (this.#records[first + i] === (source | 0)) return true;
    return false;
  }

  #remember(base: number, source: number, now: number): void {
    const records = this.#records;
    const kept = this.#kept;
    const n = records[base + COUNT];
    // The sources stand in the order of their last hour, newest first, so a service that has had 21 of them in this hour
    // is done at the first look.
    const first = base + headWords;
    if (n === kept && records[first + 2 * (kept - 1) + 1] === now) return;
    let i = 0;
    while (i < n && records[first + 2 * i] !== (source | 0)) i++;
    if (i < n && records[first + 2 * i + 1] === now) return;
    if (i === n) {
      if (n < kept) records[base + COUNT] = n + 1;
      else i = kept - 1;
    }
    for (; i > 0; i--) {
      records[first + 2 * i] = records[first + 2 * i - 2];
      records[first + 2 * i + 1] = records[first + 2 * i - 1];
    }
    records[first] = source;
    records[first + 1] = now;
  }

  #find(target: number, family: number, service: number, add: boolean): number {
    const key = service | (family << 24);
    const hash = mix4(target, key, 2, 0);
    const records = this.#records;
    const words = this.#words;
    let at = this.#heads[hash & (this.#heads.length - 1)];
    while (at !== none) {
      const base = at * words;
      if (records[base + TARGET] === (target | 0) && records[base + SERVICE] === key) return at;
      at = records[base + HASH];
    }
    if (!add) return none;
    if (this.#count >= this.#limit) {
      this.overflow++;
      this.firstAnswers.lost();
      return none;
    }
    return this.#add(target, key, hash);
  }

  #add(target: number, key: number, hash: number): number {
    const words = this.#words;
    const at = this.#count++;
    if (this.#count * words > this.#records.length) {
      const grown = new Int32Array(this.#records.length * 2);
      grown.set(this.#records);
      this.#records = grown;
    }
    if (this.#count > this.#heads.length) this.#rehash();
    const records = this.#records;
    const base = at * words;
    records[base + TARGET] = target;
    records[base + SERVICE] = key;
    records[base + JUDGED] = none;
    const spot = hash & (this.#heads.length - 1);
    records[base + HASH] = this.#heads[spot];
    this.#heads[spot] = at;
    return at;
  }

  #rehash(): void {
    const heads = new Int32Array(this.#heads.length * 2).fill(none);
    const records = this.#records;
    const words = this.#words;
    for (let at = 0; at < this.#count - 1; at++) {
      const base = at * words;
      const spot = mix4(records[base + TARGET], records[base + SERVICE], 2, 0) & (heads.length - 1);
      records[base + HASH] = heads[spot];
      heads[spot] = at;
    }
    this.#heads = heads;
  }
}
