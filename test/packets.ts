import { Buffer } from 'node:buffer';
import { formatIPv4, formatWords, parseAddress } from '../src/model/address.ts';
import { EventBatch, EventKind, Flag, outcomeNames, roleNames, Text, textNames } from '../src/model/event.ts';
import type { BlockReader, Format, InputInfo, RowSink } from '../src/model/format.ts';

/* Builders of packets and captures for tests, and a sink that turns rows into plain objects. */

/** All parts behind one another; a plain Uint8Array, whose slice() copies (a Buffer's does not). */
export const bytesOf = (...parts: (number | string | Uint8Array | readonly number[])[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === 'number'
          ? Buffer.from([part])
          : typeof part === 'string'
            ? Buffer.from(part, 'latin1')
            : Buffer.from(part as Uint8Array),
      ),
    ),
  );
export const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

function addressBytes(text: string): Uint8Array {
  const words = parseAddress(text)!;
  return text.includes(':') ? bytesOf(...words.map(u32)) : bytesOf(u32(words[3]));
}

interface IpOptions {
  readonly ttl?: number;
  readonly id?: number;
  /** Fragment offset in bytes, and whether more follow. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly options?: Uint8Array;
  /** Says another length than the true one. */
  readonly total?: number;
}

export function ipv4(
  source: string,
  target: string,
  proto: number,
  payload: Uint8Array,
  ip: IpOptions = {},
): Uint8Array {
  const options = ip.options ?? new Uint8Array(0);
  const header = 20 + options.length;
  return bytesOf(
    0x40 | (header / 4),
    0,
    u16(ip.total ?? header + payload.length),
    u16(ip.id ?? 1),
    u16((ip.more ? 0x2000 : 0) | ((ip.offset ?? 0) >> 3)),
    ip.ttl ?? 64,
    proto,
    u16(0),
    addressBytes(source),
    addressBytes(target),
    options,
    payload,
  );
}

/** `extensions`: [header number, its whole bytes with the first (next header) left open]. */
export function ipv6(
  source: string,
  target: string,
  proto: number,
  payload: Uint8Array,
  extensions: readonly (readonly [number, Uint8Array])[] = [],
): Uint8Array {
  const chain = extensions.map(([, body], i) => bytesOf(extensions[i + 1]?.[0] ?? proto, body.subarray(1)));
  const body = bytesOf(...chain, payload);
  return bytesOf(
    u32(0x6000_0000),
    u16(body.length),
    extensions[0]?.[0] ?? proto,
    64,
    addressBytes(source),
    addressBytes(target),
    body,
  );
}

/** IP of either family, by the look of the addresses. */
export function ip(
  source: string,
  target: string,
  proto: number,
  payload: Uint8Array,
  options: IpOptions = {},
): Uint8Array {
  return source.includes(':')
    ? ipv6(source, target, proto, payload)
    : ipv4(source, target, proto, payload, options);
}

export interface TcpOptions {
  readonly sequence?: number;
  readonly ack?: number;
  readonly window?: number;
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array | string;
}

const tcpFlags: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 };

/** A TCP segment; flags as tcpdump writes them: 'S', 'SA', 'R', 'PA', 'FPU', ''. */
export function tcp(source: number, target: number, flags: string, more: TcpOptions = {}): Uint8Array {
  const options = more.options ?? new Uint8Array(0);
  let bits = 0;
  for (const flag of flags) bits |= tcpFlags[flag];
  return bytesOf(
    u16(source),
    u16(target),
    u32(more.sequence ?? 1000),
    u32(more.ack ?? 0),
    ((20 + options.length) / 4) << 4,
    bits,
    u16(more.window ?? 1024),
    u32(0),
    options,
    more.payload ?? '',
  );
}

/** MSS 1460: what makes a SYN one with options. */
export const mss = bytesOf(2, 4, u16(1460));

export function udp(source: number, target: number, payload: Uint8Array | string = ''): Uint8Array {
  const body = bytesOf(payload);
  return bytesOf(u16(source), u16(target), u16(8 + body.length), u16(0), body);
}

function icmp(type: number, code: number, rest: Uint8Array | readonly number[]): Uint8Array {
  return bytesOf(type, code, u16(0), rest);
}

export function echo(type: number, id: number, sequence: number, payload = 'abcdefgh'): Uint8Array {
  return icmp(type, 0, bytesOf(u16(id), u16(sequence), payload));
}

/** Destination unreachable and its kin, with the first `length` bytes of what it is about. */
export function icmpError(type: number, code: number, about: Uint8Array, length = 28): Uint8Array {
  return icmp(type, code, bytesOf(u32(0), about.subarray(0, length)));
}

