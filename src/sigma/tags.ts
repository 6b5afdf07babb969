// Tags, checked against what exists. Constants rather than a data file: the part of ATT&CK that Offtrail speaks of is
// small, and a tag that points nowhere is worse than none. Source: attack.mitre.org, Enterprise matrix, tactic
// Reconnaissance (TA0043) and the techniques that follow a scan.

/** Highest sub-technique number; 0 for a technique without any. */
const techniques: Readonly<Record<string, number>> = {
  t1589: 3,
  t1590: 6,
  t1591: 4,
  t1592: 4,
  t1593: 3,
  t1594: 0,
  t1595: 3,
  t1596: 5,
  t1597: 2,
  t1598: 4,
  t1046: 0,
  t1018: 0,
  t1078: 4,
  t1133: 0,
  t1190: 0,
};

const tactics = new Set(
  `reconnaissance resource-development initial-access execution persistence privilege-escalation
  defense-evasion credential-access discovery lateral-movement collection command-and-control
  exfiltration impact`.split(/\s+/),
);
const namespaces = new Set(['attack', 'car', 'cve', 'd3fend', 'detection', 'stp', 'tlp']);
const tlp = new Set(['red', 'amber', 'amber-strict', 'green', 'clear']);
const detection = new Set(['dfir', 'emerging-threats', 'threat-hunting']);

/**
 * What is wrong with a tag, or undefined. Techniques outside the list above are checked for their form only.
 */
export function tagFault(tag: string): string | undefined {
  const dot = tag.indexOf('.');
  const space = dot < 0 ? tag : tag.slice(0, dot);
  const name = dot < 0 ? '' : tag.slice(dot + 1);
  if (tag !== tag.toLowerCase()) return `the tag "${tag}" must be in lower case`;
  if (dot < 0 || name === '') return `the tag "${tag}" has no namespace`;
  if (!namespaces.has(space)) return `the tag "${tag}" has the unknown namespace "${space}"`;
  if (space === 'tlp' && !tlp.has(name)) return `there is no TLP level "${name}"`;
  if (space === 'detection' && !detection.has(name)) return `there is no detection tag "${name}"`;
  if (space === 'cve' && !/^[0-9]{4}-[0-9]{4,}$/.test(name))
    return `"${tag}" is no CVE tag, as in cve.2021-44228`;
  if (space !== 'attack') return undefined;
  if (tactics.has(name) || /^(?:g|s|m|a)[0-9]{4}$|^ds[0-9]{4}$/.test(name)) return undefined;
  if (tactics.has(name.replaceAll('_', '-')))
    return `the tactic is written "attack.${name.replaceAll('_', '-')}"`;
  const match = /^(t[0-9]{4})(?:\.([0-9]{3}))?$/.exec(name);
  if (match === null) return `"${tag}" is neither a tactic nor a technique of ATT&CK`;
  const last = techniques[match[1]];
  if (last === undefined || match[2] === undefined) return undefined;
  const sub = Number(match[2]);
  if (sub >= 1 && sub <= last) return undefined;
  const existing = last === 0 ? 'no sub-techniques' : `only .001 to .00${last}`;
  return `ATT&CK has no ${match[1].toUpperCase()}.${match[2]}; ${match[1].toUpperCase()} has ${existing}`;
}

/** ATT&CK technique identifiers among some tags, as ATT&CK writes them. */
export function techniquesOf(tags: readonly { readonly text: string }[]): string[] {
  return tags.flatMap(({ text }) => {
    const match = /^attack\.(t[0-9]{4}(?:\.[0-9]{3})?)$/.exec(text);
    return match === null || tagFault(text) !== undefined ? [] : [match[1].toUpperCase()];
  });
}
