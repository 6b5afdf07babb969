import { Flag, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { FindingDraft, SelectedRow } from '../model/detector.ts';

import { LimitedMap } from '../state/limited-map.ts';
/*
 * The probes of Nmap's OS detection that stand out in a header ("TCP/IP Fingerprinting Methods Supported by Nmap", Nmap
 * Network Scanning, chapter 8): windows and flags that no stack combines.
 */

const tcpBits = Flag.fin | Flag.syn | Flag.rst | Flag.psh | Flag.ack | Flag.urg;
const allBits = tcpBits | Flag.ece | Flag.cwr;

const names = ['ECN', 'T2', 'T3', 'T7', 'U1', 'IE'] as const;

/** Bit of the probe that the row looks like; 0: none. */
export function osProbeOf(batch: EventBatch, row: number): number {
  const flags = batch.flags[row];
  switch (batch.proto[row]) {
    case Proto.tcp: {
      if ((flags & Flag.tcpFlags) === 0) return 0;
      const window = batch.window[row];
      switch (flags & allBits) {
        case Flag.syn | Flag.ece | Flag.cwr:
          return window === 3 ? 1 : 0;
        case 0:
          return window === 128 ? 2 : 0;
        case Flag.syn | Flag.fin | Flag.psh | Flag.urg:
          return window === 256 ? 4 : 0;
        case Flag.fin | Flag.psh | Flag.urg:
          return window === 65_535 ? 8 : 0;
        default:
          return 0;
      }
    }
    case Proto.udp:
      return batch.ipId[row] === 0x1042 ? 16 : 0;
    case Proto.icmp:
      // An echo request has code 0; only this one asks with code 9.
      return batch.targetPort[row] === 8 * 256 + 9 ? 32 : 0;
    default:
      return 0;
  }
}

const together = 60_000_000;
const kept = 4096;

/** Which probes each actor sent to a target lately; the oldest pairs are forgotten. */
export class OsProbes {
  readonly #seen = new LimitedMap<string, { bits: number; last: number; told: boolean }>(kept);
  readonly #atLeast: number;

  constructor(atLeast: number) {
    this.#atLeast = atLeast;
  }

  see({ batch, row, actor, time }: SelectedRow): FindingDraft | undefined {
    const v6 = (batch.flags[row] & Flag.v6) !== 0;
    const at = batch.target[row];
    const target = v6 ? Array.from(batch.wide.subarray(at * 4, at * 4 + 4)).join(':') : String(at);
    const key = `${actor} ${target}`;
    let known = this.#seen.get(key);
    if (!known || time - known.last > together) {
      known = { bits: 0, last: time, told: false };
      this.#seen.set(key, known);
    }
    known.bits |= osProbeOf(batch, row);
    known.last = time;
    const probes = names.filter((_, i) => (known.bits & (1 << i)) !== 0);
    if (known.told || probes.length < this.#atLeast) return undefined;
    known.told = true;
    return {
      kind: 'os-fingerprint',
      reasons: [
        `sent ${this.#atLeast} or more of the probes by which Nmap tells operating systems to one host within a minute ` +
          `(threshold ${this.#atLeast} different ones)`,
      ],
      traits: ['packets: Nmap OS detection'],
    };
  }
}
