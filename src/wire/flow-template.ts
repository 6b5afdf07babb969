/*
 * A template says which fields a record has, in which order and length. It is compiled once into a plan of
 * (slot, offset, length) triples that fill one array of values; fields that nobody reads cost nothing.
 *
 * Field numbers: https://www.iana.org/assignments/ipfix (NetFlow v9 shares the first 127; RFC 3954).
 */

/** Where a value goes. The first four are addresses (`FlowValues.address`), the rest index `FlowValues.number`. */
export const Slot = {
  source4: 0,
  target4: 1,
  source6: 2,
  target6: 3,
  protocol: 4,
  sourcePort: 5,
  targetPort: 6,
  tcpFlags: 7,
  packets: 8,
  bytes: 9,
  icmp: 10,
  icmpType: 11,
  icmpCode: 12,
  ipVersion: 13,
  startUptime: 14,
  endUptime: 15,
  startSeconds: 16,
  endSeconds: 17,
  startMilli: 18,
  endMilli: 19,
  startNtp: 20,
  endNtp: 21,
  startDelta: 22,
  endDelta: 23,
  durationMilli: 24,
  durationMicro: 25,
  observedSeconds: 26,
  observedMilli: 27,
  observedNtp: 28,
  bootMilli: 29,
  reversePackets: 30,
  reverseBytes: 31,
  reverseFlags: 32,
  biflowDirection: 33,
  firstFlags: 34,
  unionFlags: 35,
  reverseFirstFlags: 36,
  reverseUnionFlags: 37,
  firewallEvent: 38,
  forwarding: 39,
  natEvent: 40,
  fragmentOffset: 41,
  samplerId: 42,
  samplingInterval: 43,
  samplingSpace: 44,
  samplingSize: 45,
  samplingPopulation: 46,
  samplingRandomInterval: 47,
  samplingProbability: 48,
  activeTimeout: 49,
  initiatorBytes: 50,
  responderBytes: 51,
  initiatorPackets: 52,
  responderPackets: 53,
  outPackets: 54,
  outBytes: 55,
  extendedEvent: 56,
} as const;
export const slotCount = 57;

/** Information element → slot. Of two for one slot the one that the template names first is read. */
const elements = new Map<number, number>([
  [8, Slot.source4],
  [12, Slot.target4],
  [27, Slot.source6],
  [28, Slot.target6],
  [4, Slot.protocol],
  [7, Slot.sourcePort],
  [180, Slot.sourcePort],
  [182, Slot.sourcePort],
  [11, Slot.targetPort],
  [181, Slot.targetPort],
  [183, Slot.targetPort],
  [6, Slot.tcpFlags],
  [2, Slot.packets],
  [86, Slot.packets],
  [24, Slot.outPackets],
  [1, Slot.bytes],
  [85, Slot.bytes],
  [23, Slot.outBytes],
  [32, Slot.icmp],
  [139, Slot.icmp],
  [176, Slot.icmpType],
  [178, Slot.icmpType],
  [177, Slot.icmpCode],
  [179, Slot.icmpCode],
  [60, Slot.ipVersion],
  [22, Slot.startUptime],
  [21, Slot.endUptime],
  [150, Slot.startSeconds],
  [151, Slot.endSeconds],
  [152, Slot.startMilli],
  [153, Slot.endMilli],
  [154, Slot.startNtp],
  [155, Slot.endNtp],
  [156, Slot.startNtp],
  [157, Slot.endNtp],
  [158, Slot.startDelta],
  [159, Slot.endDelta],
  [161, Slot.durationMilli],
  [162, Slot.durationMicro],
  [322, Slot.observedSeconds],
  [323, Slot.observedMilli],
  [324, Slot.observedNtp],
  [325, Slot.observedNtp],
  [160, Slot.bootMilli],
  [239, Slot.biflowDirection],
  [231, Slot.initiatorBytes],
  [232, Slot.responderBytes],
  [298, Slot.initiatorPackets],
  [299, Slot.responderPackets],
  [233, Slot.firewallEvent],
  // The same before the numbers were assigned: ASA 8.4.
  [40_005, Slot.firewallEvent],
  [33_002, Slot.extendedEvent],
  [89, Slot.forwarding],
  [230, Slot.natEvent],
  [88, Slot.fragmentOffset],
  [48, Slot.samplerId],
  [302, Slot.samplerId],
  [34, Slot.samplingInterval],
  [305, Slot.samplingInterval],
  [306, Slot.samplingSpace],
  [309, Slot.samplingSize],
  [310, Slot.samplingPopulation],
  [50, Slot.samplingRandomInterval],
  [311, Slot.samplingProbability],
  [36, Slot.activeTimeout],
]);

/** RFC 5103: these of enterprise 29305 count the answering direction. */
const reversed = new Map<number, number>([
  [2, Slot.reversePackets],
  [86, Slot.reversePackets],
  [1, Slot.reverseBytes],
  [85, Slot.reverseBytes],
  [6, Slot.reverseFlags],
]);

/** CERT's YAF (enterprise 6871): the first packet's TCP flags and those of all later ones; with bit 14 of the reverse. */
const cert = new Map<number, number>([
  [14, Slot.firstFlags],
  [15, Slot.unionFlags],
  [16_398, Slot.reverseFirstFlags],
  [16_399, Slot.reverseUnionFlags],
]);

const reversePen = 29_305;
const certPen = 6871;
export const variableLength = 0xffff;
/** 1900 to 1970, the two epochs of NTP and Unix, in seconds. */
const ntpOffset = 2_208_988_800;

function slotOf(element: number, enterprise: number): number | undefined {
  if (enterprise === 0) return elements.get(element);
  if (enterprise === reversePen) return reversed.get(element);
  if (enterprise === certPen) return cert.get(element);
  return undefined;
}

/** Lengths that a slot can take: addresses are exact, numbers up to eight bytes. */
function fits(slot: number, length: number): boolean {
  if (length === variableLength) return false;
  if (slot === Slot.source4 || slot === Slot.target4) return length === 4;
  if (slot === Slot.source6 || slot === Slot.target6) return length === 16;
  if (slot === Slot.startNtp || slot === Slot.endNtp || slot === Slot.observedNtp) return length === 8;
  return length > 0 && length <= 8;
}

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
