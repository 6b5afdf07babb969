/*
 * The fields of flow records that are read, of NetFlow v9 and IPFIX.
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

export function slotOf(element: number, enterprise: number): number | undefined {
  if (enterprise === 0) return elements.get(element);
  if (enterprise === reversePen) return reversed.get(element);
  if (enterprise === certPen) return cert.get(element);
  return undefined;
}

/** Lengths that a slot can take: addresses are exact, numbers up to eight bytes. */
export function fits(slot: number, length: number): boolean {
  if (length === variableLength) return false;
  if (slot === Slot.source4 || slot === Slot.target4) return length === 4;
  if (slot === Slot.source6 || slot === Slot.target6) return length === 16;
  if (slot === Slot.startNtp || slot === Slot.endNtp || slot === Slot.observedNtp) return length === 8;
  return length > 0 && length <= 8;
}
