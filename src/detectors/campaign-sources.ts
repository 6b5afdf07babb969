import { Flag } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Statement, Teller } from '../model/detector.ts';
import type { AddressKey } from '../model/finding.ts';
import type { Context } from '../model/context.ts';
import { FewCells } from '../state/few-cells.ts';
import { mix4 } from '../state/hash.ts';

/** Targets and services that a source may have and still be a member. */
const cellsEach = 12;
const records = 1 << 16;
const networksNamed = 4096;
const sizesKept = 65_536;
/** Members of a campaign that are named. */
export const namedLimit = 1024;
/** Of so many members a record is shown. */
const evidenceEach = 8;
const none = -1;
/** In place of an outcome's bit: a firewall let it through. */
export const passedBit = 1 << 7;
/** Of a cell (last byte of the target · protocol · port): what says which service. */
export const serviceMask = 0xff_ffff;

/**
 * What failed, by source, network of its target and make of its packets: a few targets and services each. Records are
 * numbers; see {@link FewCells} for what they hold.
 */
export class Sources {
  readonly few = new FewCells(cellsEach, records);
  readonly #home: Context['home'];
  /** First 120 bits of IPv6 targets, by their hash. */
  readonly #networks = new Map<number, readonly number[]>();
  readonly #sizes = new Map<number, number>();

  constructor(home: Context['home']) {
    this.#home = home;
  }

  /** Notes a failed contact; the record in which its target and service are new, -1 when they are not or it went elsewhere. */
  note(batch: EventBatch, row: number, passed: boolean): number {
    let high = 0;
    let low = batch.source[row];
    let network = batch.target[row];
    let last = network & 255;
    if ((batch.flags[row] & Flag.v6) === 0) {
      if (!this.#home.has4(network)) return none;
      network = (network & 0xffff_ff00) >>> 0;
    } else {
      const { wide } = batch;
      const to = network * 4;
      if (!this.#home.has6(wide[to], wide[to + 1], wide[to + 2], wide[to + 3])) return none;
      high = wide[low * 4];
      low = wide[low * 4 + 1];
      last = wide[to + 3] & 255;
      network = this.#network6(wide, to);
    }
    const { few } = this;
    const cell = (last << 24) | (batch.proto[row] << 16) | batch.targetPort[row];
    const bits = passed ? passedBit : 1 << batch.outcome[row];
    const at = few.see(high, low, network, makeOf(batch, row), cell, bits, batch.time[row]);
    if (!few.fresh) return none;
    few.mark(at, batch.input, batch.record[row]);
    return at;
  }

  /** Whether the cell that was noted last is the record's only one of its service. */
  isNewService(at: number, service: number): boolean {
    const { few } = this;
    for (let i = few.count(at) - 2; i >= 0; i--)
      if ((few.cell(at, i) & serviceMask) === service) return false;
    return true;
  }

  /** Home addresses in the network; 0: too many to be a space that anyone covers. */
  sizeOf(network: number): number {
    if ((network & 255) !== 0) return 0;
    let size = this.#sizes.get(network);
    if (size === undefined) {
      size = 0;
      for (let i = 0; i < 256; i++) if (this.#home.has4(network + i)) size++;
      if (this.#sizes.size > sizesKept) this.#sizes.clear();
      this.#sizes.set(network, size);
    }
    return size;
  }

  /** The target of one of a record's cells as four words, if its network is still known by name. */
  target(at: number, cell: number): readonly number[] | undefined {
    const network = this.few.x(at);
    const last = cell >>> 24;
    if ((network & 255) === 0) return [0, 0, 0xffff, (network | last) >>> 0];
    const words = this.#networks.get(network);
    return words && [words[0], words[1], words[2], (words[3] | last) >>> 0];
  }

  /** A source, whatever its network and make. */
  nameOf(at: number): string {
    return `${this.few.high(at)} ${this.few.low(at)}`;
  }

  #network6(wide: Uint32Array, to: number): number {
    // Networks of IPv4 end in eight zero bits: this one never does.
    const hash = (mix4(wide[to], wide[to + 1], wide[to + 2], wide[to + 3] >>> 8) | 1) >>> 0;
    if (!this.#networks.has(hash) && this.#networks.size < networksNamed) {
      this.#networks.set(hash, [wide[to], wide[to + 1], wide[to + 2], wide[to + 3] & 0xffff_ff00]);
    }
    return hash;
  }
}

/** What packets of one tool share: window, whether SYNs carry options, the TTL they began with. 0: not logged. */
function makeOf(batch: EventBatch, row: number): number {
  const flags = batch.flags[row];
  if ((flags & Flag.header) === 0) return 0;
  const ttl = batch.ttl[row];
  const began = ttl === 0 ? 0 : ttl <= 64 ? 1 : ttl <= 128 ? 2 : 3;
  return 1 + (batch.window[row] | (began << 16) | ((flags & Flag.noOptions) === 0 ? 0 : 1 << 18));
}

/** The source of a record. */
export function sourceKey(few: FewCells, at: number, teller: Teller): AddressKey {
  const high = few.high(at);
  const low = few.low(at);
  // 0:0::/64 holds nobody's address: a source without a first word is IPv4.
  return high === 0 ? teller.source(0, 0, 0xffff, low) : teller.source(high, low, 0, 0);
}

/** The sources of so many records as a statement names. */
export function sourceKeys(few: FewCells, members: readonly number[], teller: Teller): AddressKey[] {
  return [...new Set(members.map((at) => sourceKey(few, at, teller)))].slice(0, namedLimit);
}

/** Names the record's source in the statement while there is room, and shows the records of its first members. */
export function nameMember(
  statement: Statement,
  few: FewCells,
  at: number,
  teller: Teller,
  nth: number,
): void {
  const { members } = statement;
  const key = sourceKey(few, at, teller);
  if (members.length < namedLimit && !members.includes(key)) members.push(key);
  if (nth <= evidenceEach) statement.evidence(few.input(at), few.line(at), few.first(at));
}

/** Whether no earlier cell of the record is the same under the mask. */
export function isFirst(few: FewCells, at: number, i: number, mask: number): boolean {
  const cell = few.cell(at, i) & mask;
  for (let j = 0; j < i; j++) if ((few.cell(at, j) & mask) === cell) return false;
  return true;
}

/** The strongest outcome of a record's bits. */
export const highest = (bits: number): number => 31 - Math.clz32((bits & (passedBit - 1)) | 1);
