import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';

/*
 * Flow exports as a collector's capture shows them, 27 to 30 records a datagram, and the same flows as nfcapd writes them.
 * Times lie within the last minute before each export; a tenth is UDP; flags as scans and conversations leave them.
 */

type Kind = 'v5' | 'v9' | 'ipfix';

const exported = 1_767_323_045;
const flagsSeen = [0x02, 0x14, 0x1b, 0x1b, 0x12, 0x06];
const ports = [22, 80, 443, 53, 3389, 8080, 25, 445];

/** Element, length. */
const fields9: readonly (readonly [number, number])[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 4],
  [1, 4],
  [22, 4],
  [21, 4],
  [10, 2],
  [14, 2],
  [5, 1],
  [61, 1],
];
const fieldsIpfix: readonly (readonly [number, number])[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 8],
  [1, 8],
  [152, 8],
  [153, 8],
  [10, 4],
  [14, 4],
  [136, 1],
  [61, 1],
];
const width = (fields: readonly (readonly [number, number])[]): number =>
  fields.reduce((sum, [, length]) => sum + length, 0);
const recordLength = { v5: 48, v9: width(fields9), ipfix: width(fieldsIpfix) } as const;
const perDatagram = { v5: 30, v9: 30, ipfix: 27 } as const;

interface Flow {
  source: number;
  target: number;
  sourcePort: number;
  targetPort: number;
  proto: number;
  flags: number;
  packets: number;
  bytes: number;
  /** ms before the export. */
  age: number;
}

function nextFlow(random: Random, flow: Flow): void {
  flow.source = 0x0b00_0000 + random.below(200_000);
  flow.target = 0xc633_6400 + random.below(256);
  flow.sourcePort = 1024 + random.below(64_000);
  flow.targetPort = ports[random.below(ports.length)];
  flow.proto = random.below(10) === 0 ? 17 : 6;
  flow.flags = flow.proto === 6 ? flagsSeen[random.below(flagsSeen.length)] : 0;
  flow.packets = 1 + random.below(20);
  flow.bytes = flow.packets * (40 + random.below(1000));
  flow.age = random.below(60_000);
}

/** Ethernet, IPv4 and UDP in front of a message, as a record of a pcap file. */
function framed(message: Buffer, micros: number): string {
  const head = Buffer.alloc(16 + 42);
  head.writeUInt32LE(exported + Math.floor(micros / 1e6), 0);
  head.writeUInt32LE(micros % 1e6, 4);
  head.writeUInt32LE(42 + message.length, 8);
  head.writeUInt32LE(42 + message.length, 12);
  head.writeUInt16BE(0x0800, 28);
  head.writeUInt8(0x45, 30);
  head.writeUInt16BE(28 + message.length, 32);
  head.writeUInt8(64, 38);
  head.writeUInt8(17, 39);
  head.writeUInt32BE(0xc000_02fe, 42);
  head.writeUInt32BE(0xc000_0201, 46);
  head.writeUInt16BE(50_000, 50);
  head.writeUInt16BE(2055, 52);
  head.writeUInt16BE(8 + message.length, 54);
  return head.toString('latin1') + message.toString('latin1');
}

function templateMessage(kind: 'v9' | 'ipfix'): Buffer {
  const fields = kind === 'v9' ? fields9 : fieldsIpfix;
  const header = kind === 'v9' ? 20 : 16;
  const message = Buffer.alloc(header + 8 + 4 * fields.length);
  message.writeUInt16BE(kind === 'v9' ? 9 : 10, 0);
  message.writeUInt16BE(kind === 'v9' ? 1 : message.length, 2);
  message.writeUInt32BE(exported, kind === 'v9' ? 8 : 4);
  message.writeUInt16BE(kind === 'v9' ? 0 : 2, header);
  message.writeUInt16BE(message.length - header, header + 2);
  message.writeUInt16BE(256, header + 4);
  message.writeUInt16BE(fields.length, header + 6);
  for (const [i, [element, length]] of fields.entries()) {
    message.writeUInt16BE(element, header + 8 + 4 * i);
    message.writeUInt16BE(length, header + 10 + 4 * i);
  }
  return message;
}

const uptime = 500_000;

function putV5(to: Buffer, at: number, flow: Flow): void {
  to.writeUInt32BE(flow.source, at);
  to.writeUInt32BE(flow.target, at + 4);
  to.writeUInt32BE(flow.packets, at + 16);
  to.writeUInt32BE(flow.bytes, at + 20);
  to.writeUInt32BE(uptime - flow.age, at + 24);
  to.writeUInt32BE(uptime, at + 28);
  to.writeUInt16BE(flow.sourcePort, at + 32);
  to.writeUInt16BE(flow.targetPort, at + 34);
  to.writeUInt8(flow.flags, at + 37);
  to.writeUInt8(flow.proto, at + 38);
}

function putTemplated(to: Buffer, at: number, flow: Flow, kind: 'v9' | 'ipfix'): void {
  to.writeUInt32BE(flow.source, at);
  to.writeUInt32BE(flow.target, at + 4);
  to.writeUInt16BE(flow.sourcePort, at + 8);
  to.writeUInt16BE(flow.targetPort, at + 10);
  to.writeUInt8(flow.proto, at + 12);
  to.writeUInt8(flow.flags, at + 13);
  if (kind === 'v9') {
    to.writeUInt32BE(flow.packets, at + 14);
    to.writeUInt32BE(flow.bytes, at + 18);
    to.writeUInt32BE(uptime - flow.age, at + 22);
    to.writeUInt32BE(uptime, at + 26);
    return;
  }
  to.writeUInt32BE(flow.packets, at + 18);
  to.writeUInt32BE(flow.bytes, at + 26);
  to.writeBigUInt64BE(BigInt(exported * 1000 - flow.age), at + 30);
  to.writeBigUInt64BE(BigInt(exported * 1000), at + 38);
}

