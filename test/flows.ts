import { parseAddress } from '../src/model/address.ts';
import { bytesOf, ethernet, ip, pcapFile, u16, u32, udp } from './packets.ts';
import type { Frame } from './packets.ts';

/* Builders of flow datagrams for tests. */

type Piece = number | string | Uint8Array | readonly number[];

export const u64 = (value: number): number[] => [
  ...u32(Math.floor(value / 4_294_967_296)),
  ...u32(value % 4_294_967_296),
];

/** The address as 4 or 16 bytes. */
export function address(text: string): number[] {
  const words = parseAddress(text)!;
  return text.includes(':') ? words.flatMap(u32) : u32(words[3]);
}

/** ms since 1970 of the tests' export time, 2026-01-02T03:04:05Z. */
export const exported = 1_767_323_045_000;

interface V5Flow {
  readonly from: string;
  readonly to: string;
  readonly ports?: readonly [number, number];
  readonly proto?: number;
  readonly flags?: number;
  readonly packets?: number;
  readonly bytes?: number;
  /** ms of uptime. */
  readonly first: number;
  readonly last?: number;
}

interface V5Header {
  readonly uptime: number;
  readonly sequence?: number;
  readonly engine?: number;
  readonly sampling?: number;
  /** Says another count than the true one. */
  readonly count?: number;
  readonly nanos?: number;
}

export function v5(header: V5Header, flows: readonly V5Flow[]): Uint8Array {
  return bytesOf(
    u16(5),
    u16(header.count ?? flows.length),
    u32(header.uptime),
    u32(exported / 1000),
    u32(header.nanos ?? 0),
    u32(header.sequence ?? 0),
    u16(header.engine ?? 0),
    u16(header.sampling ?? 0),
    ...flows.map((flow) =>
      bytesOf(
        address(flow.from),
        address(flow.to),
        u32(0),
        u16(1),
        u16(2),
        u32(flow.packets ?? 1),
        u32(flow.bytes ?? 44),
        u32(flow.first),
        u32(flow.last ?? flow.first),
        u16(flow.ports?.[0] ?? 0),
        u16(flow.ports?.[1] ?? 0),
        0,
        flow.flags ?? 0,
        flow.proto ?? 6,
        0,
        u32(0),
        u16(0),
        u16(0),
      ),
    ),
  );
}

interface MessageHeader {
  readonly sequence?: number;
  /** Source id of v9, observation domain of IPFIX. */
  readonly domain?: number;
  readonly uptime?: number;
  /** ms since 1970. */
  readonly at?: number;
  /** Says another length (IPFIX) or count (v9) than the true one. */
  readonly length?: number;
}

export function v9(header: MessageHeader, ...sets: readonly Uint8Array[]): Uint8Array {
  return bytesOf(
    u16(9),
    u16(header.length ?? sets.length),
    u32(header.uptime ?? 0),
    u32((header.at ?? exported) / 1000),
    u32(header.sequence ?? 0),
    u32(header.domain ?? 0),
    ...sets,
  );
}

export function ipfix(header: MessageHeader, ...sets: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf(...sets);
  return bytesOf(
    u16(10),
    u16(header.length ?? 16 + body.length),
    u32((header.at ?? exported) / 1000),
    u32(header.sequence ?? 0),
    u32(header.domain ?? 0),
    body,
  );
}

/** A set: id, length, content, padded to four bytes. */
export function set(id: number, ...content: readonly Piece[]): Uint8Array {
  const body = bytesOf(...content);
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  return bytesOf(u16(id), u16(4 + body.length + padding.length), body, padding);
}

/** Element, length and, where it is not IANA's, enterprise number. */
export type Field = readonly [element: number, length: number, enterprise?: number];

const fieldBytes = ([element, length, enterprise]: Field): number[] =>
  enterprise === undefined
    ? [...u16(element), ...u16(length)]
    : [...u16(element | 0x8000), ...u16(length), ...u32(enterprise)];

/** One template record, to be put into a template set (v9 id 0, IPFIX id 2). */
export const template = (id: number, fields: readonly Field[]): number[] => [
  ...u16(id),
  ...u16(fields.length),
  ...fields.flatMap(fieldBytes),
];

