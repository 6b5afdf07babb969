import { describe, expect, test } from 'vitest';
import type { Incident } from '../model/incident.ts';
import { contextOf, dossierOf, factsOf, TextBook, upTo } from './dossier.fixture.ts';
import type { DossierSketch } from './dossier.fixture.ts';
import { judgeAll } from './judge.ts';

function judged(sketches: readonly DossierSketch[]): Incident[] {
  const book = new TextBook();
  const dossiers = sketches.map((sketch) => dossierOf(book, sketch));
  const incidents = judgeAll(dossiers, factsOf(book), contextOf());
  return incidents.sort((x, y) => (x.first < y.first ? -1 : 1));
}
const day = 86_400;

describe('what is usual for an actor', () => {
  /** A visit to `answered` services that answer and five that do not, `value` thresholds of 20 high. */
  const visit = (
    on: number,
    answered: number,
    value: number,
    more: Partial<DossierSketch> = {},
  ): DossierSketch => ({
    actor: '198.51.100.40',
    from: on * day,
    until: on * day + 60,
    touches: [
      ...upTo(answered).map((n) => ({
        target: `203.${n >> 8}.${n & 255}.9`,
        ports: [443],
        outcome: 'answered' as const,
      })),
      { target: '203.0.200.1', ports: [443] },
    ],
    findings: [{ kind: 'horizontal', service: 6 * 65_536 + 443, at: on * day + 1, strength: value }],
    ...more,
  });
  const week = (answered: number, value = 1.5): DossierSketch[] =>
    upTo(7, 0).map((on) => visit(on, answered, value));
  const last = (incidents: readonly Incident[]): Incident => incidents.at(-1)!;

  test('after seven days that were answered, as much again is benign, and says why', () => {
    const incidents = judged([...week(60), visit(7, 60, 2)]);
    expect(incidents.slice(0, 7).every(({ verdict }) => verdict === 'scan')).toBe(true);
    expect(last(incidents)).toMatchObject({ verdict: 'benign', severity: 'info' });
    expect(last(incidents).reasons.join(' ')).toContain(
      'on 7 earlier days about 60 services answered it each day, which raises its thresholds (fourfold at most); its highest score, 40, stays below 60.',
    );
  });

  test('not: six days, more than usual, more than fourfold, unanswered days, another kind, another actor, a success', () => {
    const verdictOf = (...sketches: DossierSketch[]): string => last(judged(sketches)).verdict;
    expect(verdictOf(...week(60).slice(1), visit(7, 60, 2))).toBe('scan');
    expect(verdictOf(...week(60), visit(7, 60, 3))).toBe('scan');
    expect(verdictOf(...week(500), visit(7, 500, 3.9))).toBe('benign');
    expect(verdictOf(...week(500), visit(7, 500, 4))).toBe('scan');
    expect(verdictOf(...week(0), visit(7, 60, 2))).toBe('scan');
    expect(
      verdictOf(...week(60), visit(7, 60, 2, { findings: [{ kind: 'stealth', at: 7 * day + 1 }] })),
    ).toBe('scan');
    expect(verdictOf(...week(60), visit(7, 60, 2, { actor: '198.51.100.41' }))).toBe('scan');
    const login = { at: 7 * day + 30, success: true, user: 'x', service: 'smb' };
    expect(verdictOf(...week(60), visit(7, 60, 2, { logins: [login] }))).toBe('scan');
  });
});

describe('who may be behind the address', () => {
  const scan: DossierSketch = {
    actor: '192.0.2.7',
    touches: [{ target: '198.51.100.4', ports: upTo(50) }],
    findings: [{ kind: 'vertical', target: '198.51.100.4', strength: 2.5 }],
  };
  const said = (more: Partial<DossierSketch>): string => judged([{ ...scan, ...more }])[0].reasons.join('\n');
  const flip = (more: Partial<DossierSketch>): boolean =>
    judged([{ ...scan, ...more }])[0].flips.some((text) => text.includes('a block hits all of them'));

  test('carrier space, private addresses that are not home', () => {
    expect(said({ actor: '100.64.3.9' })).toContain('RFC 6598');
    expect(said({ actor: '10.9.8.7' })).toContain('a private address that is not home');
    expect(said({})).not.toMatch(/RFC 6598|private address/);
    expect(flip({ actor: '100.64.3.9' })).toBe(true);
    expect(flip({})).toBe(false);
  });

  test('TTLs that began apart, not those that routes make', () => {
    expect(said({ ttl: [51, 113] })).toContain('different TTLs (51 and 113 were seen)');
    expect(said({ ttl: [49, 53] })).not.toContain('TTL');
    expect(said({})).not.toContain('TTL');
  });

  test('many agents of which none asks for most; several users', () => {
    const agents = (each: number, first = each): Record<string, number> =>
      Object.fromEntries(upTo(9).map((n) => [`browser ${n}`, n === 1 ? first : each]));
    expect(said({ agents: agents(5) })).toContain('9 different agents asked by it');
    expect(said({ agents: agents(5, 100) })).not.toContain('different agents');
    const login = (user: string): { at: number; success: boolean; user: string; service: string } => ({
      at: 30,
      success: true,
      user,
      service: 'vpn',
    });
    expect(said({ logins: ['ann', 'bob', 'eve'].map(login) })).toContain(
      '3 users logged in from it (ann, bob and eve)',
    );
    expect(said({ logins: ['ann', 'bob'].map(login) })).not.toContain('logged in from it');
  });
});
