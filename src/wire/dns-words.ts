import { decimal } from '../bytes/numbers.ts';
import { isFolded, WordTable } from '../bytes/word-table.ts';

/** Names of DNS query types (IANA "Resource Record (RR) TYPEs") that logs write instead of numbers. */
const typeNumbers: readonly (readonly [name: string, number: number])[] = [
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['NULL', 10],
  ['PTR', 12],
  ['HINFO', 13],
  ['MX', 15],
  ['TXT', 16],
  ['RP', 17],
  ['SIG', 24],
  ['KEY', 25],
  ['AAAA', 28],
  ['LOC', 29],
  ['SRV', 33],
  ['NAPTR', 35],
  ['CERT', 37],
  ['DNAME', 39],
  ['OPT', 41],
  ['APL', 42],
  ['DS', 43],
  ['SSHFP', 44],
  ['RRSIG', 46],
  ['NSEC', 47],
  ['DNSKEY', 48],
  ['NSEC3', 50],
  ['NSEC3PARAM', 51],
  ['TLSA', 52],
  ['CDS', 59],
  ['CDNSKEY', 60],
  ['SVCB', 64],
  ['HTTPS', 65],
  ['SPF', 99],
  ['TKEY', 249],
  ['TSIG', 250],
  ['IXFR', 251],
  ['AXFR', 252],
  ['ANY', 255],
  ['*', 255],
  ['URI', 256],
  ['CAA', 257],
];
const types = new WordTable(typeNumbers);
const typeNames: ReadonlyMap<number, string> = new Map(
  typeNumbers.filter(([name]) => name !== '*').map(([name, number]) => [number, name]),
);

/** 'TXT'; 'TYPE999' (RFC 3597) where there is no name. */
export function queryTypeName(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`;
}

/** A query type by name, 'TYPE65' or number, any case; 0 when it is none. */
export function queryTypeOf(bytes: Uint8Array, start: number, end: number): number {
  const named = types.find(bytes, start, end);
  if (named > 0) return named;
  const isNumbered = end - start > 4 && isFolded(bytes, start, numbered, 0, 4);
  const number = decimal(bytes, isNumbered ? start + 4 : start, end);
  return number > 0 && number < 65_536 ? number : 0;
}

const numbered = Uint8Array.from(Buffer.from('type'));

/** Names of DNS response codes (IANA "DNS RCODEs"), by number. */
export const rcodeNames = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
] as const;
const rcodes = new WordTable(rcodeNames.map((name, number) => [name, number] as const));

/** A response code by name (any case) or number; 255 (no answer seen) when it is none or `present` is false. */
export function rcodeOf(bytes: Uint8Array, start: number, end: number, present: boolean): number {
  if (!present) return 255;
  const named = rcodes.find(bytes, start, end);
  if (named >= 0) return named;
  const number = decimal(bytes, start, end);
  return number >= 0 && number < 255 ? number : 255;
}
