import { describe, expect, test } from 'vitest';
import { AddressSet } from '../model/address.ts';
import { Flag, Proto } from '../model/event.ts';
import type { Incident } from '../model/incident.ts';
import { allow, homeHost, judged, seconds, upTo, vertical, wordlist } from './dossier.fixture.ts';
import type { DossierSketch } from './dossier.fixture.ts';
import { findingConfidence } from './verdict.ts';

const home = homeHost;
const only = (incidents: readonly Incident[]): Incident => {
  expect(incidents).toHaveLength(1);
  return incidents[0];
};

describe('who is who', () => {
  test('one dossier is one incident, with every field of the contract', () => {
    const incident = only(judged([vertical]));
    expect(incident).toMatchObject({
      type: 'incident',
      verdict: 'scan',
      severity: 'low',
      kinds: ['vertical'],
      techniques: ['T1595.001'],
      first: '2026-01-02T03:04:05.000000Z',
      last: '2026-01-02T03:04:17.000000Z',
      detected: '2026-01-02T03:04:06.000000Z',
      actor: { address: '192.0.2.7', addresses: ['192.0.2.7'], prefix: null, fingerprint: null },
      counts: { events: 50, targets: 1, ports: 50, paths: 0, names: 0, answered: 0 },
      spoofable: false,
      revision: 1,
      sensors: ['fw.log'],
    });
    expect(incident.id).toMatch(/^[0-9a-f]{64}$/);
    expect(incident.targets[0].ports[0]).toBe('tcp/1:refused');
    expect(incident.reasons[0]).toBe('192.0.2.7 tried 50 ports at 198.51.100.4: 50 refused, within 12 s.');
    expect(incident.reasons).toContain('Score of vertical (198.51.100.4): 50 within 1 m (threshold 20).');
  });

  test('three neighbours of a /24 with equal fingerprint and ports are one actor, two are not', () => {
    const neighbour = (last: number, more: Partial<DossierSketch> = {}): DossierSketch => ({
      ...vertical,
      actor: `192.0.2.${last}`,
      from: last * 20,
      until: last * 20 + 12,
      fingerprint: 'a',
      ...more,
    });
    const joined = only(judged([neighbour(7), neighbour(8), neighbour(9)]));
    expect(joined.actor).toMatchObject({
      address: '192.0.2.7',
      addresses: ['192.0.2.7', '192.0.2.8', '192.0.2.9'],
      prefix: '192.0.2.0/24',
    });
    expect(judged([neighbour(7), neighbour(8)])).toHaveLength(2);
    expect(judged([neighbour(7), neighbour(8), neighbour(9, { fingerprint: 'b' })])).toHaveLength(3);
    const others = { touches: [{ target: home, ports: upTo(50, 100) }] };
    expect(judged([neighbour(7), neighbour(8), neighbour(9, others)])).toHaveLength(3);
    expect(judged([neighbour(7), neighbour(8), neighbour(9, { actor: '192.0.3.9' })])).toHaveLength(3);
  });

  test('that three neighbours seek the same one port makes them no group, unless a fingerprint says so', () => {
    const seeker = (last: number, fingerprint?: string): DossierSketch => ({
      actor: `192.0.2.${last}`,
      from: last * 20,
      until: last * 20 + 12,
      touches: upTo(30).map((n) => ({ target: `198.51.100.${n}`, ports: [22] })),
      findings: [{ kind: 'horizontal', service: Proto.tcp * 65_536 + 22 }],
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
    expect(judged([7, 8, 9].map((last) => seeker(last)))).toHaveLength(3);
    expect(judged([7, 8, 9].map((last) => seeker(last, 'hassh')))).toHaveLength(1);
  });

  test('three /64 of one /48 that ask for the same paths are one actor', () => {
    const neighbour = (n: number): DossierSketch => ({
      ...wordlist,
      actor: `2001:db8:1:${n}::/64`,
      from: n * 100,
      until: n * 100 + 300,
      addresses: [`2001:db8:1:${n}::5`],
    });
    const incident = only(judged([neighbour(1), neighbour(2), neighbour(3)]));
    expect(incident.actor.prefix).toBe('2001:db8:1::/48');
    expect(incident.actor.addresses).toEqual(['2001:db8:1:1::5', '2001:db8:1:2::5', '2001:db8:1:3::5']);
  });

  test('a scanner that rotates inside its /64 is one actor with the addresses it used', () => {
    const incident = only(
      judged([
        {
          ...vertical,
          actor: '2001:db8:0:1::/64',
          addresses: ['2001:db8:0:1::a', '2001:db8:0:1::b'],
        },
      ]),
    );
    expect(incident.actor).toMatchObject({
      address: '2001:db8:0:1::/64',
      addresses: ['2001:db8:0:1::a', '2001:db8:0:1::b'],
      prefix: '2001:db8:0:1::/64',
    });
  });

  test('episodes of one actor join within 60 quiet minutes, slow ones within 48 hours', () => {
    const later = (after: number, window = 60): DossierSketch => ({
      ...vertical,
      from: after,
      until: after + 12,
      findings: [{ kind: 'vertical', target: home, strength: 2.5, window }],
    });
    expect(judged([vertical, later(12 + 3599)])).toHaveLength(1);
    expect(judged([vertical, later(12 + 3600)])).toHaveLength(2);
    expect(judged([vertical, later(12 + 47 * 3600, 86_400)])).toHaveLength(1);
    expect(judged([vertical, later(12 + 48 * 3600, 86_400)])).toHaveLength(2);
  });

  test('findings of several sensors are one incident that names them all', () => {
    const incident = only(
      judged(
        [
          {
            ...vertical,
            inputs: [0, 1],
            evidence: [
              { source: 'fw.log', line: 3, raw: 'a', at: 2 },
              { source: 'fw.log', line: 1, raw: 'b', at: 1 },
              { source: 'access.log', line: 9, raw: 'c', at: 5 },
            ],
          },
          wordlist,
        ],
        {},
        {
          inputs: ['fw.log', 'access.log'].map((name) => ({
            name,
            format: '',
            blindness: [],
            notes: new Map(),
          })),
        },
      ),
    );
    expect(incident.kinds).toEqual(['vertical', 'wordlist']);
    expect(incident.techniques).toEqual(['T1595.001', 'T1595.003']);
    expect(incident.sensors).toEqual(['access.log', 'fw.log']);
    expect(incident.evidence.map(({ source, line }) => `${source}:${line}`)).toEqual([
      'fw.log:1',
      'fw.log:3',
      'access.log:9',
    ]);
  });

  test('decoys: sources that send the same probes at the same time are one spoofable incident', () => {
    const decoy = (actor: string, from = 0): DossierSketch => ({
      ...vertical,
      actor,
      from,
      until: from + 12,
    });
    const incident = only(
      judged([decoy('203.0.113.5', 0.01), decoy('192.0.2.7'), decoy('100.64.3.2', 0.02)]),
    );
    expect(incident).toMatchObject({
      spoofable: true,
      verdict: 'scan',
      confidence: 0.439,
      actor: { addresses: ['100.64.3.2', '192.0.2.7', '203.0.113.5'], prefix: null },
    });
    expect(incident.score).toContainEqual({
      what: 'confidence: times, decoys: at most one of the sources is real',
      value: 0.5,
    });
    expect(judged([decoy('203.0.113.5', 60), decoy('192.0.2.7')])).toHaveLength(2);
    // The same tool, started a little later, or for another shape of packet: two scans.
    expect(judged([decoy('203.0.113.5', 1.5), decoy('192.0.2.7')])).toHaveLength(2);
    const shape = (flags: number): DossierSketch => ({ ...decoy('203.0.113.5'), flags });
    expect(judged([shape(Flag.tcpFlags | Flag.fin), decoy('192.0.2.7')])).toHaveLength(2);
    expect(judged([shape(Flag.tcpFlags | Flag.syn), decoy('192.0.2.7')])).toHaveLength(1);
  });

  test('two addresses at home that send the same packets are a translation seen twice, not decoys', () => {
    const seen = (actor: string, from: number, inputs: number[]): DossierSketch => ({
      ...vertical,
      touches: [{ target: '192.0.2.200', ports: upTo(50) }],
      actor,
      from,
      until: from + 12,
      inputs,
    });
    const inputs = ['inside.log', 'outside.log'].map((name) => ({
      name,
      format: 'zeek-conn',
      blindness: [],
      notes: new Map<string, number>(),
    }));
    const homeNet = AddressSet.parse(['10.1.0.0/16', '198.51.100.0/24']);
    const both = (...sketches: DossierSketch[]): Incident =>
      only(judged(sketches, { home: homeNet }, { inputs }));
    const incident = both(seen('10.1.5.66', 0, [0]), seen('198.51.100.1', 0.001, [1]));
    expect(incident).toMatchObject({ spoofable: false, confidence: 0.878 });
    expect(incident.actor.addresses).toEqual(['10.1.5.66', '198.51.100.1']);
    expect(incident.reasons.join(' ')).toContain('seen before and behind an address translation');
    expect(JSON.stringify(incident)).not.toContain('decoys');
    expect(both(seen('10.1.5.66', 0, [0]), seen('198.51.100.1', 0.001, [0])).spoofable).toBe(false);
    expect(both(seen('10.1.5.66', 0, [0]), seen('10.1.9.1', 0.001, [1])).spoofable).toBe(false);
    // One sensor that saw both of two machines alike, or a stranger among them: one of them may be forged.
    expect(both(seen('10.1.5.66', 0, [0]), seen('10.1.5.67', 0.001, [0])).spoofable).toBe(true);
    expect(both(seen('10.1.5.66', 0, [0]), seen('203.0.113.5', 0.001, [1])).spoofable).toBe(true);
  });

  test('decoys of a scan that was over at once: an exporter stamps a tenth of a second in bursts', () => {
    const decoy = (actor: string, from: number): DossierSketch => ({
      ...vertical,
      actor,
      from,
      until: 0.085,
    });
    expect(judged([decoy('203.0.113.5', 0.025), decoy('192.0.2.7', 0)])).toHaveLength(1);
    expect(
      judged([decoy('203.0.113.5', 0.3), decoy('192.0.2.7', 0)].map((one) => ({ ...one, until: 0.4 }))),
    ).toHaveLength(2);
  });

  test('decoys in a log of whole seconds may seem a second apart', () => {
    const decoy = (actor: string, until: number): DossierSketch => ({ ...vertical, actor, until });
    expect(judged([decoy('203.0.113.5', 2), decoy('192.0.2.7', 3)])).toHaveLength(1);
    expect(judged([decoy('203.0.113.5', 2.001), decoy('192.0.2.7', 3)])).toHaveLength(2);
  });

  test('a campaign absorbs its members', () => {
    const members = upTo(30).map((n) => `203.0.${n}.9`);
    const small = (actor: string): DossierSketch => ({
      actor,
      touches: [{ target: home, ports: [5060], proto: 'udp' }],
      findings: [],
    });
    const incident = only(
      judged([
        ...members.slice(1).map(small),
        { ...small(members[0]), findings: [{ kind: 'campaign', detector: 'campaign', members }] },
      ]),
    );
    expect(incident.kinds).toEqual(['campaign']);
    expect(incident.actor.addresses).toHaveLength(30);
    expect(incident.counts.events).toBe(30);
    expect(incident.reasons[0]).toBe(
      '30 sources together tried udp/5060 at 198.51.100.4: 1 refused, within 12 s.',
    );
  });

  test('the id is that of the first finding, whatever else is known and in whatever order', () => {
    const id = only(judged([vertical])).id;
    const more = { ...vertical, events: 99, fingerprint: 'x', inputs: [0, 1] };
    expect(only(judged([more])).id).toBe(id);
    expect(only(judged([wordlist, { ...vertical, from: -1 }])).id).not.toBe(id);
    expect(only(judged([{ ...vertical, actor: '192.0.2.8' }])).id).not.toBe(id);
  });

  test('the order of dossiers does not matter', () => {
    const sketches = [
      vertical,
      wordlist,
      { ...vertical, actor: '203.0.113.9' },
      { ...vertical, actor: '2001:db8:9:1::/64' },
    ];
    const forth = judged(sketches);
    const back = judged(sketches.toReversed());
    expect(back).toEqual(forth);
  });

  test('a source at home that scans at home is T1046 and high', () => {
    const incident = only(judged([{ ...vertical, actor: '198.51.100.77' }]));
    expect(incident).toMatchObject({ techniques: ['T1046'], severity: 'high', verdict: 'scan' });
    const outward = only(
      judged([
        {
          ...vertical,
          actor: '198.51.100.77',
          touches: [{ target: '203.0.113.1', ports: upTo(50) }],
        },
      ]),
    );
    expect(outward).toMatchObject({ techniques: ['T1595.001'], severity: 'high' });
  });
});

describe('severity', () => {
  const withTouches = (touches: DossierSketch['touches']): DossierSketch => ({
    ...vertical,
    touches: touches!,
  });

  test('low: external, and nothing that is not public answered', () => {
    expect(only(judged([vertical])).severity).toBe('low');
    const publicAnswer = withTouches([
      { target: home, ports: upTo(50) },
      { target: home, ports: [443], outcome: 'answered', popular: true },
    ]);
    expect(only(judged([publicAnswer])).severity).toBe('low');
  });

  test('medium: a service that is not public answered, or 100 ports, or stealth', () => {
    const answered = withTouches([
      { target: home, ports: upTo(50) },
      { target: home, ports: [8443], outcome: 'answered' },
    ]);
    const incident = only(judged([answered]));
    expect(incident.severity).toBe('medium');
    expect(incident.score).toContainEqual({
      what: 'severity medium: a service that is not public answered (tcp/8443 at 198.51.100.4)',
      value: 2,
    });
    expect(only(judged([withTouches([{ target: home, ports: upTo(99) }])])).severity).toBe('low');
    expect(only(judged([withTouches([{ target: home, ports: upTo(100) }])])).severity).toBe('medium');
    expect(only(judged([{ ...vertical, findings: [{ kind: 'stealth' }] }])).severity).toBe('medium');
  });

  test('an answered ping is no answered service', () => {
    const ping = withTouches([{ target: home, ports: [8 * 256], proto: 'icmp', outcome: 'answered' }]);
    expect(only(judged([ping])).severity).toBe('low');
  });

  test('high: a trap was touched, or a probed thing then gave way', () => {
    const trap = only(judged([{ ...vertical, findings: [{ kind: 'trap', keyText: '198.51.100.250' }] }]));
    expect(trap).toMatchObject({ severity: 'high', techniques: ['T1595'] });
    const login = only(
      judged([
        { ...vertical, logins: [{ at: 30, success: true, user: 'root', service: 'sshd', target: home }] },
      ]),
    );
    expect(login).toMatchObject({ severity: 'high', techniques: ['T1595.001', 'T1078', 'T1133'] });
    expect(login.followed[0]).toMatchObject({
      what: 'logged in as root by sshd at 198.51.100.4',
      technique: 'T1133',
    });
    expect(login.reasons[1]).toBe('Then: logged in as root by sshd at 198.51.100.4.');
  });

  test('a login that failed, or came before the probing, escalates nothing', () => {
    const failed = { at: 30, success: false, user: 'root', service: 'sshd' };
    const before = { at: -600, success: true, user: 'ann', service: 'sshd' };
    expect(only(judged([{ ...vertical, logins: [failed, before] }])).severity).toBe('low');
  });

  test('critical: an exploit request answered 2xx, and a login or call-back', () => {
    const exploited: DossierSketch = {
      ...wordlist,
      pages: [...wordlist.pages!, ['www.example.org', '/.env', 200, 912] as const],
    };
    expect(only(judged([exploited]))).toMatchObject({
      severity: 'high',
      techniques: ['T1595.003', 'T1190'],
    });
    const calledBack = {
      ...exploited,
      touches: vertical.touches!,
      callbacks: [{ target: home, service: Proto.tcp * 65_536 + 4444, at: 60 }],
    };
    const incident = only(judged([calledBack]));
    expect(incident.severity).toBe('critical');
    expect(incident.followed.map(({ technique }) => technique)).toEqual(['T1190', 'T1190']);
  });

  test('a site that answers everything with one page gave nothing away', () => {
    const soft = (size: number): DossierSketch => ({
      ...wordlist,
      pages: [
        ...upTo(40).map((n) => ['www.example.org', `/word${n}`, 200, 5000 + (n % 7)] as const),
        ['www.example.org', '/.env', 200, size] as const,
      ],
    });
    const nothing = only(judged([soft(5003)]));
    expect(nothing.severity).toBe('low');
    expect(nothing.followed).toMatchObject([{ technique: null }]);
    expect(nothing.followed[0].what).toBe(
      'was answered 200 on /.env, but with the page that this site gives for other paths too: no sign of success',
    );
    expect(only(judged([soft(312)])).severity).toBe('high');
  });

  test('first contacts alone stay low, however much answered', () => {
    const first: DossierSketch = {
      ...vertical,
      findings: [{ kind: 'first-contact', detector: 'first-contact' }],
      touches: [{ target: home, ports: upTo(200), outcome: 'answered' }],
    };
    const incident = only(judged([first]));
    expect(incident.severity).toBe('low');
    expect(incident.score).toContainEqual({ what: 'severity at most low: first contacts alone', value: 1 });
  });
});

describe('confidence', () => {
  const scored = (sketch: Partial<DossierSketch>): number =>
    only(judged([{ ...vertical, ...sketch }])).confidence;

  test('0.7 at the threshold, 0.97 at four times it and beyond', () => {
    expect(findingConfidence(1)).toBeCloseTo(0.7);
    expect(findingConfidence(2)).toBeCloseTo(0.835);
    expect(findingConfidence(4)).toBeCloseTo(0.97);
    expect(findingConfidence(1000)).toBeCloseTo(0.97);
  });

  test('findings combine as 1 − Π(1 − c), and one statement counts once', () => {
    const two = scored({
      findings: [
        { kind: 'vertical', strength: 1 },
        { kind: 'stealth', strength: 1 },
      ],
    });
    expect(two).toBeCloseTo(0.91);
    expect(
      scored({
        findings: [
          { kind: 'vertical', strength: 1 },
          { kind: 'vertical', strength: 1, at: 5 },
        ],
      }),
    ).toBeCloseTo(0.7);
  });

  test('the smallest factor alone is applied: drops-only 0.8, sampled 0.9', () => {
    const findings = [{ kind: 'vertical' as const, strength: 4 }];
    expect(scored({ findings, flags: Flag.dropsOnly })).toBeCloseTo(0.776);
    expect(scored({ findings, flags: Flag.sampled })).toBeCloseTo(0.873);
    expect(scored({ findings, flags: Flag.sampled | Flag.dropsOnly })).toBeCloseTo(0.776);
  });

  test('drops-only and sampled are said as blindness, and what would help as a flip', () => {
    const incident = only(judged([{ ...vertical, flags: Flag.dropsOnly | Flag.sampled }]));
    expect(incident.blindness).toContain(
      'Only refused traffic is logged: what was let through, and whether it was answered, is not known.',
    );
    expect(incident.blindness).toContain('Sampled: the true numbers are higher.');
    expect(incident.flips.join(' ')).toContain('A log of accepted connections');
  });

  test('what a format cannot see is said unless another sensor that saw it can', () => {
    const inputs = [
      { name: 'a', format: 'x', blindness: ['no payload', 'no replies'], notes: new Map([['loss', 3]]) },
      { name: 'b', format: 'y', blindness: ['no payload'], notes: new Map<string, number>() },
    ];
    const one = only(judged([vertical], {}, { inputs }));
    expect(one.blindness).toEqual(['no payload', 'no replies', 'a: loss (3 times)']);
    const both = only(judged([{ ...vertical, inputs: [0, 1] }], {}, { inputs }));
    expect(both.blindness).toEqual(['no payload', 'a: loss (3 times)']);
  });

  test('a dossier that has seen no row of its own claims nothing about all rows', () => {
    const incident = only(
      judged([
        {
          ...vertical,
          flags: 0xffff_ffff,
          inputs: [],
          evidence: [{ source: 'fw.log', line: 1, raw: '', at: 1 }],
        },
      ]),
    );
    expect(incident).toMatchObject({ severity: 'low', sensors: ['fw.log'] });
    expect(incident.confidence).toBeGreaterThan(0.85);
  });

  test('evictions are said', () => {
    const incident = only(judged([vertical], {}, { evicted: 1200, evictedSince: seconds(1) }));
    expect(incident.blindness.join()).toContain('1,200 state entries had to go');
  });
});

describe('verdict', () => {
  test('insufficient: only an assumed count crosses', () => {
    const assumed = 'assumed: 3 sampled flows were scaled by 1,000';
    const incident = only(
      judged([{ ...vertical, findings: [{ kind: 'vertical', strength: 9, caveats: [assumed] }] }]),
    );
    expect(incident.verdict).toBe('insufficient');
    expect(incident.severity).toBe('low');
    expect(incident.reasons).toContain(
      'Only an assumed count crosses a threshold: 3 sampled flows were scaled by 1,000.',
    );
    const plain = { kind: 'stealth' as const, strength: 2 };
    const beside = only(
      judged([{ ...vertical, findings: [{ kind: 'vertical', caveats: [assumed] }, plain] }]),
    );
    expect(beside.verdict).toBe('scan');
  });

  const retries = (more: Partial<DossierSketch>): DossierSketch => ({
    actor: '192.0.2.7',
    until: 24 * 3600,
    touches: upTo(14).map((n) => ({
      target: `198.51.100.${n}`,
      ports: [9100],
      outcome: 'unanswered' as const,
      count: 24,
    })),
    findings: [{ kind: 'horizontal', detector: 'slow', window: 86_400, threshold: 15 }],
    ...more,
  });

  test('misconfiguration: the same dead addresses, one service, evenly, for hours', () => {
    const incident = only(judged([retries({})]));
    expect(incident).toMatchObject({ verdict: 'misconfiguration', severity: 'info' });
    expect(incident.reasons.join(' ')).toContain('tcp/9100 at the same 14 addresses again and again');
    expect(incident.reasons.join(' ')).toContain('take the addresses out of its configuration');
  });

  test('not a misconfiguration: over in minutes, several services, an answer, uneven visits', () => {
    const touches = retries({}).touches!;
    const verdictOf = (more: Partial<DossierSketch>): string => only(judged([retries(more)])).verdict;
    expect(verdictOf({ until: 900 })).toBe('scan');
    expect(verdictOf({ touches: [...touches, { target: home, ports: [23], count: 24 }] })).toBe('scan');
    expect(
      verdictOf({
        touches: [...touches, { target: '198.51.100.99', ports: [9100], outcome: 'answered', count: 24 }],
      }),
    ).toBe('scan');
    expect(verdictOf({ touches: [...touches, { target: '198.51.100.99', ports: [9100], count: 1 }] })).toBe(
      'scan',
    );
    expect(verdictOf({ logins: [{ at: 7200, success: true, user: 'x', service: 'ssh' }] })).toBe('scan');
  });

  test('not a misconfiguration: a name server asked evenly for hours, for what does not exist', () => {
    const touches = [{ target: '198.51.100.2', ports: [53], outcome: 'unknown' as const, count: 200 }];
    for (const kind of ['dns-enumeration', 'wordlist'] as const) {
      const asked = retries({
        touches,
        findings: [{ kind, detector: 'slow', window: 86_400, threshold: 60 }],
      });
      expect(only(judged([asked])).verdict).toBe('scan');
    }
  });
});

describe('peer-to-peer', () => {
  const peers = (more: Partial<DossierSketch> = {}): DossierSketch => ({
    actor: '198.51.100.13',
    until: 480,
    touches: upTo(40).map((n) => ({
      target: `203.0.${n}.9`,
      ports: [20_000 + n * 331],
      outcome: n % 3 === 0 ? ('answered' as const) : ('refused' as const),
    })),
    findings: [{ kind: 'sweep' }, { kind: 'block' }],
    ...more,
  });

  test('outbound, a port of its own for each peer, some alive: benign, and it says why', () => {
    const incident = only(judged([peers()]));
    expect(incident).toMatchObject({ verdict: 'benign', severity: 'info' });
    expect(incident.reasons.join(' ')).toContain(
      '40 addresses outside was tried at a port of its own (40 ports',
    );
  });

  test('not: from outside, one port everywhere, many ports at one place, low ports, nobody alive', () => {
    const verdictOf = (more: Partial<DossierSketch>): string => only(judged([peers(more)])).verdict;
    const touches = peers().touches!;
    expect(verdictOf({ actor: '192.0.2.7' })).toBe('scan');
    expect(verdictOf({ touches: touches.map((touch) => ({ ...touch, ports: [6881] })) })).toBe('scan');
    expect(verdictOf({ touches: [...touches, { target: '203.0.200.1', ports: upTo(60, 3000) }] })).toBe(
      'scan',
    );
    expect(verdictOf({ touches: touches.map((touch, i) => ({ ...touch, ports: [1 + i] })) })).toBe('scan');
    expect(
      verdictOf({ touches: touches.map((touch) => ({ ...touch, outcome: 'unanswered' as const })) }),
    ).toBe('scan');
    expect(verdictOf({ findings: [{ kind: 'horizontal' }] })).toBe('scan');
    const inward = touches.map((touch, i) => ({ ...touch, target: `198.51.100.${i + 100}` }));
    expect(verdictOf({ touches: inward })).toBe('scan');
  });
});

describe('monitoring', () => {
  const polls = (more: Partial<DossierSketch> = {}, count = 40): DossierSketch => ({
    actor: '192.0.2.41',
    until: 480,
    touches: [
      ...upTo(12).map((n) => ({
        target: `198.51.100.${n}`,
        ports: [9100],
        outcome: 'answered' as const,
        count,
      })),
      ...upTo(2).map((n) => ({ target: `198.51.100.${n}`, ports: [9101], count })),
    ],
    findings: [{ kind: 'icmp-sweep' }],
    ...more,
  });

  test('the same services, most of which answer, evenly and often: benign', () => {
    const incident = only(judged([polls()]));
    expect(incident).toMatchObject({ verdict: 'benign', severity: 'info' });
    expect(incident.reasons.join(' ')).toContain(
      'The same 14 services at 12 addresses were visited again and again',
    );
  });

  test('much of it down, for hours, from inside: benign; sooner or from outside: not', () => {
    const verdictOf = (more: Partial<DossierSketch>, count = 8): string => {
      const touches = polls({}, count).touches!.map((touch, i) => ({
        ...touch,
        outcome: i % 2 ? ('unanswered' as const) : ('answered' as const),
      }));
      return only(judged([polls({ actor: '198.51.100.200', until: 7200, touches, ...more })])).verdict;
    };
    expect(verdictOf({})).toBe('benign');
    expect(verdictOf({}, 7)).toBe('scan');
    expect(verdictOf({ until: 7100 })).toBe('scan');
    expect(verdictOf({ actor: '192.0.2.41' })).toBe('scan');
    expect(verdictOf({ findings: [{ kind: 'vertical' }] })).toBe('scan');
    expect(verdictOf({ findings: [{ kind: 'vertical' }] }, 20)).toBe('benign');
  });

  test('not: once only, mostly in vain, unevenly, in a minute, many ports of one host', () => {
    const verdictOf = (sketch: DossierSketch): string => only(judged([sketch])).verdict;
    expect(verdictOf(polls({}, 1))).toBe('scan');
    const touches = polls().touches!;
    expect(
      verdictOf(
        polls({
          touches: touches.map((touch, i) => ({
            ...touch,
            outcome: i % 2 ? ('refused' as const) : ('answered' as const),
          })),
        }),
      ),
    ).toBe('scan');
    expect(
      verdictOf(polls({ touches: touches.map((touch, i) => ({ ...touch, count: 4 + i * i * i })) })),
    ).toBe('scan');
    expect(verdictOf(polls({ until: 60 }))).toBe('scan');
    expect(verdictOf(polls({ findings: [{ kind: 'vertical' }] }))).toBe('scan');
  });
});

test('a call-back is a TCP connection from home to the outsider who probed', () => {
  const back = (more: Partial<DossierSketch>, proto: number, port: number): Incident =>
    only(
      judged([
        { ...vertical, callbacks: [{ target: home, service: proto * 65_536 + port, at: 60 }], ...more },
      ]),
    );
  expect(back({}, Proto.tcp, 4444).severity).toBe('high');
  expect(back({}, Proto.udp, 51_413).severity).toBe('low');
  expect(back({}, Proto.tcp, 25).severity).toBe('low');
  const outward = { actor: '198.51.100.77', touches: [{ target: '203.0.113.1', ports: upTo(50) }] };
  const callbacks = [{ target: '203.0.113.1', service: Proto.tcp * 65_536 + 4444, at: 60 }];
  expect(back({ ...outward, callbacks }, Proto.tcp, 4444).followed).toEqual([]);
});

describe('authorised', () => {
  const inScope = allow({
    kinds: ['vertical'],
    targets: AddressSet.parse(['198.51.100.0/28']),
  });

  test('a covered finding is authorised, info, and names owner and end', () => {
    const incident = only(judged([vertical], { allowlist: [inScope] }));
    expect(incident).toMatchObject({ verdict: 'authorised', severity: 'info' });
    expect(incident.context).toEqual([
      'Allowlist entry quarterly-scan: quarterly vulnerability scan; owner red-team@example.org, until 2026-02-01T03:04:05.000000Z.',
    ]);
  });

  test('targets outside the scope become a second, linked scan of at least medium', () => {
    const both = {
      ...vertical,
      touches: [...vertical.touches!, { target: '198.51.100.200', ports: upTo(50) }],
      findings: [
        ...vertical.findings!,
        { kind: 'vertical' as const, target: '198.51.100.200', at: 3, strength: 2.5 },
      ],
    };
    const incidents = judged([both], { allowlist: [inScope] });
    expect(incidents.map(({ verdict, severity }) => [verdict, severity])).toEqual([
      ['scan', 'medium'],
      ['authorised', 'info'],
    ]);
    const [deviation, authorised] = incidents;
    expect(deviation.targets.map(({ address }) => address)).toEqual(['198.51.100.200']);
    expect(authorised.targets.map(({ address }) => address)).toEqual(['198.51.100.4']);
    expect(deviation.id).not.toBe(authorised.id);
    expect(deviation.context.at(-1)).toContain(authorised.id);
    expect(authorised.context.at(-1)).toContain(deviation.id);
    expect(deviation.context.join(' ')).toContain('Targets outside its scope: 198.51.100.200.');
  });

  test('ordinary use of a public service elsewhere is no deviation', () => {
    const lookups = {
      ...vertical,
      touches: [
        ...vertical.touches!,
        {
          target: '198.51.100.53',
          ports: [53],
          proto: 'udp' as const,
          outcome: 'answered' as const,
          popular: true,
        },
      ],
    };
    expect(only(judged([lookups], { allowlist: [inScope] })).verdict).toBe('authorised');
  });

  test('another kind than allowed becomes the deviation', () => {
    const also = { ...vertical, findings: [...vertical.findings!, { kind: 'stealth' as const, at: 4 }] };
    const incidents = judged([also], { allowlist: [inScope] });
    expect(incidents.map(({ verdict, kinds }) => [verdict, kinds])).toEqual([
      ['scan', ['stealth']],
      ['authorised', ['vertical']],
    ]);
  });

  test('outside the schedule, before its begin, after its end, or another address: not covered', () => {
    // start is a Friday, 03:04:05.
    const nights = { days: [5], start: 60, end: 240 };
    const verdicts = (entry: ReturnType<typeof allow>): string[] =>
      judged([vertical], { allowlist: [entry] }).map(({ verdict }) => verdict);
    expect(verdicts(allow({ schedule: nights }))).toEqual(['authorised']);
    expect(verdicts(allow({ schedule: { ...nights, days: [6] } }))).toEqual(['scan']);
    expect(verdicts(allow({ schedule: { ...nights, start: 185 } }))).toEqual(['scan']);
    // 22:00 to 04:00 of the night that began on Thursday.
    expect(verdicts(allow({ schedule: { days: [4], start: 1320, end: 240 } }))).toEqual(['authorised']);
    expect(verdicts(allow({ from: seconds(10) }))).toEqual(['scan']);
    expect(verdicts(allow({ until: seconds(10) }))).toEqual(['scan']);
    expect(verdicts(allow({ addresses: AddressSet.parse(['192.0.2.8']) }))).toEqual(['scan']);
  });

  test('an entry for one IPv6 address holds for that address, not for its /64', () => {
    const actor = (...last: string[]): DossierSketch => ({
      ...vertical,
      actor: '2001:db8:0:1::/64',
      addresses: last.map((part) => `2001:db8:0:1::${part}`),
    });
    const by = (set: string, sketch: DossierSketch): Incident =>
      only(judged([sketch], { allowlist: [allow({ addresses: AddressSet.parse([set]) })] }));
    expect(by('2001:db8:0:1::5', actor('5')).verdict).toBe('authorised');
    expect(by('2001:db8:0:1::/64', actor('5', '6')).verdict).toBe('authorised');
    expect(by('2001:db8::/32', actor()).verdict).toBe('authorised');
    const both = by('2001:db8:0:1::5', actor('5', '6'));
    expect(both.verdict).toBe('scan');
    expect(both.context).toEqual([
      'Allowlist entry quarterly-scan holds 1 of the 2 addresses it came from: not applied.',
    ]);
    // The first address of the /64 stands for no other, and with 64 known there may be more.
    expect(by('2001:db8:0:1::', actor('5')).verdict).toBe('scan');
    expect(by('2001:db8:0:1::', actor()).verdict).toBe('scan');
    const many = upTo(64).map((n) => n.toString(16));
    expect(by('2001:db8:0:1::/120', actor(...many.slice(1))).verdict).toBe('authorised');
    expect(by('2001:db8:0:1::/120', actor(...many)).verdict).toBe('scan');
  });

  test('an expired entry is reported and not applied', () => {
    const incident = only(judged([vertical], { allowlist: [allow({ until: seconds(-60) })] }));
    expect(incident.verdict).toBe('scan');
    expect(incident.context).toEqual([
      'Allowlist entry quarterly-scan (owner red-team@example.org) expired 2026-01-02T03:03:05.000000Z: not applied.',
    ]);
  });
});

describe("the attacker's notebook", () => {
  test('lists what was open, closed and filtered, banners, paths and names', () => {
    const incident = only(
      judged([
        {
          ...wordlist,
          touches: [
            { target: home, ports: [22, 80], outcome: 'answered' },
            { target: home, ports: [1, 2, 3, 9] },
            { target: '198.51.100.9', ports: [443], outcome: 'denied' },
          ],
          banners: [{ target: home, port: 22, text: 'SSH-2.0-OpenSSH_9.2' }],
          pages: [
            ['www.example.org', '/admin/', 401, 99],
            ['www.example.org', '/none', 404, 9],
          ],
          names: [
            ['vpn.example.org', 0],
            ['nope.example.org', 3],
          ],
        },
      ]),
    );
    expect(incident.learned).toEqual({
      open: ['198.51.100.4 tcp/22,80'],
      closed: ['198.51.100.4 tcp/1-3,9'],
      filtered: ['198.51.100.9 tcp/443'],
      banners: ['198.51.100.4 tcp/22: SSH-2.0-OpenSSH_9.2'],
      paths: ['www.example.org/admin/ (401, 99 bytes)'],
      names: ['vpn.example.org'],
      assets: [],
    });
    expect(incident.names[0]).toEqual({ name: 'vpn.example.org', rcode: 'NOERROR' });
  });

  test('an open service that was visited far more than the rest is told, and escalates nothing', () => {
    const incident = only(
      judged([
        {
          ...vertical,
          touches: [
            ...vertical.touches!,
            { target: home, ports: [22], outcome: 'answered', popular: true, count: 40 },
          ],
        },
      ]),
    );
    expect(incident.severity).toBe('low');
    expect(incident.followed[0].what).toContain('dwelt on what had answered: tcp/22 at 198.51.100.4');
  });
});

test('five thousand suspects are judged in seconds', () => {
  const sketches = upTo(5000).map((n) => ({
    ...vertical,
    actor: `203.${n >>> 8}.${n & 255}.9`,
    from: n / 10,
    until: n / 10 + 12,
    touches: [{ target: home, ports: upTo(12, n % 50_000) }],
  }));
  const began = performance.now();
  expect(judged(sketches)).toHaveLength(5000);
  expect(performance.now() - began).toBeLessThan(20_000);
});
