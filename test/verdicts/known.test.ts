import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Problems } from '../../src/context/context-file.ts';
import { readLists } from '../../src/context/range-lists.ts';
import { parseCidr } from '../../src/model/address.ts';
import type { Context, RangeList, VerifiedName } from '../../src/model/context.ts';
import { PrefixTable } from '../../src/model/prefix-table.ts';
import { expectBenign, expectScan, incidentsOf, only } from './judged.ts';
import { accessLog, conn, connLog, request, start, times, word } from '../../lab/log-lines.ts';

const googlebot =
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/126.0.0.0 Safari/537.36';

/** The site's copy of Google's published ranges, two days old. */
function crawlers(block: string, name?: VerifiedName, from = ''): Partial<Context> {
  const list: RangeList = {
    kind: 'bot',
    name: 'Googlebot',
    source: 'googlebot.json',
    date: (start - 2 * 86_400_000) * 1000,
    agents: ['Googlebot'],
    hosts: ['googlebot.com'],
    entries: 1,
  };
  const cidr = parseCidr(block)!;
  return {
    lists: [list],
    ranges: new PrefixTable([{ block: cidr, value: { list, block: cidr.text, date: NaN, label: '' } }]),
    ...(name && { names: new Map([[from, name]]) }),
  };
}

/** Pages that the site lost: words of people, not of lists, but enough of them. */
const lostPages = (from: string): string =>
  accessLog(
    times(90, (i) =>
      request({
        at: i * 3,
        from,
        path: i % 6 === 5 ? `/pages/${i}.html` : `/${word(i)}/${word(i * 3)}`,
        status: i % 6 === 5 ? 200 : 404,
        agent: googlebot,
      }),
    ),
  );

test('23: a fake Googlebot with a forged PTR: a scan', async () => {
  const from = '203.0.113.66';
  const forged: VerifiedName = { claimed: ['crawl-66-249-66-1.googlebot.com'], confirmed: [], failed: '' };
  const context = crawlers('66.249.64.0/19', forged, from);
  const incident = expectScan(
    await incidentsOf({ 'access.log': lostPages(from) }, context),
    from,
    'wordlist',
    'T1595.003',
  );
  // The forgery is evidence.
  expect(JSON.stringify([incident.reasons, incident.context])).toContain('googlebot.com');
});

test('24: the verified Googlebot and many 404s: benign', async () => {
  const from = '66.249.66.1';
  const real: VerifiedName = {
    claimed: ['crawl-66-249-66-1.googlebot.com'],
    confirmed: ['crawl-66-249-66-1.googlebot.com'],
    failed: '',
  };
  const log = { 'access.log': lostPages(from) };
  expectBenign(await incidentsOf(log, crawlers('66.249.64.0/19', real, from)));
  expectBenign(await incidentsOf(log, crawlers('66.249.64.0/19')));
  // Without the lists it would be a scan: the test shows what they do.
  expect(only(await incidentsOf(log)).verdict).toBe('scan');
});

test('37: Shodan, verified by its ranges: a known scanner, told at info', async () => {
  // The lists that come with the project; the address is whichever theirs begins with.
  const folder = join(import.meta.dirname, '..', '..', 'context');
  const problems = new Problems();
  const { lists, table } = readLists([folder], problems);
  const from = readFileSync(join(folder, 'scanner-shodan.netset'), 'utf8')
    .split('\n')
    .find((line) => /^[0-9.]+$/.test(line))!;
  const context: Partial<Context> = { lists, ranges: table };
  const log = connLog(
    times(60, (i) => conn({ at: i * 0.5, from, to: '198.51.100.10', port: 20 + i * 7, state: 'REJ' })),
  );
  const incident = only(await incidentsOf({ 'conn.log': log }, context));
  expect(incident).toMatchObject({ verdict: 'known-scanner', severity: 'info' });
  expect(incident.kinds).toContain('vertical');
  expect(JSON.stringify(incident)).toContain('Shodan');
});
