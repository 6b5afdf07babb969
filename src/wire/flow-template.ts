/*
 * A template says which fields a record has, in which order and length. It is compiled once into a plan of
 * (slot, offset, length) triples that fill one array of values; fields that nobody reads cost nothing.
 */

import { fits, Slot, slotCount, slotOf, variableLength } from './flow-fields.ts';

/** 1900 to 1970, the two epochs of NTP and Unix, in seconds. */
const ntpOffset = 2_208_988_800;

/** How a field is read: decided when the template is compiled. */
const Operation = {
  byte: 0,
  short: 1,
  word: 2,
  long: 3,
  address4: 4,
  address6: 5,
  ntp: 6,
  float: 7,
  odd: 8,
} as const;

function operationOf(slot: number, length: number): number {
  if (slot === Slot.source4 || slot === Slot.target4) return Operation.address4;
  if (slot === Slot.source6 || slot === Slot.target6) return Operation.address6;
  if (slot === Slot.startNtp || slot === Slot.endNtp || slot === Slot.observedNtp) return Operation.ntp;
  if (slot === Slot.samplingProbability && length === 8) return Operation.float;
  switch (length) {
    case 1:
      return Operation.byte;
    case 2:
      return Operation.short;
    case 4:
      return Operation.word;
    case 8:
      return Operation.long;
    default:
      return Operation.odd;
  }
}

/** Slots beyond what every flow has: records of templates without them take the short way. */
const rareSlots: readonly number[] = [
  Slot.icmpType,
  Slot.icmpCode,
  Slot.reversePackets,
  Slot.reverseBytes,
  Slot.reverseFlags,
  Slot.biflowDirection,
  Slot.firstFlags,
  Slot.reverseFirstFlags,
  Slot.firewallEvent,
  Slot.forwarding,
  Slot.natEvent,
  Slot.fragmentOffset,
  Slot.samplerId,
  Slot.samplingInterval,
  Slot.responderBytes,
  Slot.responderPackets,
];

/** The values of one record. Numbers not in the template read -1. */
export class FlowValues {
  readonly number = new Float64Array(slotCount);
  /** Words 0–3 source, 4–7 target, IPv4 mapped; then the same for IPv6 fields of a template that has both. */
  readonly address = new Uint32Array(16);

  clear(): void {
    this.number.fill(-1);
    this.address.fill(0);
    this.address[2] = 0xffff;
    this.address[6] = 0xffff;
  }
}

/**
 * Where a common flow record has its fields: offsets, -1 absent. Templates that say only who, where, when and how much,
 * in IPv4 and the usual lengths, are read by it, without the detour over {@link FlowValues}.
 */
export interface PlainPlan {
  readonly source: number;
  readonly target: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly targetPort: number;
  /** The low byte of the TCP flags. */
  readonly tcpFlags: number;
  readonly icmp: number;
  /** The last four bytes of the counters, and of their first four bytes where they have eight. */
  readonly packets: number;
  readonly packetsHigh: number;
  readonly bytes: number;
  readonly bytesHigh: number;
  /** Start and end: 32-bit uptimes, or 64-bit ms since 1970. */
  readonly uptimes: boolean;
  readonly start: number;
  readonly end: number;
}

/** Slots that a plain template may have, and the lengths of their fields. */
const plainLengths = new Map<number, readonly number[]>([
  [Slot.source4, [4]],
  [Slot.target4, [4]],
  [Slot.protocol, [1]],
  [Slot.sourcePort, [2]],
  [Slot.targetPort, [2]],
  [Slot.tcpFlags, [1, 2]],
  [Slot.icmp, [2]],
  [Slot.packets, [4, 8]],
  [Slot.bytes, [4, 8]],
  [Slot.startUptime, [4]],
  [Slot.endUptime, [4]],
  [Slot.startMilli, [8]],
  [Slot.endMilli, [8]],
  [Slot.ipVersion, [1]],
]);