/** One data datagram of `count` records. `sequence`: flows before it; `number`: datagrams before it. */
function dataMessage(
  kind: Kind,
  random: Random,
  flow: Flow,
  count: number,
  sequence: number,
  number: number,
): Buffer {
  const length = recordLength[kind];
  const header = kind === 'v5' ? 24 : kind === 'v9' ? 24 : 20;
  const message = Buffer.alloc(header + length * count);
  message.writeUInt16BE(kind === 'v5' ? 5 : kind === 'v9' ? 9 : 10, 0);
  message.writeUInt16BE(kind === 'ipfix' ? message.length : count, 2);
  if (kind === 'ipfix') {
    message.writeUInt32BE(exported, 4);
    message.writeUInt32BE(sequence, 8);
  } else {
    message.writeUInt32BE(uptime, 4);
    message.writeUInt32BE(exported, 8);
    message.writeUInt32BE(kind === 'v5' ? sequence : number, kind === 'v5' ? 16 : 12);
  }
  if (kind !== 'v5') {
    message.writeUInt16BE(256, header - 4);
    message.writeUInt16BE(message.length - header + 4, header - 2);
  }
  for (let i = 0; i < count; i++) {
    nextFlow(random, flow);
    if (kind === 'v5') putV5(message, header + length * i, flow);
    else putTemplated(message, header + length * i, flow, kind);
  }
  return message;
}

const noFlow = (): Flow => ({
  source: 0,
  target: 0,
  sourcePort: 0,
  targetPort: 0,
  proto: 0,
  flags: 0,
  packets: 0,
  bytes: 0,
  age: 0,
});

/** A capture of one exporter's datagrams. */
export function flowGenerator(kind: Kind): Generator {
  return {
    name: `netflow-${kind}`,
    version: 1,
    suffix: 'pcap',
    write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
      const random = new Random(seed);
      const flow = noFlow();
      const head = Buffer.alloc(24);
      head.writeUInt32LE(0xa1b2_c3d4, 0);
      head.writeUInt16LE(2, 4);
      head.writeUInt16LE(4, 6);
      head.writeUInt32LE(262_144, 16);
      head.writeUInt32LE(1, 20);
      out.write(head.toString('latin1'));
      if (kind !== 'v5') out.write(framed(templateMessage(kind), 0));
      let number = kind === 'v9' ? 1 : 0;
      for (let done = 0; done < rows; number++) {
        const count = Math.min(perDatagram[kind], rows - done);
        out.write(framed(dataMessage(kind, random, flow, count, done, number), number * 10));
        done += count;
      }
      return [];
    },
  };
}

const nfRecord = 104;
const blockRows = 10_000;

/** The file that nfcapd 1.7 writes: four elements a flow, one megabyte a block. */
export const nfcapdGenerator: Generator = {
  name: 'nfcapd',
  version: 1,
  suffix: 'nfcapd',
  write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
    const random = new Random(seed);
    const flow = noFlow();
    const head = Buffer.alloc(40);
    head.writeUInt16LE(0xa50c, 0);
    head.writeUInt16LE(2, 2);
    head.writeUInt32LE(0x0107_0100, 4);
    head.writeUInt32LE(exported, 8);
    head.writeUInt32LE(2 << 20, 32);
    head.writeUInt32LE(Math.ceil(rows / blockRows), 36);
    out.write(head.toString('latin1'));
    for (let done = 0; done < rows; done += blockRows) {
      const count = Math.min(blockRows, rows - done);
      const block = Buffer.alloc(12 + nfRecord * count);
      block.writeUInt32LE(count, 0);
      block.writeUInt32LE(nfRecord * count, 4);
      block.writeUInt16LE(3, 8);
      for (let i = 0; i < count; i++) {
        nextFlow(random, flow);
        putNfcapd(block, 12 + nfRecord * i, flow);
      }
      out.write(block.toString('latin1'));
    }
    return [];
  },
};

function putNfcapd(to: Buffer, at: number, flow: Flow): void {
  to.writeUInt16LE(11, at);
  to.writeUInt16LE(nfRecord, at + 2);
  to.writeUInt16LE(4, at + 4);
  to.writeUInt16LE(1, at + 8);
  to.writeUInt8(9, at + 11);
  to.writeUInt16LE(2, at + 12);
  to.writeUInt16LE(12, at + 14);
  to.writeUInt32LE(flow.source, at + 16);
  to.writeUInt32LE(flow.target, at + 20);
  to.writeUInt16LE(1, at + 24);
  to.writeUInt16LE(52, at + 26);
  to.writeBigUInt64LE(BigInt(exported * 1000 - flow.age), at + 28);
  to.writeBigUInt64LE(BigInt(exported * 1000), at + 36);
  to.writeBigUInt64LE(BigInt(exported * 1000 + 50), at + 44);
  to.writeUInt32LE(flow.packets, at + 52);
  to.writeUInt32LE(flow.bytes, at + 60);
  to.writeUInt16LE(flow.sourcePort, at + 68);
  to.writeUInt16LE(flow.targetPort, at + 70);
  to.writeUInt8(flow.proto, at + 72);
  to.writeUInt8(flow.flags, at + 73);
  to.writeUInt16LE(4, at + 76);
  to.writeUInt16LE(20, at + 78);
  to.writeUInt16LE(12, at + 96);
  to.writeUInt16LE(8, at + 98);
  to.writeUInt32LE(0x7f00_0001, at + 100);
}
