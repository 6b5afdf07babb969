import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { UsageError } from '../base/errors.ts';
import { parseAddress } from '../model/address.ts';
import { dumpConfig } from './dump.ts';
import { ConfigDocument } from './document.ts';
import { configPlaces, loadConfig, problemText, requireConfig } from './load.ts';
import type { Loaded, LoadOptions } from './load.ts';
import { editDistance, nearest } from './suggest.ts';
import { bytesOf, hoursOf, timeOf } from './values.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fanOut = {
  name: 'fan-out',
  config: z.object({
    vertical: z
      .object({
        fast: z
          .int()
          .min(2)
          .default(20)
          .describe('Distinct ports within a minute. Raised: fewer, later findings.'),
        normal: z.int().min(2).default(30).describe('Distinct ports within five minutes.'),
      })
      .prefault({})
      .describe('Many ports of one target.'),
  }),
};

function load(yaml: string | undefined, more: Partial<LoadOptions> = {}): Loaded {
  if (yaml !== undefined) writeFileSync(join(folder, 'offtrail.yaml'), yaml);
  return loadConfig({
    detectors: [fanOut],
    env: { HOME: folder },
    cwd: folder,
    documents: ConfigDocument,
    ...more,
  });
}
const problemsOf = (yaml: string): string[] => load(yaml).problems.map(problemText);

describe('values', () => {
  test('an empty or absent file is the defaults', () => {
    for (const loaded of [load(undefined), load(''), load('# nothing\n')]) {
      const config = requireConfig(loaded);
      expect(config.home).toBeUndefined();
      expect(config.zone).toBe('UTC');
      expect(config.memory).toBe(512 * 2 ** 20);
      expect(config.cores).toBeGreaterThanOrEqual(1);
      expect(config.detectors).toEqual({ 'fan-out': { vertical: { fast: 20, normal: 30 } } });
      expect(config.allowlist).toEqual([]);
    }
  });

  test('sizes, dates, hours', () => {
    expect(bytesOf('512 MiB')).toBe(536_870_912);
    expect(bytesOf('1.5g')).toBe(1_610_612_736);
    expect(bytesOf('2 GB')).toBe(2e9);
    expect(bytesOf('lots')).toBeNaN();
    expect(bytesOf('5 parsecs')).toBeNaN();
    expect(timeOf('2026-06-30')).toBe(Date.UTC(2026, 5, 30) * 1000);
    expect(timeOf('2026-06-30', true)).toBe(Date.UTC(2026, 6, 1) * 1000 - 1);
    expect(timeOf('2026-06-30T18:00:00+02:00')).toBe(Date.UTC(2026, 5, 30, 16) * 1000);
    expect(timeOf('soon')).toBeNaN();
    expect(hoursOf('22:00-04:00')).toEqual({ start: 1320, end: 240 });
    expect(hoursOf('22:00-22:00')).toBeUndefined();
    expect(hoursOf('25:00-26:00')).toBeUndefined();
  });

  test('an allowlist entry in full', () => {
    const config = requireConfig(
      load(`
allowlist:
  - name: quarterly
    addresses: [192.0.2.7, 2001:db8::/64]
    owner: red-team@example.org
    reason: agreed with operations
    kinds: [vertical]
    targets: [198.51.100.0/24]
    from: 2026-01-01
    until: 2026-03-31
    schedule: { days: [sat, sun], hours: "22:00-04:00" }
`),
    );
    const [entry] = config.allowlist;
    expect(entry.addresses.has(parseAddress('2001:db8::9')!)).toBe(true);
    expect(entry.targets?.has(parseAddress('198.51.100.9')!)).toBe(true);
    expect(entry.until).toBe(Date.UTC(2026, 3, 1) * 1000 - 1);
    expect(entry.schedule).toEqual({ days: [6, 0], start: 1320, end: 240 });
  });

  test('a detector can be switched off', () => {
    expect(requireConfig(load('detectors: { fan-out: false }')).detectors['fan-out']).toBe(false);
  });
});

