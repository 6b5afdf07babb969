import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Drives `offtrail rules` as a user does; `npm test` builds it first.
const root = resolve(import.meta.dirname, '..');
const samples = join(root, 'samples');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-rules-'));
  writeFileSync(
    join(folder, 'bad.yml'),
    'title: Bad\ntags: [attack.t1595.004]\nlogsource: {category: firewall}\ndetection: {s: {a|foo: 1}, condition: s}\n',
  );
  writeFileSync(
    join(folder, 'map.yml'),
    'sources:\n  - logsource: {category: firewall}\n    from: index=fw\n    time: _time\n    fields: {src_ip: src, dst_ip: dst, dst_port: {column: port, type: number}}\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function offtrail(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
    maxBuffer: 64 << 20,
  });
  return { code: status, out: stdout, err: stderr };
}

test('list, show, test and lint the shipped rules', () => {
  const list = offtrail('rules', 'list', '--json');
  const rules = list.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; reported: boolean });
  expect(list.code).toBe(0);
  expect(rules.filter(({ reported }) => reported).length).toBeGreaterThanOrEqual(20);
  expect(offtrail('rules', 'show', 'vertical_scan').out).toContain(
    'value_count of dst_port gt 20 within 300 s',
  );
  const tested = offtrail('rules', 'test');
  expect(tested.out).toMatch(/^\d\d cases, 0 failed\n$/);
  expect(tested.code).toBe(0);
  expect(offtrail('rules', 'lint')).toMatchObject({ code: 0, out: '' });
});

test('lint says file, line and column, and fails', () => {
  const { code, out } = offtrail('rules', 'lint', '--rules', 'bad.yml');
  expect(out).toContain('bad.yml:4:17: error: unknown modifier "foo" (rule "Bad")');
  expect(code).toBe(1);
});

test('odd files are named with their place and do not stop the others', () => {
  const odd = join(folder, 'odd');
  mkdirSync(odd);
  const rule = (title: string): string =>
    `title: ${title}\nlogsource: {category: firewall}\ndetection: {sel: {action: deny}, condition: sel}\n`;
  writeFileSync(join(odd, 'bom.yml'), `\ufeff${rule('Marked')}`);
  writeFileSync(join(odd, 'crlf.yml'), rule('Lines').replaceAll('\n', '\r\n'));
  writeFileSync(join(odd, 'empty.yml'), '');
  writeFileSync(join(odd, 'huge.yml'), 'a'.repeat(4_194_305));
  writeFileSync(join(odd, 'keys.yml'), `${rule('First')}---\ntitle: 'Twice'\nlevel: low\nlevel: high\n`);
  writeFileSync(join(odd, 'latin.yml'), Buffer.from('title: \xe9\n', 'latin1'));
  writeFileSync(join(odd, 'tabs.yml'), rule('Tabs').replace('detection', '\tdetection'));
  writeFileSync(join(odd, 'wide.yml'), Buffer.from(`\ufeff${rule('Wide')}`, 'utf16le'));
  writeFileSync(
    join(odd, 'unseen.yml'),
    `title: Unseen\nname: unseen\nlogsource: {category: firewall}\ndetection: {sel: {action: "a\\u202eb"}, condition: sel}\n`,
  );
  const lint = offtrail('rules', 'lint', '--rules', 'odd');
  expect(lint.code).toBe(1);
  for (const line of [
    'odd/bom.yml:1:1: warning: the rule has no id (rule "Marked")',
    'odd/crlf.yml:1:1: warning: the rule has no id (rule "Lines")',
    'odd/empty.yml:1:1: warning: the file holds no document',
    'odd/huge.yml:1:1: error: the file is larger than 4 MiB',
    'odd/keys.yml:7:1: error: Map keys must be unique (rule "Twice")',
    'odd/latin.yml:1:1: error: the file is not UTF-8',
    'odd/tabs.yml:3:1: error: Tabs are not allowed as indentation (rule "Tabs")',
    'odd/wide.yml:1:1: error: the file is UTF-16: rules are UTF-8',
  ])
    expect(lint.out).toContain(`${line}\n`);
  expect(offtrail('rules', 'list', '--rules', 'odd').out).toContain('Lines');
  expect(offtrail('rules', 'test', '--rules', 'odd')).toMatchObject({ code: 1 });
  // One rule of many does not tell of the others; one that is not there may be among those that could not be read.
  const one = offtrail('rules', 'convert', 'Lines', '--rules', 'odd', '-t', 'splunk-spl');
  expect(one).toMatchObject({ code: 0, err: '' });
  expect(offtrail('rules', 'show', 'Nobody', '--rules', 'odd').err).toMatch(
    /there is no rule Nobody; .*; 5 rules could not be read/,
  );
  expect(offtrail('rules', 'show', 'Tabs', '--rules', 'odd').err).toContain(
    'odd/tabs.yml:3:1: Tabs are not allowed',
  );
  // A query is shown as it is to be copied, or not at all.
  const shown = offtrail('rules', 'convert', 'unseen', '--rules', 'odd', '-t', 'duckdb-sql');
  expect(shown.out).toBe('');
  expect(shown.err).toContain('unseen.yml:1:1: the query holds characters that do not show on a terminal');
  expect(
    offtrail('rules', 'convert', 'unseen', '--rules', 'odd', '-t', 'duckdb-sql', '--json').out,
  ).toContain('a\u202eb');
  expect(offtrail('rules', 'convert', 'unseen', '--rules', 'odd', '-t', 'sentinel-kql').out).toContain(
    String.raw`DvcAction =~ "a\u202eb"`,
  );
  expect(offtrail('rules', 'convert', 'unseen', '--rules', 'odd', '-t', 'elastic-query-dsl').out).toContain(
    String.raw`"value": "a\u202eb"`,
  );
});

