import type { Cidr } from '../model/address.ts';

/** An entry as a list wrote it. */
export interface RangeFound {
  readonly text: string;
  /** µs, NaN: not said. */
  readonly date: number;
  /** µs: does not hold afterwards; NaN: for good. */
  readonly until: number;
  readonly label: string;
}

export interface RangeItem {
  readonly block: Cidr;
  readonly date: number;
  readonly until: number;
  readonly label: string;
}