describe('errors name file, line, column and key', () => {
  test('a wrong value', () => {
    expect(problemsOf('home:\n  - 192.0.2.0/24\n  - 192.0.2.0/33\n')).toEqual([
      'offtrail.yaml:3:5: home[1]: expected an address or a CIDR block such as 192.0.2.0/24',
    ]);
    expect(problemsOf('detectors:\n  fan-out:\n    vertical:\n      fast: many\n')[0]).toMatch(
      /^offtrail\.yaml:4:13: detectors\.fan-out\.vertical\.fast: .*expected number/,
    );
    expect(problemsOf('time: {zone: Mars/Olympus}')).toEqual([
      'offtrail.yaml:1:14: time.zone: expected an IANA time zone such as UTC or Europe/Berlin',
    ]);
  });

  test('a misspelt key, with a suggestion, also inside a detector section and a list', () => {
    expect(problemsOf('hoem: []')).toEqual(['offtrail.yaml:1:1: hoem: unknown key; did you mean home?']);
    expect(problemsOf('detectors:\n  fan-out:\n    vertcal: {}\n')).toEqual([
      'offtrail.yaml:3:5: detectors.fan-out.vertcal: unknown key; did you mean vertical?',
    ]);
    const entry = 'name: a, addresses: [192.0.2.1], owner: o, reason: r, until: never';
    expect(problemsOf(`allowlist:\n  - {${entry}, ownr: x}\n`)).toEqual([
      expect.stringMatching(
        /^offtrail\.yaml:2:\d+: allowlist\[0\]\.ownr: unknown key; did you mean owner\?$/,
      ),
    ]);
    expect(problemsOf('zzz: 1')[0]).toContain('unknown key; known here: home, time');
  });

  test('days that do not exist, ends before the beginning, traps that nobody can touch', () => {
    const entry = 'name: a, addresses: [192.0.2.1], owner: o, reason: r';
    expect(
      problemsOf(
        `allowlist:\n  - {${entry}, until: 2026-02-31}\n  - {${entry}, from: 2026-03-01, until: 2026-02-01}\n` +
          `  - {${entry}, from: 2026-03-01, until: 2026-03-01}\n`,
      ).map((problem) => problem.replace(/^[^ ]+ /, '')),
    ).toEqual([
      'allowlist[0].until: expected a date such as 2026-06-30 or a time such as 2026-06-30T18:00:00Z',
      'allowlist[1].until: ends before it begins (from)',
    ]);
  });

  test('something missing', () => {
    expect(
      problemsOf('allowlist:\n  - name: a\n    addresses: [192.0.2.1]\n    reason: r\n    until: never\n'),
    ).toEqual(['offtrail.yaml:2:5: allowlist[0].owner: expected string, received undefined']);
  });

  test('YAML that is none, a duplicate key, a list at the top', () => {
    expect(problemsOf('home: [192.0.2.1\ntime: {}')[0]).toMatch(/^offtrail\.yaml:\d+:\d+: /);
    expect(problemsOf('memory: 1g\nmemory: 2g\n')[0]).toMatch(/^offtrail\.yaml:2:1: .*unique/);
    expect(problemsOf('- a\n- b\n')[0]).toContain('expected keys and values');
  });

  test('all problems are told at once, in the order of the file', () => {
    const problems = problemsOf('hoem: []\nmemory: lots\ncores: -1\n');
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'offtrail.yaml:1:1',
      'offtrail.yaml:2:9',
      'offtrail.yaml:3:8',
    ]);
    expect(() => requireConfig(load('hoem: []'))).toThrow(UsageError);
  });

  test('hostile keys are keys', () => {
    expect(problemsOf('__proto__: {home: [x]}\nconstructor: 1\n').length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).home).toBeUndefined();
  });

  test('a file that was named must be there', () => {
    expect(() => load(undefined, { file: join(folder, 'none.yaml') })).toThrow(
      /cannot read the configuration/,
    );
  });
});