/** `plan`: triples (slot, offset, length). */
function plainPlan(plan: readonly number[]): PlainPlan | undefined {
  const offsets = new Map<number, number>();
  const lengths = new Map<number, number>();
  for (let i = 0; i < plan.length; i += 3) {
    if (plainLengths.get(plan[i])?.includes(plan[i + 2]) !== true) return undefined;
    offsets.set(plan[i], plan[i + 1]);
    lengths.set(plan[i], plan[i + 2]);
  }
  const at = (slot: number): number => offsets.get(slot) ?? -1;
  const uptimes = at(Slot.startUptime) >= 0 && at(Slot.endUptime) >= 0;
  const milli = at(Slot.startMilli) >= 0 && at(Slot.endMilli) >= 0;
  if (at(Slot.source4) < 0 || at(Slot.target4) < 0 || at(Slot.protocol) < 0 || uptimes === milli)
    return undefined;
  if (!uptimes && (at(Slot.startUptime) >= 0 || at(Slot.endUptime) >= 0)) return undefined;
  if (uptimes && (at(Slot.startMilli) >= 0 || at(Slot.endMilli) >= 0)) return undefined;
  const low = (slot: number): number => (at(slot) < 0 ? -1 : at(slot) + (lengths.get(slot) ?? 0) - 4);
  const high = (slot: number): number => (lengths.get(slot) === 8 ? at(slot) : -1);
  return {
    source: at(Slot.source4),
    target: at(Slot.target4),
    protocol: at(Slot.protocol),
    sourcePort: at(Slot.sourcePort),
    targetPort: at(Slot.targetPort),
    tcpFlags: at(Slot.tcpFlags) < 0 ? -1 : at(Slot.tcpFlags) + (lengths.get(Slot.tcpFlags) ?? 1) - 1,
    icmp: at(Slot.icmp),
    packets: low(Slot.packets),
    packetsHigh: high(Slot.packets),
    bytes: low(Slot.bytes),
    bytesHigh: high(Slot.bytes),
    uptimes,
    start: uptimes ? at(Slot.startUptime) : at(Slot.startMilli),
    end: uptimes ? at(Slot.endUptime) : at(Slot.endMilli),
  };
}

export class FlowTemplate {
  readonly isOptions: boolean;
  /** Fields, as the budget counts them. */
  readonly fields: number;
  /** Bytes of a record; the least when `variable`. */
  readonly length: number;
  readonly variable: boolean;
  /** Both addresses of that family are in the record. */
  readonly has4: boolean;
  readonly has6: boolean;
  /** The record says more than who, where, when and how much: {@link rareSlots}. */
  readonly rare: boolean;
  /** The short way to read its records, if they are plain. */
  readonly plain: PlainPlan | undefined;
  /** Quadruples (operation, slot, offset, length) of a fixed template. */
  readonly #steps: Int32Array;
  /** Triples (slot or -1, 0, length) of every field of a variable one. */
  readonly #plan: Int32Array;
  readonly #slots: Uint8Array = new Uint8Array(slotCount);

  /** `fields`: triples (element, length, enterprise). */
  constructor(fields: readonly number[], isOptions: boolean) {
    this.isOptions = isOptions;
    this.fields = fields.length / 3;
    const plan: number[] = [];
    let offset = 0;
    let variable = false;
    for (let i = 0; i < fields.length; i += 3) if (fields[i + 1] === variableLength) variable = true;
    for (let i = 0; i < fields.length; i += 3) {
      const length = fields[i + 1];
      const slot = slotOf(fields[i], fields[i + 2]);
      const wanted = slot !== undefined && this.#slots[slot] === 0 && fits(slot, length);
      if (wanted) this.#slots[slot] = 1;
      if (variable) plan.push(wanted ? slot : -1, 0, length);
      else if (wanted) plan.push(slot, offset, length);
      offset += length === variableLength ? 1 : length;
    }
    this.length = offset;
    this.variable = variable;
    this.#plan = Int32Array.from(plan);
    const steps: number[] = [];
    if (!variable)
      for (let i = 0; i < plan.length; i += 3)
        steps.push(operationOf(plan[i], plan[i + 2]), plan[i], plan[i + 1], plan[i + 2]);
    this.#steps = Int32Array.from(steps);
    this.has4 = this.has(Slot.source4) && this.has(Slot.target4);
    this.has6 = this.has(Slot.source6) && this.has(Slot.target6);
    this.rare = rareSlots.some((slot) => this.has(slot));
    this.plain = isOptions || variable ? undefined : plainPlan(plan);
  }