test('convert: the query with its notes, a mapping of the site, and refusals on standard error', () => {
  const mapped = offtrail('rules', 'convert', 'vertical_scan', '-t', 'splunk-spl', '--mapping', 'map.yml');
  expect(mapped.code).toBe(0);
  expect(mapped.out).toMatch(/^``` Vertical Port Scan \(/);
  expect(mapped.out).toContain(
    '| streamstats time_window=5m dc(port) as value_count by src dst\n| where value_count > 20',
  );
  const refused = offtrail('rules', 'convert', 'block_scan', '-t', 'elastic-esql');
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(
    /firewall\.yml:\d+:1: elastic-esql cannot say this: correlations of correlations \(rule "Block Scan"\)/,
  );
  expect(offtrail('rules', 'convert', '-t', 'nothing')).toMatchObject({ code: 2 });
});

test('detect --rules leaves out what it does not take and says so; a slip in a rule has to be put right', () => {
  const site = join(folder, 'site');
  mkdirSync(site);
  const rule = (title: string, rest: string): string =>
    `title: ${title}\nlogsource: {category: firewall}\ndetection: {sel: {action: deny}, ${rest}}\n`;
  writeFileSync(join(site, 'good.yml'), rule('Good', 'condition: sel'));
  writeFileSync(join(site, 'old.yml'), rule('Old', 'timeframe: 5m, condition: sel'));
  const log = join(samples, 'firewall.log.gz');
  const detect = (): ReturnType<typeof offtrail> => offtrail('detect', '--rules', site, '--json', log);
  const { code, out, err } = detect();
  expect(code).toBe(0);
  expect(out).toContain('Sigma rule \\"Good\\"');
  expect(err).toContain('old.yml:3:34: "timeframe" left Sigma with version 2');
  expect(err).toContain('1 Sigma rule was left out');
  rmSync(join(site, 'good.yml'));
  expect(detect().err).toContain('there are no Sigma rules in');
  writeFileSync(join(site, 'broken.yml'), rule('Broken', 'condition: sel and'));
  expect(detect()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('broken.yml') as string });
});

test('detect --rules reports what the rules say; tune replays the log', () => {
  const { out, code } = offtrail(
    'detect',
    join(samples, 'firewall.log.gz'),
    '--rules',
    'shipped',
    '--json',
    '--home',
    '198.51.100.0/27',
  );
  expect(code).toBe(0);
  const incidents = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; kinds?: string[] });
  expect(incidents.filter(({ kinds }) => kinds?.includes('sigma')).length).toBeGreaterThan(10);
  const plain = offtrail(
    'detect',
    join(samples, 'firewall.log.gz'),
    '--json',
    '--home',
    '198.51.100.0/27',
  ).out;
  expect(plain).not.toContain('Sigma rule');
  const tuned = offtrail('rules', 'tune', 'vertical_scan', join(samples, 'firewall.log.gz'), '--json');
  const answer = JSON.parse(tuned.out) as {
    threshold: number;
    rows: { at: number; actors: number }[];
    suggested: number;
    reason: string;
  };
  expect(answer.threshold).toBe(21);
  const actors = answer.rows.map((row) => row.actors);
  expect(actors).toEqual(actors.toSorted((a, b) => b - a));
  expect(actors[0]).toBeGreaterThan(0);
  expect(answer.reason).not.toBe('');
  expect(offtrail('rules', 'tune', 'zone_transfer', join(samples, 'firewall.log.gz'))).toMatchObject({
    code: 2,
  });
});
