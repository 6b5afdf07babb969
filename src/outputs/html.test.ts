import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { Report } from '../model/output.ts';
import { html } from './html.ts';
import { hostile, sampleReport } from './report.fixture.ts';

const options = { color: false, width: 100, verbose: true };
const render = (report: Report): string => [...html.render(report, options)].join('');

test('no script, no markup of the attacker, no control character, a policy that forbids the rest', () => {
  const page = render(sampleReport());
  expect(page).not.toMatch(/<script|<img|<iframe|<link|<[^>]*\sstyle=/i);
  expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toMatch(
    /content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'"/,
  );
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(page).not.toMatch(/(?:src|href|action)="(?!#)/);
});

test('the story, the numbers and the evidence are on the page', () => {
  const page = render(sampleReport());
  for (const text of [
    '192.0.2.7 tried 201 ports at 198.51.100.4',
    'Score of vertical (198.51.100.4): 200 within 1 m (threshold 20).',
    '198.51.100.4 tcp/22: SSH-2.0-OpenSSH_9.2',
    'fw.log:17',
    'misconfiguration',
    '10 × no netfilter line',
  ]) {
    expect(page).toContain(text);
  }
});

test('nothing found is a page too', () => {
  const report = sampleReport();
  expect(render({ incidents: [], summary: { ...report.summary, incidents: 0 } })).toContain(
    'No scanning found.',
  );
});

const chromium = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
if (chromium === undefined) console.log('The page was not opened in a browser: chromium is not installed.');

describe.skipIf(chromium === undefined)('in a browser', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const heard: string[] = [];
  beforeAll(async () => {
    const { chromium: engine } = await import('playwright-core');
    browser = await engine.launch({ executablePath: chromium!, args: ['--no-sandbox', '--disable-gpu'] });
    folder = mkdtempSync(join(tmpdir(), 'offtrail-html-'));
    writeFileSync(join(folder, 'report.html'), render(sampleReport()));
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('request', (request) => heard.push(`request ${request.url()}`));
    page.on('console', (message) => heard.push(`console ${message.text()}`));
    page.on('pageerror', (error) => heard.push(`error ${error.message}`));
    page.on('dialog', (dialog) => {
      heard.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('one request (the page itself), no script, no dialog, no message', async () => {
    expect(heard).toEqual([`request ${page.url()}`]);
    expect(await page.evaluate('document.scripts.length + document.images.length')).toBe(0);
    expect(await page.locator('article').count()).toBe(3);
    // The style sheet was let through by its hash.
    expect(await page.evaluate("getComputedStyle(document.querySelector('article')).borderLeftWidth")).toBe(
      '6px',
    );
  });

  test('hostile text is text', async () => {
    const shown = await page.locator('body').innerText();
    expect(shown).toContain('</script><script>alert(1)</script>');
    expect(shown).toContain(String.raw`\x1b[2J`);
    expect(shown).toContain(String.raw`\u202egnp.exe`);
    expect(hostile).toContain('onerror');
    expect(await page.locator('[onerror]').count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    const { AxeBuilder } = await import('@axe-core/playwright');
    // axe runs as a script of the page, which the policy forbids: it gets a page without the policy, else the same.
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const tested = await context.newPage();
    await tested.goto(page.url());
    const { violations } = await new AxeBuilder({ page: tested }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await context.close();
  });

  test('prints, and fits a telephone', async () => {
    const paper = await page.pdf({ format: 'A4' });
    expect(paper.length).toBeGreaterThan(10_000);
    const small = await browser.newPage({ viewport: { width: 360, height: 700 } });
    await small.goto(page.url());
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await small.close();
  });

  test('the policy forbids what markup might try', async () => {
    const server = createServer((_, response) => response.end());
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const injected = render(sampleReport()).replace(
      '<h2>Incidents</h2>',
      `<script>window.owned = 1</script><img src="http://127.0.0.1:${port}/x"><p style="color:red">x</p>`,
    );
    writeFileSync(join(folder, 'injected.html'), injected);
    const tested = await browser.newPage();
    const failures: string[] = [];
    tested.on('console', (message) => failures.push(message.text()));
    await tested.goto(pathToFileURL(join(folder, 'injected.html')).href);
    expect(await tested.evaluate('window.owned')).toBeUndefined();
    expect(failures.filter((text) => /Content Security Policy/.test(text)).length).toBeGreaterThanOrEqual(3);
    await tested.close();
    server.close();
  });
});
