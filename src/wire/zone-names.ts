/**
 * Zone abbreviations that firewalls print behind a stamp, as minutes east of UTC: those of RFC 822, and those of other
 * regions that mean one thing only (BST, IST and the like mean several: the configured zone is taken instead).
 */
const offsets: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['UT', 0],
  ['Z', 0],
  ['EST', -300],
  ['EDT', -240],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
  ['AKST', -540],
  ['AKDT', -480],
  ['HST', -600],
  ['WET', 0],
  ['WEST', 60],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['JST', 540],
  ['KST', 540],
  ['AEST', 600],
  ['AEDT', 660],
  ['NZST', 720],
  ['NZDT', 780],
]);

const minute = 60_000_000;

/** Offset in µs of the abbreviation that is `bytes[start, end)`; NaN for what is none of them. */
export function zoneNameOffset(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 1 || end - start > 4) return Number.NaN;
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return (offsets.get(name) ?? Number.NaN) * minute;
}