describe('who wins', () => {
  test('flag, environment, file, default', () => {
    const yaml = 'time: {zone: Europe/Berlin}\nmemory: 1 GiB\nhome: [192.0.2.0/24]\n';
    const env = {
      HOME: folder,
      OFFTRAIL_TIME_ZONE: 'Asia/Tokyo',
      OFFTRAIL_HOME: '198.51.100.0/24, 10.0.0.0/8',
    };
    const flags = new Map([['time.zone', { flag: '--zone', value: 'America/Lima' }]]);
    const loaded = load(yaml, { env, flags });
    const config = requireConfig(loaded);
    expect(config.zone).toBe('America/Lima');
    expect(config.home?.blocks.map(({ text }) => text)).toEqual(['198.51.100.0/24', '10.0.0.0/8']);
    expect(config.memory).toBe(2 ** 30);
    expect(loaded.originOf(['time', 'zone']).text).toBe('--zone');
    expect(loaded.originOf(['home']).text).toBe('environment variable OFFTRAIL_HOME');
    expect(loaded.originOf(['memory']).text).toBe('offtrail.yaml:2');
    expect(loaded.originOf(['cores']).text).toBe('default');
  });

  test('a wrong value from outside the file is blamed on what brought it', () => {
    const byEnv = load('cores: 1', { env: { HOME: folder, OFFTRAIL_MEMORY: 'lots' } });
    expect(byEnv.problems.map(problemText)).toEqual([
      'environment variable OFFTRAIL_MEMORY: memory: expected a size such as 512 MiB',
    ]);
    const byFlag = load('', { flags: new Map([['cores', { flag: '--cores', value: 0 }]]) });
    expect(byFlag.problems.map(problemText)).toEqual(['--cores: expected a number from 1 to 64, or all']);
    const byText = load('', {
      flags: new Map([['home', { flag: '--home', value: ['192.0.2.0/24', 'mars'] }]]),
    });
    expect(byText.problems.map(problemText)).toEqual([
      '--home: expected an address or a CIDR block such as 192.0.2.0/24, not mars',
    ]);
  });

  test('thresholds by variable, values from files, unknown variables warned of', () => {
    writeFileSync(join(folder, 'size'), '256 MiB\n');
    const env = {
      HOME: folder,
      OFFTRAIL_DETECTORS_FAN_OUT_VERTICAL_FAST: '12',
      OFFTRAIL_MEMORY_FILE: join(folder, 'size'),
      OFFTRAIL_MEMROY: '1g',
    };
    const loaded = load('', { env });
    expect(requireConfig(loaded).detectors).toEqual({ 'fan-out': { vertical: { fast: 12, normal: 30 } } });
    expect(requireConfig(loaded).memory).toBe(256 * 2 ** 20);
    expect(loaded.warnings).toEqual([
      'environment variable OFFTRAIL_MEMROY is not known; did you mean OFFTRAIL_MEMORY?',
    ]);
  });

  test('./offtrail.yaml, then XDG, then /etc', () => {
    mkdirSync(join(folder, 'xdg', 'offtrail'), { recursive: true });
    writeFileSync(join(folder, 'xdg', 'offtrail', 'offtrail.yaml'), 'memory: 1 GiB\n');
    const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'xdg') };
    expect(requireConfig(load(undefined, { env })).memory).toBe(2 ** 30);
    expect(requireConfig(load('memory: 2 GiB\n', { env })).memory).toBe(2 ** 31);
    expect(configPlaces({ HOME: '/h' }, '/w')).toEqual([
      '/w/offtrail.yaml',
      '/h/.config/offtrail/offtrail.yaml',
      '/etc/offtrail/offtrail.yaml',
    ]);
  });
});

test('a format with settings has a section; its errors name file, line, column and key', () => {
  const pattern = z.string().refine((text) => text.includes('$'), 'expected a variable');
  const format = { name: 'web-access', config: z.object({ pattern: pattern.optional().describe('P.') }) };
  const formats = [format];
  const loaded = load('formats:\n  web-access:\n    pattern: "$a"\n', { formats });
  expect(requireConfig(loaded).formats).toEqual({ 'web-access': { pattern: '$a' } });
  expect(dumpConfig(loaded)).toContain('    # P.\n    pattern: $a # offtrail.yaml:3');
  const again = load(dumpConfig(load('', { formats })), { formats });
  expect(again.problems).toEqual([]);
  const wrong = 'formats:\n  web-access:\n    pattern: a\n    patern: x\n  zeek: {}\n';
  expect(load(wrong, { formats }).problems.map(problemText)).toEqual([
    'offtrail.yaml:3:14: formats.web-access.pattern: expected a variable',
    'offtrail.yaml:4:5: formats.web-access.patern: unknown key; did you mean pattern?',
    'offtrail.yaml:5:3: formats.zeek: unknown key; known here: web-access',
  ]);
  expect(requireConfig(load('')).formats).toEqual({});
});

