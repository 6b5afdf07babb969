/*
 * Names that nobody chose from a word list: what browsers, search suffixes, block lists, service discovery and tunnels
 * ask for.
 */

/** Pairs of letters that English and the names of hosts are made of; random letters hit one pair in six. */
const pairs = new Set(
  (
    'ad ai al am an ap ar as at au ba be bi bl bo br bu ca ce ch ci ck cl co cr ct da db de di do dr du ea ec ed ee ef ei el ' +
    'em en ep er es et ev ew ex fe ff fi fl fo fr ft ga ge gi gl go gr ha he hi ho ht ia ic id ie if ig il im in io ip ir is ' +
    'it iv ke ki la ld le li ll lo lt ly ma me mi mo mp my na nc nd ne ng ni nk no ns nt ob oc od of ol om on oo op or os ot ' +
    'ou ov ow pa pe ph pi pl po pp pr pu ra rc rd re ri rk rm rn ro rs rt ru ry sa sc se sh si sm so sp ss st su sy ta te th ' +
    'ti tl to tr ts tu ty ub uc ue ug ui ul um un up ur us ut va ve vi vp wa we wi wo ws ww ay ys'
  ).split(' '),
);

/** Asked by machines that look for a service of their own network, whatever the zone. */
// prettier-ignore
const discovery = new Set([
  'wpad', 'isatap', 'autodiscover', 'autoconfig', 'lyncdiscover', 'lyncdiscoverinternal', 'sip', 'sipinternal', 'teredo',
  'local', 'localhost', 'localdomain', 'mta-sts', 'dmarc', 'printer', 'kms', 'gateway', 'router',
]);

const publicEndings = new Set([
  'com',
  'net',
  'org',
  'de',
  'uk',
  'io',
  'co',
  'edu',
  'gov',
  'info',
  'corp',
  'lan',
  'home',
  'internal',
]);

/** Random letters: with seven to fifteen of them Chrome finds out whether its resolver invents answers. */
function looksRandom(label: string): boolean {
  if (!/^[a-z]{4,15}$/.test(label)) return false;
  let known = 0;
  for (let i = 0; i + 1 < label.length; i++) if (pairs.has(label.slice(i, i + 2))) known++;
  return known < 0.45 * (label.length - 1);
}

/** What a person or a list may have guessed; false for what machines make up. `inside`: the labels in front of the zone. */
export function isGuess(inside: readonly string[]): boolean {
  if (inside.length === 0) return false;
  if (inside.some((label) => label.startsWith('_') || label.length > 24 || discovery.has(label)))
    return false;
  // A search suffix behind a whole name: www.example.org.corp.example.com.
  if (inside.length > 1 && publicEndings.has(inside.at(-1)!)) return false;
  // An address in front of a zone: a block list.
  if (inside.filter((label) => /^\d{1,3}$/.test(label)).length >= 3) return false;
  // A tunnel's payload.
  if (inside.some((label) => label.length >= 12 && label.replaceAll(/\D/g, '').length >= 0.25 * label.length))
    return false;
  return !inside.some(looksRandom);
}

/** Second-level labels below which names are registered in country zones. */
const registries = new Set(['co', 'com', 'net', 'org', 'ac', 'gov', 'edu', 'or', 'ne']);

/** How many labels the zone of a name has, when nothing says more: two, or three below `co.uk` and the like. */
export function zoneLabels(labels: readonly string[]): number {
  const last = labels.at(-1) ?? '';
  return labels.length > 2 && last.length === 2 && registries.has(labels.at(-2)!) ? 3 : 2;
}
