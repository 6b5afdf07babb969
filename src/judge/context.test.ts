import { describe, expect, test } from 'vitest';
import { AddressSet, parseCidr } from '../model/address.ts';
import type { Asset, Assets, Context, RangeKind, RangeList, VerifiedName } from '../model/context.ts';
import { Flag } from '../model/event.ts';
import type { Incident } from '../model/incident.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import { parseService } from '../model/service-text.ts';
import {
  allow,
  contextOf,
  dossierOf,
  factsOf,
  homeHost,
  judged as judgedAll,
  start,
  TextBook,
  upTo,
  vertical,
  wordlist as plainWordlist,
} from './dossier.fixture.ts';
import type { DossierSketch } from './dossier.fixture.ts';
import { judgeAll } from './judge.ts';

function judged(sketch: DossierSketch | readonly DossierSketch[], context: Partial<Context> = {}): Incident {
  const incidents = judgedAll([sketch].flat(), context);
  expect(incidents).toHaveLength(1);
  return incidents[0];
}

const home = homeHost;
const wordlist: DossierSketch = {
  ...plainWordlist,
  agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
};

const day = 86_400_000_000;

interface ListSketch {
  readonly kind: RangeKind;
  readonly name: string;
  readonly blocks: readonly string[];
  /** Days before the incident; undefined: not known. */
  readonly age?: number;
  readonly agents?: readonly string[];
  readonly hosts?: readonly string[];
  readonly label?: string;
}

function listsOf(...sketches: readonly ListSketch[]): Pick<Context, 'ranges' | 'lists'> {
  const lists: RangeList[] = [];
  const entries = sketches.flatMap(({ kind, name, blocks, age, agents = [], hosts = [], label = '' }) => {
    const date = age === undefined ? Number.NaN : start - age * day;
    const list = { kind, name, source: `${name} itself`, date, agents, hosts, entries: blocks.length };
    lists.push(list);
    return blocks.map((text) => {
      const block = parseCidr(text)!;
      return { block, value: { list, block: block.text, date: Number.NaN, label } };
    });
  });
  return { lists, ranges: new PrefixTable(entries) };
}

const shodan: ListSketch = {
  kind: 'scanner',
  name: 'Shodan',
  blocks: ['192.0.2.0/28'],
  age: 2,
  hosts: ['shodan.io'],
};
const googlebot: ListSketch = {
  kind: 'bot',
  name: 'Googlebot',
  blocks: ['192.0.2.0/27'],
  age: 2,
  agents: ['Googlebot'],
  hosts: ['googlebot.com'],
};

