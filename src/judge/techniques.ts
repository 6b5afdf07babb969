import type { Kind } from '../model/finding.ts';

/**
 * MITRE ATT&CK (v17): T1595.001 Scanning IP Blocks, .002 Vulnerability Scanning, .003 Wordlist Scanning; T1046 Network
 * Service Discovery for what happens inside. There is no T1595.004.
 */
const techniqueOf: Readonly<Record<Kind, string>> = {
  vertical: 'T1595.001',
  horizontal: 'T1595.001',
  block: 'T1595.001',
  sweep: 'T1595.001',
  'icmp-sweep': 'T1595.001',
  'ip-protocol': 'T1595.001',
  'arp-sweep': 'T1595.001',
  stealth: 'T1595.001',
  campaign: 'T1595.001',
  background: 'T1595.001',
  'first-contact': 'T1595.001',
  'reverse-sweep': 'T1595.001',
  'banner-grab': 'T1595.002',
  'service-fingerprint': 'T1595.002',
  'os-fingerprint': 'T1595.002',
  'web-fingerprint': 'T1595.002',
  vulnerability: 'T1595.002',
  wordlist: 'T1595.003',
  'dns-enumeration': 'T1595.003',
  'zone-transfer': 'T1595.003',
  trap: 'T1595',
  sigma: 'T1595',
};

/**
 * Techniques of the kinds, most specific first come first; a source at home that scans at home is T1046. What the site's
 * rules are `tagged` with is carried as it is.
 */
export function techniquesOf(
  kinds: readonly Kind[],
  insideToInside: boolean,
  followed: readonly string[],
  tagged: readonly string[] = [],
): string[] {
  const said = [...tagged].sort();
  // A rule that says its technique needs no general one.
  const general = said.length > 0 ? kinds.filter((kind) => kind !== 'sigma') : kinds;
  // A word list that many share out is a word list.
  const known = general.includes('wordlist') ? general.filter((kind) => kind !== 'campaign') : general;
  const own = insideToInside
    ? ['T1046', ...said]
    : [...known.map((kind) => techniqueOf[kind]), ...said].sort();
  const specific = own.some((id) => id.startsWith('T1595.')) ? own.filter((id) => id !== 'T1595') : own;
  // Whoever came in by remote access did so with an account that works.
  const after = followed.includes('T1133') ? [...followed, 'T1078'] : [...followed];
  return [...new Set([...specific, ...after.sort()])];
}
