import { parseAddress } from '../src/model/address.ts';
import { bytesOf, u16, u32 } from './packets.ts';

/* Builders of nfcapd files for tests, in little-endian as every machine of today writes them. */

const l16 = (value: number): number[] => u16(value).reverse();
const l32 = (value: number): number[] => u32(value).reverse();
const l64 = (value: number): number[] => [
  ...l32(value % 4_294_967_296),
  ...l32(Math.floor(value / 4_294_967_296)),
];

interface NfFlow {
  readonly from: string;
  readonly to: string;
  readonly ports?: readonly [number, number];
  readonly proto?: number;
  readonly flags?: number;
  readonly packets?: number;
  readonly bytes?: number;
  /** ms since 1970; last and received are the same unless given. */
  readonly first: number;
  readonly last?: number;
  readonly received?: number;
  readonly status?: number;
  readonly sampled?: boolean;
  readonly exporter?: number;
  /** Layout 2: elements behind the usual ones, type and content. */
  readonly elements?: readonly (readonly [number, Uint8Array])[];
}

const addressBytes = (text: string): number[] => {
  const [a, b, c, d] = parseAddress(text)!;
  // Two 64-bit words, each little-endian.
  return text.includes(':') ? [...l32(b), ...l32(a), ...l32(d), ...l32(c)] : l32(d);
};

/** A record of layout 2 (nfdump 1.7). */
export function flow17(flow: NfFlow): Uint8Array {
  const element = (type: number, content: Uint8Array): Uint8Array =>
    bytesOf(l16(type), l16(4 + content.length), content);
  const wide = flow.from.includes(':');
  const elements = [
    element(wide ? 3 : 2, bytesOf(addressBytes(flow.from), addressBytes(flow.to))),
    element(
      1,
      bytesOf(
        l64(flow.first),
        l64(flow.last ?? flow.first),
        l64(flow.received ?? flow.first),
        l64(flow.packets ?? 1),
        l64(flow.bytes ?? 44),
        l16(flow.ports?.[0] ?? 0),
        l16(flow.ports?.[1] ?? 0),
        flow.proto ?? 6,
        flow.flags ?? 0,
        flow.status ?? 0,
        0,
      ),
    ),
    ...(flow.elements ?? []).map(([type, content]) => element(type, content)),
  ];
  const body = bytesOf(...elements);
  return bytesOf(
    l16(11),
    l16(12 + body.length),
    l16(elements.length),
    0,
    0,
    l16(flow.exporter ?? 1),
    flow.sampled ? 2 : 0,
    5,
    body,
  );
}

/** Biflow direction and reverse flags, as layout 2's miscellaneous element has them. */
export const misc = (direction: number, back: number): Uint8Array =>
  bytesOf(l32(1), l32(2), 0, 0, 0, 0, direction, 0, back, 0);
export const outCounters = (packets: number, bytes: number): Uint8Array =>
  bytesOf(l64(1), l64(packets), l64(bytes));
export const firewall = (event: number, extended: number): Uint8Array =>
  bytesOf(l64(0), l32(1), l16(extended), event, 0);

/** A record of layout 1 (nfdump 1.6): the wide form, unless `old`. */
export function flow16(flow: NfFlow, old = false): Uint8Array {
  const wide = flow.from.includes(':');
  const last = flow.last ?? flow.first;
  const flags = (wide ? 1 : 0) | 4 | (flow.sampled ? 128 : 0);
  const body = bytesOf(
    l16(flow.first % 1000),
    l16(last % 1000),
    l32(Math.floor(flow.first / 1000)),
    l32(Math.floor(last / 1000)),
    flow.status ?? 0,
    flow.flags ?? 0,
    flow.proto ?? 6,
    0,
    l16(flow.ports?.[0] ?? 0),
    l16(flow.ports?.[1] ?? 0),
    old ? [] : [...l16(flow.exporter ?? 0), ...l16(0)],
    addressBytes(flow.from),
    addressBytes(flow.to),
    l32(flow.packets ?? 1),
    l64(flow.bytes ?? 44),
  );
  const head = old ? [flags, flow.exporter ?? 0] : l16(flags);
  return bytesOf(l16(old ? 1 : 10), l16(8 + body.length), head, l16(0), body);
}

/** The extension map that layout 1 records refer to: addresses, packets, bytes and nothing else. */
export const extensionMap = (): Uint8Array => bytesOf(l16(2), l16(12), l16(0), l16(0), l16(0), l16(0));

export function block(type: number, ...records: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf(...records);
  return bytesOf(l32(records.length), l32(body.length), l16(type), l16(0), body);
}

interface NfFile {
  readonly compression?: number;
  readonly encryption?: number;
  readonly version?: number;
  /** Sequence failures that the file states. */
  readonly failures?: number;
}

export function file17(
  { compression = 0, encryption = 0, version = 2 }: NfFile,
  ...blocks: readonly Uint8Array[]
): Uint8Array {
  return bytesOf(
    l16(0xa50c),
    l16(version),
    l32(0x01070100),
    l64(1_767_323_045),
    compression,
    encryption,
    l16(0),
    l32(0),
    l64(0),
    l32(1 << 20),
    l32(blocks.length),
    ...blocks,
  );
}

export function file16(
  { compression = 0, failures = 0 }: NfFile,
  ...blocks: readonly Uint8Array[]
): Uint8Array {
  return bytesOf(
    l16(0xa50c),
    l16(1),
    l32(compression),
    l32(blocks.length),
    bytesOf('none', new Uint8Array(124)),
    new Uint8Array(120 + 12),
    l32(failures),
    ...blocks,
  );
}

/** Layout 2: exporter number, failures, packets, flows. */
export const statistics = (failures: number): Uint8Array =>
  bytesOf(l16(8), l16(32), l32(1), l32(1), l32(failures), l64(10), l64(10));