test('an expired allowlist entry is warned of', () => {
  const yaml = 'allowlist: [{name: old, addresses: [192.0.2.1], owner: ann, reason: r, until: 2025-12-31}]\n';
  const loaded = load(yaml, { now: Date.UTC(2026, 0, 2) * 1000 });
  expect(loaded.warnings).toEqual([
    'allowlist entry old (owner ann) expired on 2025-12-31; it holds for older events only',
  ]);
});

test('the dump is a configuration that loads to the same, with descriptions and origins', () => {
  const yaml =
    'home: [192.0.2.0/24]\nallowlist: [{name: a, addresses: [192.0.2.1], owner: o, reason: r, until: never}]\n';
  const loaded = load(yaml);
  const dump = dumpConfig(loaded);
  expect(dump).toContain(
    '# Distinct ports within a minute. Raised: fewer, later findings.\n      fast: 20 # default',
  );
  expect(dump).toContain('home: # offtrail.yaml:1\n  - 192.0.2.0/24');
  const again = load(dump);
  expect(again.problems).toEqual([]);
  expect(again.tree).toEqual(loaded.tree);
});

test('suggestions: near misses only, swapped neighbours are near', () => {
  expect(editDistance('hoem', 'home')).toBe(1);
  expect(nearest('zon', ['zone', 'year'])).toBe('zone');
  expect(nearest('banana', ['zone', 'year'])).toBeUndefined();
});

describe('files with context', () => {
  const sources = (text: string): string => `context:\n  sources:\n${text}`;

  test('errors name the key and its line', () => {
    expect(problemsOf('assets:\n  files: hosts.csv\n')[0]).toMatch(/^offtrail\.yaml:2:10: assets\.files: /);
    expect(problemsOf(sources('    - { name: a, kind: scaner, file: a.txt }\n'))[0]).toMatch(
      /^offtrail\.yaml:3:24: context\.sources\[0\]\.kind: /,
    );
    expect(problemsOf(sources('    - { name: a, kind: bot }\n'))).toEqual([
      'offtrail.yaml:3:7: context.sources[0]: expected either file or url',
    ]);
    expect(problemsOf(sources('    - { name: a, kind: bot, file: a, url: "http://a/" }\n'))[0]).toMatch(
      /expected either file or url$/,
    );
    expect(problemsOf(sources('    - { name: a, kind: bot, file: a, agent: [x] }\n'))).toEqual([
      'offtrail.yaml:3:38: context.sources[0].agent: unknown key; did you mean agents?',
    ]);
    expect(problemsOf('context:\n  names: { verify: true, timeout: 0 }\n')[0]).toMatch(
      /^offtrail\.yaml:2:35: context\.names\.timeout: /,
    );
  });

  test('paths in a file are relative to it, those of variables to where one stands', () => {
    const yaml = `${sources('    - { name: a, kind: bot, file: a.json }\n')}  asn: /db/as.mmdb\nassets: { files: [hosts.csv] }\n`;
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc', 'off.yaml'), yaml);
    const config = requireConfig(load(undefined, { file: join(folder, 'etc', 'off.yaml') }));
    expect(config.assets.files).toEqual(['etc/hosts.csv']);
    expect(config.context).toMatchObject({
      folder: 'etc/offtrail-context',
      asn: '/db/as.mmdb',
      sources: [{ name: 'a', kind: 'bot', file: 'etc/a.json', agents: [], hosts: [] }],
    });
    const env = { HOME: folder, OFFTRAIL_ASSETS_FILES: 'a.csv,b.csv' };
    const file = join(folder, 'etc', 'off.yaml');
    expect(requireConfig(load(undefined, { env, file })).assets.files).toEqual(['a.csv', 'b.csv']);
  });

  test('the dump shows them and loads to the same', () => {
    const loaded = load(
      `${sources('    - { name: a, kind: intel, file: a.txt, date: 2026-05-01 }\n')}assets: { files: [x.csv], dark: true }\n`,
    );
    const dump = dumpConfig(loaded);
    expect(dump).toContain('  dark: true # offtrail.yaml:4');
    expect(load(dump).tree).toEqual(loaded.tree);
  });
});
