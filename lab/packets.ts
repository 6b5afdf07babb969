// Reads a capture of the lab for its truth: independent of Offtrail's own reader, and no wider than needed
// (little-endian pcap in microseconds, Ethernet, IPv4 and IPv6 without extension headers but fragments).

export interface Packet {
  /** Milliseconds since 1970 UTC, with fraction. */
  time: number;
  source: string;
  target: string;
  /** IP protocol number. */
  proto: number;
  sourcePort: number;
  /** Target port; of ICMP, the type. */
  port: number;
  /** TCP flags, else 0. */
  flags: number;
  payload: Buffer;
}

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMP6 = 58;

function address6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2));
  return shorten(groups);
}

function shorten(groups: number[]): string {
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > best.length) best = { at: i, length: n };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}

/** An address as the truth writes it: IPv6 in its short form. */
export function shortAddress(text: string): string {
  if (!text.includes(':')) return text;
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return shorten([...left, ...middle, ...right].map((group) => Number.parseInt(group, 16)));
}

function decode(time: number, frame: Buffer): Packet | undefined {
  const ether = frame.readUInt16BE(12);
  const ip = frame.subarray(14);
  let proto: number;
  let source: string;
  let target: string;
  let body: Buffer;
  if (ether === 0x0800 && ip.length >= 20) {
    proto = ip[9];
    source = ip.subarray(12, 16).join('.');
    target = ip.subarray(16, 20).join('.');
    // Later fragments carry no ports; the first one stands for all.
    if ((ip.readUInt16BE(6) & 0x1fff) !== 0) return undefined;
    body = ip.subarray((ip[0] & 15) * 4, ip.readUInt16BE(2));
  } else if (ether === 0x86dd && ip.length >= 40) {
    proto = ip[6];
    source = address6(ip.subarray(8, 24));
    target = address6(ip.subarray(24, 40));
    body = ip.subarray(40, 40 + ip.readUInt16BE(4));
  } else return undefined;
  const packet: Packet = {
    time,
    source,
    target,
    proto,
    sourcePort: 0,
    port: 0,
    flags: 0,
    payload: Buffer.alloc(0),
  };
  if ((proto === TCP || proto === UDP || proto === SCTP) && body.length >= 8) {
    packet.sourcePort = body.readUInt16BE(0);
    packet.port = body.readUInt16BE(2);
    // A fragmented header may end before its flags (nmap -f cuts after eight bytes): taken for a SYN.
    if (proto === TCP) packet.flags = 2;
    if (proto === TCP && body.length >= 14) {
      packet.flags = body[13];
      packet.payload = body.subarray((body[12] >> 4) * 4);
    } else if (proto === UDP) packet.payload = body.subarray(8);
  } else if ((proto === ICMP || proto === ICMP6) && body.length >= 8) {
    packet.port = body[0];
    packet.sourcePort = body.readUInt16BE(4);
  }
  return packet;
}

/** Every packet of a capture that has an address; `name` is for the error. */
export function* readPackets(data: Buffer, name: string): Generator<Packet> {
  if (data.readUInt32LE(0) !== 0xa1b2c3d4)
    throw new Error(`${name}: not a little-endian pcap in microseconds`);
  for (let at = 24; at + 16 <= data.length;) {
    const time = data.readUInt32LE(at) * 1000 + data.readUInt32LE(at + 4) / 1000;
    const kept = data.readUInt32LE(at + 8);
    if (at + 16 + kept > data.length) return;
    const packet = decode(time, data.subarray(at + 16, at + 16 + kept));
    if (packet !== undefined) yield packet;
    at += 16 + kept;
  }
}
