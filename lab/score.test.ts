import { expect, test } from 'vitest';
import type { Incident, Summary } from '../src/model/incident.ts';
import { accuracyPage, summaryLines } from './accuracy-page.ts';
import { recall, scoreView, totals } from './score.ts';
import type { Run } from './score.ts';
import type { Truth, TruthActor } from './truth.ts';

const base: TruthActor = {
  id: 'x',
  benign: true,
  sources: ['192.0.2.1'],
  tool: 'nmap',
  kinds: [],
  targets: ['198.51.100.3'],
  command: '',
  start: '2026-01-02T03:00:00.500000Z',
  end: '2026-01-02T03:01:00.000000Z',
  records: { netfilter: 50 },
  expected: [],
  shownBy: [],
};
const scan = (id: string, source: string, more: Partial<TruthActor> = {}): TruthActor => ({
  ...base,
  id,
  benign: false,
  sources: [source],
  kinds: ['vertical'],
  expected: [{ kind: 'vertical', shownBy: ['netfilter', 'pcap'] }],
  shownBy: ['netfilter', 'pcap'],
  ...more,
});

const truth: Truth = {
  version: 1,
  recorded: '2026-01-02T03:00:00.000Z',
  home: ['198.51.100.0/27'],
  sensors: { netfilter: ['firewall.log'] },
  actors: [
    scan('fast', '203.0.113.1'),
    scan('both', '203.0.113.2', {
      kinds: ['stealth', 'vertical'],
      expected: [
        { kind: 'stealth', shownBy: ['netfilter'] },
        { kind: 'vertical', shownBy: ['netfilter'] },
      ],
    }),
    scan('web', '203.0.113.3', {
      kinds: ['wordlist'],
      expected: [{ kind: 'wordlist', shownBy: ['access'] }],
      shownBy: ['access'],
    }),
    scan('six', '2001:db8:a:1::66', { decoys: ['203.0.113.99'] }),
    { ...base, id: 'poller', sources: ['192.0.2.41'], note: 'the same checks' },
    { ...base, id: 'office', sources: ['192.0.2.50'], records: { access: 9 } },
  ],
};

function incident(address: string, more: Partial<Incident> = {}): Incident {
  return {
    type: 'incident',
    verdict: 'scan',
    severity: 'low',
    kinds: ['vertical'],
    actor: { address, addresses: [address], prefix: null, asn: null, fingerprint: null },
    first: '2026-01-02T03:00:00.000000Z',
    detected: '2026-01-02T03:00:04.500000Z',
    last: '2026-01-02T03:00:59.000000Z',
    spoofable: false,
    ...more,
  } as Incident;
}

const read: Summary = {
  type: 'summary',
  inputs: [{ name: 'firewall.log', format: 'netfilter', events: 9 }],
} as unknown as Summary;
const run = (incidents: Incident[], more: Partial<Run> = {}): Run => ({
  view: 'netfilter',
  incidents,
  summary: read,
  ...more,
});

test('a scan is asked only of the sensors that could show it', () => {
  expect(scoreView(truth, run([])).scans.map((one) => one.id)).toEqual(['fast', 'both', 'six']);
  expect(scoreView(truth, run([], { view: 'pcap' })).scans.map((one) => one.id)).toEqual(['fast', 'six']);
  expect(scoreView(truth, run([], { view: 'all' })).scans.map((one) => one.id)).toEqual([
    'fast',
    'both',
    'web',
    'six',
  ]);
});

test('found by address, by member and by IPv6 prefix, with the delay from the first packet', () => {
  const { scans } = scoreView(
    truth,
    run([
      incident('203.0.113.1'),
      incident('198.18.0.1', {
        actor: {
          address: '198.18.0.1',
          addresses: ['203.0.113.2'],
          prefix: null,
          asn: null,
          fingerprint: null,
        },
      }),
      incident('2001:db8:a:1::', {
        actor: {
          address: '2001:db8:a:1::',
          addresses: [],
          prefix: '2001:db8:a:1::/64',
          asn: null,
          fingerprint: null,
        },
      }),
    ]),
  );
  expect(scans.map((one) => [one.id, one.incidents, one.delay])).toEqual([
    ['fast', 1, 4],
    ['both', 1, 4],
    ['six', 1, 4],
  ]);
});

