import { parseCidr } from '../model/address.ts';

/** Writes small MaxMind DB files (MMDB 2.0 as published: a tree of 24-bit records, data, metadata), for tests. */
type Value = string | number | { readonly [key: string]: Value };

export function mmdbOf(entries: Readonly<Record<string, Value>>): Buffer {
  // Node → [left, right]; a negative child is data at −child − 1.
  const nodes: [number, number][] = [[0, 0]];
  const data: Buffer[] = [];
  let size = 0;
  for (const [text, value] of Object.entries(entries)) {
    const { first, bits } = parseCidr(text)!;
    // IPv4 lies at ::/96 in the tree, not in the mapped block.
    const v4 = first[2] === 0xffff && first[0] === 0 && first[1] === 0;
    const words = v4 ? [0, 0, 0, first[3]] : first;
    const bit = (i: number): 0 | 1 => ((words[i >>> 5] >>> (31 - (i & 31))) & 1) as 0 | 1;
    let at = 0;
    for (let i = 0; i < bits - 1; i++) {
      if (nodes[at][bit(i)] === 0) nodes[at][bit(i)] = nodes.push([0, 0]) - 1;
      at = nodes[at][bit(i)];
    }
    nodes[at][bit(bits - 1)] = -size - 1;
    const encoded = encode(value);
    data.push(encoded);
    size += encoded.length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [i, pair] of nodes.entries()) {
    for (const [side, child] of pair.entries()) {
      const record = child === 0 ? nodes.length : child < 0 ? nodes.length + 16 - child - 1 : child;
      tree.writeUIntBE(record, i * 6 + side * 3, 3);
    }
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test',
    ip_version: 6,
    node_count: nodes.length,
    record_size: 24,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\u00ab\u00cd\u00efMaxMind.com', 'latin1'), metadata]);
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    const length = text.length < 29 ? [(2 << 5) | text.length] : [(2 << 5) | 29, text.length - 29];
    return Buffer.concat([Buffer.from(length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.from([(6 << 5) | 4]), bytes]);
  }
  const pairs = Object.entries(value);
  return Buffer.concat([Buffer.from([(7 << 5) | pairs.length]), ...pairs.flatMap(([key, item]) => [encode(key), encode(item)])]);
}