describe('known scanners', () => {
  test('a source in the published networks of one: known-scanner, info, with list, source and day', () => {
    const incident = judged(vertical, listsOf(shodan));
    expect(incident).toMatchObject({ verdict: 'known-scanner', severity: 'info' });
    expect(incident.reasons).toContain(
      '192.0.2.7 lies in 192.0.2.0/28, a network of Shodan (Shodan itself, of 2025-12-31).',
    );
    expect(incident.flips.join(' ')).toContain('its source could be forged');
  });

  test('next door is a scan', () => {
    expect(judged({ ...vertical, actor: '192.0.2.16' }, listsOf(shodan)).verdict).toBe('scan');
  });

  test('what it is not known for alerts: attack requests, login attempts, a success', () => {
    const attack = judged(
      { ...vertical, findings: [...vertical.findings!, { kind: 'vulnerability', detector: 'web' }] },
      listsOf(shodan),
    );
    expect(attack).toMatchObject({ verdict: 'known-scanner', severity: 'medium' });
    expect(attack.reasons).toContain('That is not what Shodan is known for: vulnerability.');
    const failed = { at: 30, success: false, user: 'root', service: 'sshd' };
    expect(judged({ ...vertical, logins: [failed, failed] }, listsOf(shodan))).toMatchObject({
      severity: 'medium',
    });
    expect(judged({ ...vertical, logins: [{ ...failed, success: true }] }, listsOf(shodan))).toMatchObject({
      verdict: 'known-scanner',
      severity: 'high',
    });
  });

  test('forged sources and half of an actor prove nothing', () => {
    const decoy = (actor: string, from: number): DossierSketch => ({
      ...vertical,
      actor,
      from,
      until: from + 12,
    });
    expect(judged([decoy('192.0.2.7', 0), decoy('192.0.2.8', 0.01)], listsOf(shodan))).toMatchObject({
      spoofable: true,
      verdict: 'scan',
    });
    const neighbour = (last: number): DossierSketch => ({
      ...vertical,
      actor: `192.0.2.${last}`,
      from: last * 20,
      until: last * 20 + 12,
      fingerprint: 'a',
    });
    expect(judged([2, 3, 4].map(neighbour), listsOf(shodan)).verdict).toBe('known-scanner');
    expect(judged([3, 4, 20].map(neighbour), listsOf(shodan)).verdict).toBe('scan');
  });

  test('an entry for one IPv6 address says nothing of its neighbours in the /64', () => {
    const one = listsOf({ ...shodan, blocks: ['2001:db8:0:1::5'] });
    const from = (...last: string[]): Incident =>
      judged(
        { ...vertical, actor: '2001:db8:0:1::/64', addresses: last.map((part) => `2001:db8:0:1::${part}`) },
        one,
      );
    expect(from('5').verdict).toBe('known-scanner');
    expect(from('5', '6').verdict).toBe('scan');
    expect(from().verdict).toBe('scan');
  });

  test('the allowlist speaks first', () => {
    expect(judged(vertical, { ...listsOf(shodan), allowlist: [allow()] }).verdict).toBe('authorised');
  });
});

describe('crawlers', () => {
  test('a verified one that asks for pages that are gone is benign', () => {
    const incident = judged(wordlist, listsOf(googlebot));
    expect(incident).toMatchObject({ verdict: 'benign', severity: 'info' });
    expect(incident.reasons.join(' ')).toContain('a network of Googlebot');
  });

  test('one that only says so is a scan, and the forgery is a reason', () => {
    const incident = judged({ ...wordlist, actor: '203.0.113.9' }, listsOf(googlebot));
    expect(incident.verdict).toBe('scan');
    expect(incident.reasons).toContain(
      'It calls itself Googlebot, but 203.0.113.9 lies in none of the 1 network of Googlebot (Googlebot itself, of 2025-12-31).',
    );
    const other = judged(
      { ...wordlist, actor: '203.0.113.9', agent: 'NotGooglebots/1.0' },
      listsOf(googlebot),
    );
    expect(other.reasons.join(' ')).not.toContain('calls itself');
  });

  test('a verified one that attacks, or scans ports, is a scan', () => {
    const attack = { kind: 'vulnerability' as const, detector: 'web' };
    const incident = judged({ ...wordlist, findings: [...wordlist.findings!, attack] }, listsOf(googlebot));
    expect(incident.verdict).toBe('scan');
    expect(incident.reasons).toContain('That is not what Googlebot is known for: vulnerability.');
    expect(judged(vertical, listsOf(googlebot)).verdict).toBe('scan');
    const web = {
      ...vertical,
      touches: [{ target: home, ports: [80, 443] }],
      findings: [{ kind: 'first-contact' as const }],
    };
    expect(judged(web, listsOf(googlebot)).verdict).toBe('benign');
  });

  const named = (name: Partial<VerifiedName>, address = '203.0.113.9'): Partial<Context> => ({
    ...listsOf({ ...googlebot, blocks: [] }),
    names: new Map([[address, { claimed: [], confirmed: [], failed: '', ...name }]]),
  });
  const crawl = 'crawl-9.googlebot.com';

  test('a name that leads back verifies; one that does not is evidence; silence is neither', () => {
    const crawler = { ...wordlist, actor: '203.0.113.9' };
    const good = judged(crawler, named({ claimed: [crawl], confirmed: [crawl] }));
    expect(good.verdict).toBe('benign');
    expect(good.reasons).toContain(`203.0.113.9 is ${crawl}, a name of Googlebot that leads back to it.`);
    const forged = judged(crawler, named({ claimed: [crawl] }));
    expect(forged.verdict).toBe('scan');
    expect(forged.reasons).toContain(
      `The reverse name of 203.0.113.9, ${crawl}, does not lead back to it: forged.`,
    );
    const silent = judged(crawler, named({ claimed: [crawl], failed: 'timed out' }));
    expect(silent.verdict).toBe('scan');
    expect(silent.reasons.join(' ')).not.toContain('forged');
    expect(silent.blindness).toContain('The name of 203.0.113.9 could not be verified: timed out.');
    const lookalike = 'crawl.googlebot.com.example.org';
    expect(judged(crawler, named({ claimed: [lookalike], confirmed: [lookalike] })).verdict).toBe('scan');
  });
});

