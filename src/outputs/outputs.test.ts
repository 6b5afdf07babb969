import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../base/safe-text.ts';
import type { Incident } from '../model/incident.ts';
import type { Output, OutputOptions } from '../model/output.ts';
import { csv } from './csv.ts';
import { grepable } from './grepable.ts';
import { ndjson } from './ndjson.ts';
import { hostile, sampleReport } from './report.fixture.ts';
import { terminal } from './terminal.ts';
import { xml } from './xml.ts';

const plain: OutputOptions = { color: false, width: 100, verbose: false };
const report = sampleReport();
const rendered = (output: Output, options: Partial<OutputOptions> = {}, of = report): string =>
  [...output.render(of, { ...plain, ...options })].join('');

describe('every output', () => {
  test.each([terminal, ndjson, csv, grepable, xml])(
    '$name: no control or bidi character gets through',
    (output) => {
      for (const verbose of [false, true]) {
        const text = rendered(output, { verbose });
        const allowed = output === csv ? /\r\n/g : output === grepable ? /[\n\t]/g : /\n/g;
        expect(text.replace(allowed, '')).not.toMatch(
          /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029]/u,
        );
        expect(text).toContain('192.0.2.7');
      }
    },
  );
});

describe('terminal', () => {
  test('the worst first, with reasons, notebook, evidence, and the rest as a table', () => {
    const text = rendered(terminal);
    expect(text.split('\n').slice(0, 15)).toEqual([
      '2 incidents (1 medium, 1 low) and 1 note in 9,990 events of 2 inputs, 2026-01-02 03:04:05 to',
      '2026-01-03 03:04:05 UTC.',
      'Home: 198.51.100.0/24 (configured)',
      '',
      '── MEDIUM  scan  192.0.2.7 ──────────────────────────────────────────────────────── confidence 0.97',
      '  vertical · T1595.001 · 2026-01-02 03:04:05 to 03:04:17 UTC (12 s)',
      '',
      '  192.0.2.7 tried 201 ports at 198.51.100.4: 2 answered (tcp/22 and tcp/8443) and 199 refused,',
      '  within 12 s.',
      '',
      '  why         · Medium: a service that is not public answered (tcp/22 at 198.51.100.4 and tcp/8443',
      '                at 198.51.100.4).',
      '              · Score of vertical (198.51.100.4): 200 within 1 m (threshold 20).',
      '  it learned  open: 198.51.100.4 tcp/22,8443',
      '              closed: 198.51.100.4 tcp/1-21,23-200',
    ]);
    expect(text).toContain('fw.log:17\n    Jan  2 03:04:05 fw kernel: DROP SRC=192.0.2.7');
    expect(text).toContain('banner: 198.51.100.4 tcp/22: SSH-2.0-OpenSSH_9.2');
    expect(text).toMatch(
      /And 1 other.*\n {2}severity {2}verdict.*\n {2}info {6}misconfiguration {2}192\.0\.2\.99/,
    );
    expect(text).toContain('fw.log: skipped 10: no netfilter line (line 7: \\x1b[2J');
    expect(text).toContain('3 events came too late');
  });

  test('what the table has no room for is told by kind and service', () => {
    const [first] = report.incidents;
    const many = (count: number, port: string, more: Partial<Incident> = {}): Incident[] =>
      Array.from({ length: count }, () => ({
        ...first,
        severity: 'low' as const,
        kinds: ['horizontal' as const],
        targets: [{ address: '198.51.100.4', ports: [`${port}:refused`], portCount: 1 }],
        counts: { ...first.counts, events: 30 },
        ...more,
      }));
    const several = [{ address: '198.51.100.4', ports: ['tcp/22:refused', 'tcp/23:refused'], portCount: 9 }];
    const incidents = [
      ...many(50, 'tcp/23'),
      ...many(1200, 'tcp/23'),
      ...many(7, 'tcp/80', { targets: several }),
    ];
    const text = rendered(terminal, {}, { ...report, incidents });
    expect(text).toContain(
      [
        'And 1,207 more like these',
        '  severity  verdict  kinds       service  incidents  events',
        '  low       scan     horizontal  tcp/23       1,200  36,000',
        '  low       scan     horizontal  several          7     210',
        '',
      ].join('\n'),
    );
    const kinds = Array.from({ length: 90 }, (_, i) => many(1, `tcp/${i + 1}`)).flat();
    expect(rendered(terminal, {}, { ...report, incidents: kinds })).toMatch(/^ {2}others {40,}28 +840$/m);
  });

  test.each([78, 80, 120])('no line is wider than %i cells', (width) => {
    for (const verbose of [false, true]) {
      const lines = rendered(terminal, { width, verbose }).split('\n');
      expect(lines.filter((line) => cellsOf(line) > width)).toEqual([]);
    }
  });

  test('colour only when wanted, and only colours', () => {
    expect(rendered(terminal)).not.toContain('\u001b');
    const colored = rendered(terminal, { color: true });
    expect(colored).toContain('\u001b[1;33mMEDIUM\u001b[0m');
    expect(colored.replaceAll(/\u001b\[[\d;]+m/g, '')).toBe(rendered(terminal));
  });

  test('nothing found is said plainly', () => {
    const text = [...terminal.render({ ...report, incidents: [] }, plain)].join('');
    expect(text).toMatch(/^No scanning found in 9,990 events/);
    const summary = { ...report.summary, events: 0 };
    expect([...terminal.render({ summary, incidents: [] }, plain)].join('')).toMatch(
      /^Nothing to judge in 0/,
    );
  });

  test('of a thousand inputs those that were read are shown', () => {
    const [read] = report.summary.inputs;
    const strange = Array.from({ length: 1000 }, (_, i) => ({
      ...read,
      name: `strange-${i}`,
      format: null,
      skipped: [],
      notes: [{ note: 'no known format: not read', count: 1 }],
    }));
    const of = { ...report, summary: { ...report.summary, inputs: [...strange, read] } };
    const text = rendered(terminal, {}, of);
    expect(text).toMatch(/\n {2}fw\.log +netfilter/);
    expect(text).toContain('\n  … and 961 others (in full with -v)\n');
    expect(text.match(/strange-/g)!.length).toBeLessThan(100);
    expect(rendered(terminal, { verbose: true }, of)).toContain('strange-999');
  });

  test('a raw record is wrapped as far as its addresses and ports, then cut', () => {
    const words = Array.from({ length: 60 }, (_, i) => `FIELD${i}=value`).join(' ');
    const [incident] = report.incidents;
    const evidence = [{ source: 'fw.log', line: 17, raw: words, time: incident.first }];
    const of = { ...report, incidents: [{ ...incident, evidence }] };
    const lines = rendered(terminal, {}, of).split('\n');
    const at = lines.findIndex((line) => line.endsWith('fw.log:17'));
    const raw = lines.slice(at + 1, at + 5).map((line) => line.trim());
    expect(raw[0]).toMatch(/^FIELD0=value FIELD1=value/);
    expect(words.startsWith(raw.join(' ').replace(/ ?…$/, ''))).toBe(true);
    expect(raw[3]).toMatch(/…$/);
    expect(lines[at + 5]).not.toContain('FIELD');
  });
});

test('ndjson: incidents and the summary read back as they were', () => {
  const lines = rendered(ndjson).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([...report.incidents, report.summary]);
});

test('csv: a row each, as many cells as columns, no formulas', () => {
  const rows = rendered(csv).trimEnd().split('\r\n');
  expect(rows).toHaveLength(4);
  const cells = rows.map((row) =>
    [...row.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell]) => cell),
  );
  expect(new Set(cells.map((row) => row.length))).toEqual(new Set([23]));
  const evil = { ...report.incidents[0], actor: { ...report.incidents[0].actor, address: '=1+1' } };
  const text = [...csv.render({ ...report, incidents: [evil] }, plain)].join('');
  expect(text).toContain(",'=1+1,");
});