/** IPFIX options template record (set 3): the first `scopes` fields are the scope. */
export const optionsTemplate = (id: number, scopes: number, fields: readonly Field[]): number[] => [
  ...u16(id),
  ...u16(fields.length),
  ...u16(scopes),
  ...fields.flatMap(fieldBytes),
];

/** v9 options template record (set 1). */
export const optionsTemplate9 = (
  id: number,
  scopes: readonly Field[],
  options: readonly Field[],
): number[] => [
  ...u16(id),
  ...u16(scopes.length * 4),
  ...u16(options.length * 4),
  ...[...scopes, ...options].flatMap(fieldBytes),
];

/** Addresses, ports, protocol, flags, packets, bytes, first, last: what every v9 exporter writes. */
export const commonFields: readonly Field[] = [
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
];

interface CommonFlow {
  readonly from: string;
  readonly to: string;
  readonly ports?: readonly [number, number];
  readonly proto?: number;
  readonly flags?: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly first: number;
  readonly last?: number;
}

/** A record of {@link commonFields}. */
export const commonRecord = (flow: CommonFlow): number[] => [
  ...address(flow.from),
  ...address(flow.to),
  ...u16(flow.ports?.[0] ?? 0),
  ...u16(flow.ports?.[1] ?? 0),
  flow.proto ?? 6,
  flow.flags ?? 0,
  ...u32(flow.packets ?? 1),
  ...u32(flow.bytes ?? 44),
  ...u32(flow.first),
  ...u32(flow.last ?? flow.first),
];

interface SflowSample {
  readonly rate?: number;
  readonly expanded?: boolean;
  /** A frame with its Ethernet header. */
  readonly frame?: Uint8Array;
  /** Other sample records in front of the frame's: type and content. */
  readonly others?: readonly (readonly [number, Uint8Array])[];
  /** header_protocol; 1 is Ethernet. */
  readonly protocol?: number;
}

const padded = (bytes: Uint8Array): Uint8Array =>
  bytesOf(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));

export function sflowSample({
  rate = 1,
  expanded = false,
  frame,
  others = [],
  protocol = 1,
}: SflowSample): Uint8Array {
  const records = others.map(([type, content]) => bytesOf(u32(type), u32(content.length), padded(content)));
  if (frame !== undefined) {
    const raw = bytesOf(u32(protocol), u32(frame.length), u32(0), u32(frame.length), padded(frame));
    records.push(bytesOf(u32(1), u32(raw.length), raw));
  }
  const head = expanded
    ? bytesOf(u32(1), u32(0), u32(7), u32(rate), u32(rate * 10), u32(0), u32(0), u32(7), u32(0), u32(8))
    : bytesOf(u32(1), u32(7), u32(rate), u32(rate * 10), u32(0), u32(7), u32(8));
  const body = bytesOf(head, u32(records.length), ...records);
  return bytesOf(u32(expanded ? 3 : 1), u32(body.length), body);
}

interface SflowHeader {
  readonly agent?: string;
  readonly sequence?: number;
}

export function sflow(header: SflowHeader, ...samples: readonly Uint8Array[]): Uint8Array {
  const agent = header.agent ?? '192.0.2.254';
  return bytesOf(
    u32(5),
    u32(agent.includes(':') ? 2 : 1),
    address(agent),
    u32(0),
    u32(header.sequence ?? 1),
    u32(5000),
    u32(samples.length),
    ...samples,
  );
}

interface Sent {
  /** s after 2026-01-02T03:04:05Z. */
  readonly at?: number;
  readonly from?: string;
  readonly port?: number;
  readonly datagram: Uint8Array;
}

/** A capture of the datagrams on their way from 192.0.2.254 to a collector. */
export function flowCapture(datagrams: readonly (Uint8Array | Sent)[], port = 2055): Uint8Array {
  const frames = datagrams.map((given): Frame => {
    const sent = given instanceof Uint8Array ? { datagram: given } : given;
    return {
      at: sent.at ?? 0,
      bytes: ethernet(
        ip(sent.from ?? '192.0.2.254', '192.0.2.1', 17, udp(50_000, sent.port ?? port, sent.datagram)),
      ),
    };
  });
  return pcapFile(frames);
}