describe('threat intelligence', () => {
  const feed = (age?: number, name = 'Feed'): ListSketch => ({
    kind: 'intel',
    name,
    blocks: ['192.0.2.7'],
    label: 'brute force',
    ...(age === undefined ? {} : { age }),
  });
  const confidence = (...feeds: ListSketch[]): number => judged(vertical, listsOf(...feeds)).confidence;

  test('supports: the reason names feed, label and age, verdict and severity stay', () => {
    const plain = judged(vertical);
    const incident = judged(vertical, listsOf(feed(12)));
    expect(incident).toMatchObject({ verdict: 'scan', severity: plain.severity });
    expect(incident.reasons).toContain(
      'It is in Feed as brute force (Feed itself), an entry 12 days old by then: support, no proof.',
    );
    expect(incident.score).toContainEqual({ what: 'confidence: listed in Feed', value: 0.227 });
  });

  test('old entries weigh less, very old ones nothing', () => {
    const none = judged(vertical).confidence;
    expect(confidence(feed(0))).toBeGreaterThan(confidence(feed(30)));
    expect(confidence(feed(30))).toBeGreaterThan(confidence(feed(90)));
    expect(confidence(feed(90))).toBeGreaterThan(none);
    expect(confidence(feed(400))).toBe(none);
    expect(confidence(feed())).toBe(none);
    expect(confidence(feed(0), feed(0, 'Other'))).toBeGreaterThan(confidence(feed(0)));
  });

  test('it makes no thin evidence enough', () => {
    const assumed = {
      ...vertical,
      findings: [{ kind: 'vertical' as const, caveats: ['assumed: scaled by 1,000'] }],
    };
    expect(judged(assumed, listsOf(feed(0), feed(0, 'Other')))).toMatchObject({
      verdict: 'insufficient',
      severity: 'low',
    });
  });

  test('a benign case stays benign whatever lists say', () => {
    const peers: DossierSketch = {
      actor: '198.51.100.13',
      until: 480,
      touches: upTo(40).map((n) => ({
        target: `203.0.${n}.9`,
        ports: [20_000 + n * 331],
        outcome: n % 3 === 0 ? ('answered' as const) : ('refused' as const),
      })),
      findings: [{ kind: 'sweep' }],
    };
    expect(judged(peers, listsOf({ ...feed(0), blocks: ['198.51.100.13'] })).verdict).toBe('benign');
  });
});

test('country and system come from the databases', () => {
  const geo = (): { asn: number; organisation: string; country: string } => ({
    asn: 64_500,
    organisation: 'Example Net',
    country: 'DE',
  });
  const incident = judged(vertical, { geo });
  expect(incident.actor).toMatchObject({ asn: 64_500, organisation: 'Example Net', country: 'DE' });
  expect(incident.reasons).toContain('It comes from AS64500 Example Net, DE.');
  expect(judged(vertical).actor).toMatchObject({ asn: null, organisation: null, country: null });
});