const macs = bytesOf([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
export function ethernet(payload: Uint8Array, type = payload[0] >>> 4 === 6 ? 0x86dd : 0x0800): Uint8Array {
  return bytesOf(macs, u16(type), payload);
}

export function arp(operation: number, sender: string, target: string): Uint8Array {
  return bytesOf(
    macs,
    u16(0x0806),
    u16(1),
    u16(0x0800),
    6,
    4,
    u16(operation),
    [2, 0, 0, 0, 0, 1],
    addressBytes(sender),
    [0, 0, 0, 0, 0, 0],
    addressBytes(target),
  );
}

export interface Frame {
  /** Seconds after {@link epoch}. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Bytes on the wire, when more than were captured. */
  readonly wire?: number;
}

/** 2026-01-02T03:04:05Z in µs: all captures of the tests start here. */
export const epoch = 1_767_323_045_000_000;

interface CaptureOptions {
  readonly link?: number;
  readonly big?: boolean;
  readonly nano?: boolean;
  readonly snap?: number;
}

export function pcapFile(frames: readonly Frame[], options: CaptureOptions = {}): Uint8Array {
  const { link = 1, big = false, nano = false, snap = 262_144 } = options;
  const n32 = (value: number): number[] => (big ? u32(value) : u32(value).reverse());
  const n16 = (value: number): number[] => (big ? u16(value) : u16(value).reverse());
  return bytesOf(
    n32(nano ? 0xa1b23c4d : 0xa1b2c3d4),
    n16(2),
    n16(4),
    n32(0),
    n32(0),
    n32(snap),
    n32(link),
    ...frames.map(({ at, bytes, wire }) => {
      const micros = epoch + Math.round(at * 1e6);
      const fraction = micros % 1_000_000;
      return bytesOf(
        n32(Math.floor(micros / 1e6)),
        n32(nano ? fraction * 1000 : fraction),
        n32(bytes.length),
        n32(wire ?? bytes.length),
        bytes,
      );
    }),
  );
}

/** Blocks of a pcapng section in one byte order. */
export function ngBlocks(big: boolean): {
  n16(value: number): number[];
  n32(value: number): number[];
  block(type: number, body: Uint8Array): Uint8Array;
  option(code: number, value: Uint8Array): Uint8Array;
  section(): Uint8Array;
  interface(link: number, options?: Uint8Array, snap?: number): Uint8Array;
  packet(id: number, ticks: bigint, frame: Uint8Array, options?: Uint8Array): Uint8Array;
} {
  const n32 = (value: number): number[] => (big ? u32(value) : u32(value).reverse());
  const n16 = (value: number): number[] => (big ? u16(value) : u16(value).reverse());
  const padded = (bytes: Uint8Array): Uint8Array => bytesOf(bytes, new Uint8Array(-bytes.length & 3));
  const block = (type: number, body: Uint8Array): Uint8Array => {
    const length = 12 + padded(body).length;
    return bytesOf(n32(type), n32(length), padded(body), n32(length));
  };
  return {
    n16,
    n32,
    block,
    option: (code, value) => bytesOf(n16(code), n16(value.length), padded(value)),
    section: () =>
      block(0x0a0d0d0a, bytesOf(n32(0x1a2b3c4d), n16(1), n16(0), n32(0xffffffff), n32(0xffffffff))),
    interface: (link, options = new Uint8Array(0), snap = 0) =>
      block(1, bytesOf(n16(link), n16(0), n32(snap), options)),
    packet: (id, ticks, frame, options = new Uint8Array(0)) =>
      block(
        6,
        bytesOf(
          n32(id),
          n32(Number(ticks >> 32n)),
          n32(Number(ticks & 0xffffffffn)),
          n32(frame.length),
          n32(frame.length),
          padded(frame),
          options,
        ),
      ),
  };
}

export interface Row {
  readonly [field: string]: string | number | undefined;
}

const flagNames = Object.keys(Flag) as (keyof typeof Flag)[];
const kindNames = Object.keys(EventKind) as (keyof typeof EventKind)[];

/** The rows of a batch as plain objects: absent and zero columns are left out. */
function rowsOf(batch: EventBatch): Row[] {
  return Array.from({ length: batch.length }, (_, row) => {
    const flags = batch.flags[row];
    const wide = (slot: number): string => formatWords(...fourAt(batch.wide, slot));
    const address = (value: number): string => ((flags & Flag.v6) !== 0 ? wide(value) : formatIPv4(value));
    const out: Record<string, string | number> = {
      kind: kindNames.find((name) => EventKind[name] === batch.kind[row])!,
      time: batch.time[row] - epoch,
      record: batch.record[row],
      source: address(batch.source[row]),
      role: roleNames[batch.role[row]],
    };
    if ((flags & Flag.noTarget) === 0) out.target = address(batch.target[row]);
    if (batch.kind[row] === EventKind.contact) out.outcome = outcomeNames[batch.outcome[row]];
    const numbers = [
      'sourcePort',
      'targetPort',
      'proto',
      'status',
      'size',
      'queryType',
      'ttl',
      'window',
      'ipId',
      'sequence',
    ] as const;
    for (const name of numbers) if (batch[name][row] !== 0) out[name] = batch[name][row];
    const low = flagNames.filter((name) => Flag[name] < 256 && (flags & Flag[name]) !== 0);
    const high = flagNames.filter((name) => Flag[name] >= 256 && (flags & Flag[name]) !== 0);
    out.flags = [...low, ...high].filter((name) => name !== 'tcpFlags' && name !== 'header').join(' ');
    for (const name of textNames) {
      const text = batch.text(row, Text[name]);
      if (text !== '') out[name] = text;
    }
    return out;
  });
}

function fourAt(words: Uint32Array, slot: number): [number, number, number, number] {
  return [words[slot * 4], words[slot * 4 + 1], words[slot * 4 + 2], words[slot * 4 + 3]];
}

export const testInput: InputInfo = {
  index: 0,
  name: 'test',
  modified: epoch,
  zone: 'UTC',
  options: undefined,
  trustedProxies: { size: 0, has4: () => false, has6: () => false },
};

export class TestSink implements RowSink {
  readonly rows: Row[] = [];
  readonly skips = new Map<string, number>();
  readonly notes = new Map<string, number>();
  readonly #batch = new EventBatch();
  bytes: Uint8Array = new Uint8Array(0);

  room(): EventBatch {
    this.take();
    this.#batch.bytes = this.bytes;
    return this.#batch;
  }

  take(): void {
    this.rows.push(...rowsOf(this.#batch));
    this.#batch.clear();
  }

  skip(reason: string): void {
    this.skips.set(reason, (this.skips.get(reason) ?? 0) + 1);
  }

  note(reason: string, count = 1): void {
    this.notes.set(reason, (this.notes.get(reason) ?? 0) + count);
  }
}

/** Reads a whole capture, given in pieces of `piece` bytes as a pipe would. */
export function readCapture(format: Format, bytes: Uint8Array, piece = bytes.length): TestSink {
  const sink = new TestSink();
  feed(format.blocks!(testInput), sink, bytes, piece);
  return sink;
}

export function feed(reader: BlockReader, sink: TestSink, bytes: Uint8Array, piece: number): void {
  let rest: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < bytes.length || at === 0; at += piece) {
    const last = at + piece >= bytes.length;
    // A buffer of its own for each read: nothing may point into an earlier one.
    const chunk = bytesOf(rest, bytes.subarray(at, at + piece));
    sink.bytes = chunk;
    const next = reader.read(sink, chunk, 0, chunk.length, last);
    rest = chunk.slice(next);
    sink.take();
    if (last) break;
  }
}

/** The fields of interest of a row. */
export function pick(row: Row | undefined, ...names: string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row?.[name]]));
}