test('grepable: one line each, always the same keys', () => {
  const lines = rendered(grepable).trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  const keys = lines
    .slice(0, 3)
    .map((line) => line.split('\t').map((pair) => pair.slice(0, pair.indexOf('='))));
  expect(keys[1]).toEqual(keys[0]);
  expect(keys[0].slice(0, 4)).toEqual(['severity', 'verdict', 'confidence', 'actor']);
  expect(lines[0]).toContain('\topen=198.51.100.4 tcp/22,8443\t');
});

test('xml: well-formed whatever the strings are, and the text is in it', () => {
  const parser = new SaxesParser();
  const errors: string[] = [];
  const texts: string[] = [];
  parser.on('error', (error) => errors.push(error.message));
  parser.on('text', (text) => texts.push(text));
  parser.write(rendered(xml)).close();
  expect(errors).toEqual([]);
  expect(texts).toContain('SSH-2.0-OpenSSH_9.2'.replace(/^/, '198.51.100.4 tcp/22: '));
  expect(texts.join('')).toContain('</script><script>alert(1)</script>');
  expect(hostile).toContain('</script>');
});

test('advice is shown before what was read, and obeyed by nobody', () => {
  const advised = { ...report, summary: { ...report.summary, advice: ['`home`: name it', hostile] } };
  const text = rendered(terminal, {}, advised);
  expect(text).toContain('What would sharpen this\n  · `home`: name it\n');
  expect(text.indexOf('What would sharpen')).toBeLessThan(text.indexOf('\nRead\n'));
  expect(text).not.toContain('\u001b[2J');
  expect(rendered(terminal)).not.toContain('What would sharpen');
});
