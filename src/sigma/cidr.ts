// Addresses and blocks as Sigma rules name them. Rules are read once and values are compared as integers, so that
// 2001:db8::1 and 2001:DB8:0:0:0:0:0:1 are one address.

interface Block {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly bits: number;
}

/** A dotted IPv4 or an IPv6 address (with or without an embedded IPv4 tail); undefined for anything else. */
export function parseAddress(text: string): { family: 4 | 6; value: bigint } | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const value = parse4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = parse6(text);
  return value === undefined ? undefined : { family: 6, value };
}

function parse4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // Leading zeros are refused: some readers take them for octal.
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function parse6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groupsOf = (half: string): bigint[] | undefined => {
    if (half === '') return [];
    const groups: bigint[] = [];
    const parts = half.split(':');
    for (const [index, part] of parts.entries()) {
      if (index === parts.length - 1 && part.includes('.')) {
        const tail = parse4(part);
        if (tail === undefined) return undefined;
        groups.push(tail >> 16n, tail & 0xffffn);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
      else return undefined;
    }
    return groups;
  };
  const head = groupsOf(halves[0]);
  const tail = halves.length === 2 ? groupsOf(halves[1]) : [];
  if (head === undefined || tail === undefined) return undefined;
  // An embedded IPv4 address may only end the whole text.
  if (halves.length === 2 && halves[0].includes('.')) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => value * 65_536n + group, 0n);
}

/** `address/bits`, or one address alone; undefined when it is neither. Host bits are cleared, as pySigma does not ask. */
export function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = address.family === 4 ? 32 : 128;
  const size = slash < 0 ? String(width) : text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(size) || Number(size) > width) return undefined;
  const host = BigInt(width - Number(size));
  return { family: address.family, base: (address.value >> host) << host, bits: Number(size) };
}

/** Whether an address as text lies in a block; a text that is no address does not. */
export function blockHolds(block: Block, text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined || address.family !== block.family) return false;
  const host = BigInt((block.family === 4 ? 32 : 128) - block.bits);
  return address.value >> host === block.base >> host;
}

/** Whether a block has IPv4-mapped addresses (::ffff:a.b.c.d), which some engines do not tell from IPv4. */
export function holdsMapped(block: Block): boolean {
  if (block.family === 4) return false;
  const shift = BigInt(128 - Math.min(block.bits, 96));
  return block.base >> shift === 0xffff_0000_0000n >> shift;
}

/** A block as all engines read it: an address without host bits, a slash, and its size; as it was written where it was so. */
export function blockText({ family, base, bits, text }: Block & { readonly text: string }): string {
  if (text.includes('/') && parseAddress(text.slice(0, text.indexOf('/')))?.value === base) return text;
  const groups = (count: number, width: number): number[] =>
    Array.from({ length: count }, (_, index) =>
      Number(BigInt.asUintN(width, base >> BigInt((count - 1 - index) * width))),
    );
  const address =
    family === 4
      ? groups(4, 8).join('.')
      : groups(8, 16)
          .map((group) => group.toString(16))
          .join(':');
  return `${address}/${bits}`;
}