describe('the inventory', () => {
  const asset = (address: string, more: Partial<Asset> = {}): Asset => ({
    name: '',
    address,
    owner: '',
    criticality: '',
    services: undefined,
    since: Number.NaN,
    use: 'live',
    source: 'hosts.csv:2',
    ...more,
  });
  const inventoryOf = (...assets: readonly Asset[]): Pick<Context, 'assets'> => {
    const table = new PrefixTable(assets.map((value) => ({ block: parseCidr(value.address)!, value })));
    const none = (): boolean => false;
    const result: Assets = {
      count: assets.length,
      files: ['hosts.csv'],
      at: (words) => table.at(words)[0],
      traps: { size: 0, dark4: none, dark6: none, decoy4: none, decoy6: none },
    };
    return { assets: result };
  };
  const services = (...texts: string[]): ReadonlySet<number> =>
    new Set(texts.map((text) => parseService(text)!));
  const web = asset(home, {
    name: 'web-1',
    owner: 'web team',
    criticality: 'high',
    services: services('tcp/80', 'tcp/443'),
  });
  const answered: DossierSketch = {
    ...vertical,
    touches: [...vertical.touches!, { target: home, ports: [443, 8443], outcome: 'answered' }],
  };

  test('names the machine, its owner and its worth', () => {
    const incident = judged(vertical, inventoryOf(web));
    expect(incident.reasons).toContain('Concerns web-1 (198.51.100.4, owner web team, high).');
    expect(incident.targets[0].asset).toEqual({ name: 'web-1', owner: 'web team', criticality: 'high' });
    expect(judged(vertical).targets[0]).not.toHaveProperty('asset');
  });

  test('a port that answered and is not declared is said; a declared one is not', () => {
    const incident = judged(answered, inventoryOf(web));
    expect(incident.reasons).toContain(
      'Answered, and the inventory does not declare it: tcp/8443 at web-1 (198.51.100.4). Close it, or declare it.',
    );
    expect(incident.learned.assets).toEqual([
      'web-1 (198.51.100.4, owner web team, high): tcp/443 and tcp/8443 (not declared)',
    ]);
    const all = inventoryOf(asset(home, { services: services('tcp/443', 'tcp/8443') }));
    expect(judged(answered, all).reasons.join(' ')).not.toContain('does not declare');
    const silent = inventoryOf(asset(home));
    expect(judged(answered, silent).reasons.join(' ')).not.toContain('does not declare');
  });

  test('a machine at home that answered and is not in it is said', () => {
    const reasons = judged(answered, inventoryOf(asset('198.51.100.99'))).reasons.join('\n');
    expect(reasons).toContain(
      'Answered, and the inventory does not name it: 198.51.100.4 (tcp/443, tcp/8443).',
    );
    expect(judged(answered).reasons.join('\n')).not.toContain('does not name');
  });

  test('a new machine that is probed is said, an old one is not', () => {
    const since = (days: number): string =>
      judged(vertical, inventoryOf(asset(home, { name: 'web-9', since: start - days * day }))).reasons.join(
        '\n',
      );
    expect(since(3)).toContain('is new: in the inventory since 2025-12-30, probed 3 d');
    expect(since(31)).not.toContain('is new');
    expect(since(-1)).not.toContain('is new');
  });

  test('of a new machine it is said who probed it first', () => {
    const book = new TextBook();
    const day2 = { ...vertical, actor: '203.0.113.9', from: 86_400, until: 86_412 };
    const incidents = judgeAll(
      [vertical, { ...day2, findings: [{ kind: 'vertical' as const, target: home, at: 86_401 }] }].map(
        (sketch) => dossierOf(book, sketch),
      ),
      factsOf(book),
      contextOf(inventoryOf(asset(home, { name: 'web-9', since: start - 3 * day }))),
    );
    const said = (address: string): string =>
      incidents
        .find(({ actor }) => actor.address === address)!
        .reasons.find((reason) => reason.includes('is new'))!;
    expect(said('192.0.2.7')).toContain('later, by nobody before.');
    expect(said('203.0.113.9')).not.toContain('before');
  });

  test('a machine at home that scans is named, with its owner; an outsider is none', () => {
    const printer = inventoryOf(asset('198.51.100.77', { name: 'printer-3', owner: 'office IT' }));
    const incident = judged({ ...vertical, actor: '198.51.100.77' }, printer);
    expect(incident.reasons).toContain(
      'It is printer-3 (198.51.100.77, owner office IT), of the inventory: its owner can say what it does there.',
    );
    expect(incident.actor.asset).toEqual({ name: 'printer-3', owner: 'office IT', criticality: '' });
    expect(judged(vertical, printer).actor).not.toHaveProperty('asset');
    const retries: DossierSketch = {
      actor: '198.51.100.77',
      until: 24 * 3600,
      touches: upTo(14).map((n) => ({
        target: `198.51.100.${n}`,
        ports: [9100],
        outcome: 'unanswered' as const,
        count: 24,
      })),
      findings: [{ kind: 'horizontal', detector: 'slow', window: 86_400, threshold: 15 }],
    };
    const wrong = judged(retries, printer);
    expect(wrong.verdict).toBe('misconfiguration');
    expect(wrong.reasons.join(' ')).toContain(
      'Something on printer-3 (198.51.100.77, owner office IT) is still configured',
    );
  });

  test('the most critical comes first', () => {
    const many = {
      ...vertical,
      touches: upTo(4).map((n) => ({ target: `198.51.100.${n}`, ports: [22] })),
      findings: [{ kind: 'horizontal' as const, service: 6 * 65_536 + 22 }],
    };
    const assets = ['low', 'critical', '', 'high'].map((criticality, i) =>
      asset(`198.51.100.${i + 1}`, { name: `m${i + 1}`, criticality: criticality as Asset['criticality'] }),
    );
    expect(
      judged(many, inventoryOf(...assets)).reasons.find((reason) => reason.startsWith('Concerns')),
    ).toMatch(/^Concerns 4 assets: m2 .*m4 .*m1 .*m3/);
  });
});