/** A DNS message with one question; `rcode` makes it a response. */
export function dnsMessage(id: number, name: string, type: number, rcode?: number): Uint8Array {
  const labels = name === '' ? [] : name.split('.');
  return bytesOf(
    u16(id),
    u16(rcode === undefined ? 0x0100 : 0x8180 | rcode),
    u16(1),
    u16(0),
    u16(0),
    u16(0),
    ...labels.map((label) => bytesOf(label.length, label)),
    0,
    u16(type),
    u16(1),
  );
}

interface HelloOptions {
  readonly version?: number;
  readonly ciphers: readonly number[];
  /** Number and body, in order. */
  readonly extensions: readonly (readonly [number, Uint8Array])[];
  /** Cuts the handshake message into records of at most so many bytes. */
  readonly record?: number;
}

/** A TLS client hello as it stands in a TCP payload. */
export function clientHello({
  version = 0x0303,
  ciphers,
  extensions,
  record = 65_535,
}: HelloOptions): Uint8Array {
  const list = bytesOf(...extensions.map(([type, body]) => bytesOf(u16(type), u16(body.length), body)));
  const body = bytesOf(
    u16(version),
    new Uint8Array(32),
    0,
    u16(ciphers.length * 2),
    ...ciphers.map(u16),
    [1, 0],
    u16(list.length),
    list,
  );
  const message = bytesOf(1, u32(body.length).slice(1), body);
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += record) {
    const part = message.subarray(at, at + record);
    records.push(bytesOf(22, u16(0x0301), u16(part.length), part));
  }
  return bytesOf(...records);
}

/** The hello of FoxIO's worked example (technical_details/JA4.md): t13d1516h2_8daaf6152771_e5627efa2ab1. */
export function exampleHello(name: string, padding = 0, record?: number): Uint8Array {
  const empty = new Uint8Array(0);
  const signatures = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
  return clientHello({
    ...(record === undefined ? {} : { record }),
    // prettier-ignore
    ciphers: [0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
      0x009c, 0x009d, 0x002f, 0x0035],
    extensions: [
      [0x8a8a, empty],
      [0x001b, empty],
      [0x0000, bytesOf(u16(name.length + 3), 0, u16(name.length), name)],
      [0x0033, empty],
      [0x0010, bytesOf(u16(12), 2, 'h2', 8, 'http/1.1')],
      [0x4469, empty],
      [0x0017, empty],
      [0x002d, empty],
      [0x000d, bytesOf(u16(signatures.length * 2), ...signatures.map(u16))],
      [0x0005, empty],
      [0x0023, empty],
      [0x0012, empty],
      [0x002b, bytesOf(6, u16(0x7a7a), u16(0x0304), u16(0x0303))],
      [0xff01, empty],
      [0x000b, empty],
      [0x000a, empty],
      [0x0015, new Uint8Array(padding)],
    ],
  });
}
export const exampleJa4 = 't13d1516h2_8daaf6152771_e5627efa2ab1';