test('an IPv6 actor may be named by its /64 alone', () => {
  const score = scoreView(truth, run([incident('2001:db8:a:1::/64')]));
  expect(score.scans.find((one) => one.id === 'six')?.incidents).toBe(1);
  expect(score.falseAlarms).toEqual([]);
});

test('a wider prefix accuses nobody but the addresses named', () => {
  const actor = {
    address: '198.18.0.1',
    addresses: ['198.18.0.1'],
    prefix: '203.0.113.0/24',
    asn: null,
    fingerprint: null,
  };
  const score = scoreView(truth, run([incident('198.18.0.1', { actor })]));
  expect(score.scans.map((one) => one.incidents)).toEqual([0, 0, 0]);
  expect(score.falseAlarms.map((one) => one.id)).toEqual(['nobody']);
});

test('another hour, another verdict or another address is not a find', () => {
  const { scans } = scoreView(
    truth,
    run([
      incident('203.0.113.1', { first: '2026-01-02T09:00:00.000000Z', last: '2026-01-02T09:01:00.000000Z' }),
      incident('203.0.113.2', { verdict: 'insufficient' }),
      incident('2001:db8:a:2::', {
        actor: {
          address: '2001:db8:a:2::',
          addresses: [],
          prefix: '2001:db8:a:2::/64',
          asn: null,
          fingerprint: null,
        },
      }),
    ]),
  );
  expect(scans.map((one) => one.incidents)).toEqual([0, 0, 0]);
});

test('recall per kind tells found from so named, and counts split scans', () => {
  const score = scoreView(
    truth,
    run([incident('203.0.113.1'), incident('203.0.113.1'), incident('203.0.113.2')]),
  );
  expect(recall(score).get('vertical')).toEqual({ wanted: 3, found: 2, named: 2 });
  expect(recall(score).get('stealth')).toEqual({ wanted: 1, found: 1, named: 0 });
  expect(totals(score)).toMatchObject({
    scans: 3,
    found: 2,
    perScan: 1.5,
    most: 2,
    medianDelay: 4,
    longestDelay: 4,
  });
});

test('benign actors, strangers and decoys above info are false alarms; info and spoofable decoys are not', () => {
  const score = scoreView(
    truth,
    run([
      incident('192.0.2.41', { severity: 'medium' }),
      incident('192.0.2.50', { severity: 'info', verdict: 'benign' }),
      incident('198.51.100.3'),
      incident('203.0.113.99'),
      incident('203.0.113.99', { spoofable: true }),
    ]),
  );
  expect(score.falseAlarms.map((one) => [one.id, one.severity])).toEqual([
    ['poller', 'medium'],
    ['nobody', 'low'],
    ['decoy of six', 'low'],
  ]);
  expect(totals(score).accused).toBe(3);
  // Only the poller left anything on this sensor.
  expect(score.benign).toBe(1);
});

test('a sensor without a reader is not yet scored; a run without a summary failed', () => {
  const unread = {
    type: 'summary',
    inputs: [{ name: 'flows.nfcapd', format: null, events: 0 }],
  } as unknown as Summary;
  expect(scoreView(truth, run([], { summary: unread })).state).toBe('not yet');
  expect(scoreView(truth, run([])).state).toBe('scored');
  expect(scoreView(truth, run([], { summary: undefined, error: 'exit 1: no' }))).toMatchObject({
    state: 'failed',
    error: 'exit 1: no',
  });
});

test('the page names what was missed, who was accused, and what was not scored', () => {
  const scores = [
    scoreView(truth, run([incident('203.0.113.1'), incident('192.0.2.41')])),
    scoreView(truth, run([], { view: 'dns', summary: undefined, error: 'exit 1' })),
  ];
  const page = accuracyPage([{ name: 'samples', truth, scores }], {
    command: 'npm run accuracy',
    date: '2026-01-03',
    node: 'v20.19.0',
  });
  expect(page).toContain('| netfilter | 1 of 3 | 0.33 | 1.00 (most 1) | 1 of 1 | 4.0 s | 4.0 s |');
  expect(page).toContain('| dns | failed (exit 1) |');
  expect(page).toContain('- netfilter: `both` (stealth, vertical)');
  expect(page).toContain('- netfilter: `poller` (192.0.2.41) as vertical, low: the same checks');
  expect(summaryLines([scoreView(truth, run([]))])[0]).toMatch(/found 0 of 3/);
});