describe('networks that ask for others', () => {
  const cdn: ListSketch = { kind: 'shared', name: 'Example CDN', blocks: ['192.0.2.0/28'], age: 2 };
  const visitors: DossierSketch = {
    ...wordlist,
    agent: 'Mozilla/5.0',
    pages: [
      ...wordlist.pages!,
      ...upTo(20).map((n) => ['www.example.org', `/page-${n}`, 200, 1000 + n] as const),
    ],
  };

  test('misses of an edge are nobody’s in particular: insufficient, and it names the list', () => {
    const incident = judged(visitors, listsOf(cdn));
    expect(incident).toMatchObject({ verdict: 'insufficient', severity: 'low' });
    expect(incident.reasons.join(' ')).toContain('it lies in the networks of Example CDN');
    expect(judged(visitors).verdict).toBe('scan');
    expect(judged({ ...visitors, actor: '192.0.2.99' }, listsOf(cdn)).verdict).toBe('scan');
  });

  test('a port scan from one is a scan; who is behind it, and whom a block hits, is said', () => {
    const incident = judged(vertical, listsOf(cdn));
    expect(incident.verdict).toBe('scan');
    expect(incident.reasons).toContain(
      'It lies in 192.0.2.0/28 of Example CDN (Example CDN itself, of 2025-12-31), which asks for others.',
    );
    expect(incident.flips.join(' ')).toContain('a block hits all of them');
  });
});

test('drops alone still say so beside a list', () => {
  const incident = judged(
    { ...vertical, flags: Flag.dropsOnly },
    { ...listsOf(shodan), home: AddressSet.parse([home]) },
  );
  expect(incident.blindness.join(' ')).toContain('Only refused traffic is logged');
});