  has(slot: number): boolean {
    return this.#slots[slot] === 1;
  }

  /**
   * Reads the record at `at` into `values`; returns where the next one begins, -1 when it does not fit before `end`.
   * Call `values.clear()` once before the first record of a set.
   */
  read(bytes: Uint8Array, at: number, end: number, values: FlowValues): number {
    if (end - at < this.length) return -1;
    if (this.variable) return this.#readVariable(bytes, at, end, values);
    const steps = this.#steps;
    const { number, address } = values;
    for (let i = 0; i < steps.length; i += 4) {
      const slot = steps[i + 1];
      const from = at + steps[i + 2];
      switch (steps[i]) {
        case Operation.byte:
          number[slot] = bytes[from];
          break;
        case Operation.short:
          number[slot] = (bytes[from] << 8) | bytes[from + 1];
          break;
        case Operation.word:
          number[slot] = word(bytes, from);
          break;
        case Operation.long:
          number[slot] = word(bytes, from) * 4_294_967_296 + word(bytes, from + 4);
          break;
        case Operation.address4:
          address[slot === Slot.source4 ? 3 : 7] = word(bytes, from);
          break;
        default:
          readField(bytes, from, steps[i + 3], slot, values);
      }
    }
    return at + this.length;
  }

  #readVariable(bytes: Uint8Array, start: number, end: number, values: FlowValues): number {
    const plan = this.#plan;
    let at = start;
    for (let i = 0; i < plan.length; i += 3) {
      let length = plan[i + 2];
      if (length === variableLength) {
        if (at >= end) return -1;
        length = bytes[at++];
        if (length === 255) {
          if (end - at < 2) return -1;
          length = (bytes[at] << 8) | bytes[at + 1];
          at += 2;
        }
      }
      if (length > end - at) return -1;
      if (plan[i] >= 0) readField(bytes, at, length, plan[i], values);
      at += length;
    }
    return at;
  }
}

function readField(bytes: Uint8Array, at: number, length: number, slot: number, values: FlowValues): void {
  const { number, address } = values;
  switch (operationOf(slot, length)) {
    case Operation.byte:
      number[slot] = bytes[at];
      return;
    case Operation.short:
      number[slot] = (bytes[at] << 8) | bytes[at + 1];
      return;
    case Operation.word:
      number[slot] = word(bytes, at);
      return;
    case Operation.long:
      number[slot] = word(bytes, at) * 4_294_967_296 + word(bytes, at + 4);
      return;
    case Operation.address4:
      address[slot === Slot.source4 ? 3 : 7] = word(bytes, at);
      return;
    case Operation.address6: {
      const to = slot === Slot.source6 ? 8 : 12;
      for (let i = 0; i < 4; i++) address[to + i] = word(bytes, at + 4 * i);
      return;
    }
    case Operation.ntp:
      number[slot] = ntpMicros(word(bytes, at), word(bytes, at + 4));
      return;
    case Operation.float:
      number[slot] = float64(bytes, at);
      return;
    default: {
      let value = 0;
      for (let i = 0; i < length; i++) value = value * 256 + bytes[at + i];
      number[slot] = value;
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** RFC 7011, 6.1.9: NTP time stamps; those before 1968 are of the era that began in 2036. */
function ntpMicros(seconds: number, fraction: number): number {
  const era = seconds < 0x8000_0000 ? seconds + 4_294_967_296 : seconds;
  return (era - ntpOffset) * 1_000_000 + Math.round((fraction * 1_000_000) / 4_294_967_296);
}

function float64(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0);
}
