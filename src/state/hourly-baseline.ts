import { upperTail } from './chance.ts';

/*
 * How many new sources an hour a service usually hears of: a week of hours per service, as counts. What is usual is a
 * negative binomial with the mean and the variance of those hours (a Poisson where they vary less than that): arrivals of
 * unrelated scanners clump.
 */

const hourLength = 3_600_000_000;
const week = 168;
/** Below a day of history nothing is usual. */
const hoursAtLeast = 24;
const servicesAtMost = 4096;

interface Service {
  /** Counts of the hours, by hour modulo a week. */
  readonly hours: Uint32Array;
  /** Hour of the latest count. */
  last: number;
}

export class HourlyBaseline {
  readonly #services = new Map<number, Service>();
  #begin = NaN;

  /** A source that is new to the service. */
  add(service: number, time: number): void {
    const hour = Math.floor(time / hourLength);
    if (Number.isNaN(this.#begin)) this.#begin = hour;
    let known = this.#services.get(service);
    if (!known) {
      if (this.#services.size >= servicesAtMost) return;
      known = { hours: new Uint32Array(week), last: hour };
      this.#services.set(service, known);
    }
    for (let next = Math.max(known.last + 1, hour - week + 1); next <= hour; next++)
      known.hours[next % week] = 0;
    known.last = Math.max(known.last, hour);
    known.hours[hour % week]++;
  }

  /** Mean and variance of the hours of a week before `time`'s hour; undefined with less than a day of history. */
  usual(service: number, time: number): { mean: number; variance: number; hours: number } | undefined {
    const hour = Math.floor(time / hourLength);
    const hours = Math.min(week - 1, hour - this.#begin);
    if (!(hours >= hoursAtLeast)) return undefined;
    const known = this.#services.get(service);
    let sum = 0;
    let squares = 0;
    for (let back = 1; back <= hours; back++) {
      const at = hour - back;
      const n = !known || at > known.last || at <= known.last - week ? 0 : known.hours[at % week];
      sum += n;
      squares += n * n;
    }
    const mean = sum / hours;
    return { mean, variance: squares / hours - mean * mean, hours };
  }

  /** Probability of at least `n` new sources in `time`'s hour, were it an hour like those before; undefined: not known. */
  chance(service: number, time: number, n: number): number | undefined {
    const usual = this.usual(service, time);
    if (!usual) return undefined;
    // One more than was seen: silence so far does not make the first arrival a wonder.
    const mean = usual.mean + 1 / usual.hours;
    return upperTail(n, mean, Math.max(usual.variance, mean));
  }
}
