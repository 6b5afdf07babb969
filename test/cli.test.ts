import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident, Summary } from '../src/model/incident.ts';

// Drives the built program as a user does; `npm test` builds it first.
const cli = resolve(import.meta.dirname, '../dist/cli.js');

let folder: string;
beforeAll(() => {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: npm run build makes it');
  folder = mkdtempSync(join(tmpdir(), 'offtrail-cli-'));
  writeFileSync(join(folder, 'fw.log'), scanLines('198.51.100.4', 60).join(''));
  // Nine aliases of nine, of nine …: a billion of them.
  const aliases = 'bcdefghi'
    .split('')
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]\n`);
  writeFileSync(join(folder, 'aliases.yaml'), ['a: &a [x]\n', ...aliases, 'home: *i\n'].join(''));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function offtrail(args: readonly string[], more: { input?: string; env?: Record<string, string> } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: more.input ?? '',
    env: { PATH: process.env.PATH, HOME: folder, ...more.env },
    maxBuffer: 64 << 20,
  });
  return { code: status, out: stdout, err: stderr };
}

/** Netfilter lines: one source, `ports` ports of a target, ten a second. */
function scanLines(target: string, ports: number): string[] {
  return Array.from({ length: ports }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + i * 100).toISOString();
    return `${time} gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.7 DST=${target} LEN=44 TOS=0x00 PREC=0x00 TTL=51 ID=1 PROTO=TCP SPT=40000 DPT=${1000 + i} WINDOW=1024 RES=0x00 SYN URGP=0\n`;
  });
}

describe('detect', () => {
  test('two processes say the same of all sensors together: no seed of a hash shows', () => {
    const samples = resolve(import.meta.dirname, '../samples');
    const names = ['access.log.gz', 'firewall.log.gz', 'flows.nfcapd.gz', 'dns.dnstap'].map((name) =>
      join(samples, name),
    );
    const run = (): string[] =>
      offtrail(['detect', '--json', '--home', '198.51.100.0/27', ...names])
        .out.split('\n')
        .filter((line) => line.startsWith('{"type":"incident"'));
    const first = run();
    expect(first.length).toBeGreaterThan(50);
    expect(run()).toEqual(first);
  });

  test('the report goes to standard output, nothing to standard error, no colour in a pipe', () => {
    const { code, out, err } = offtrail(['detect', 'fw.log']);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^1 low incident in 60 events of 1 input/);
    expect(out).toContain('203.0.113.7 tried 60 ports at 198.51.100.4: 60 denied by a firewall');
    expect(out).not.toContain('\u001b');
  });

  test('colour when forced, never with NO_COLOR', () => {
    const forced = offtrail(['detect', 'fw.log'], { env: { FORCE_COLOR: '1' } });
    expect(forced.out).toContain('\u001b[1m203.0.113.7\u001b[0m');
    const both = offtrail(['detect', 'fw.log'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(both.out).not.toContain('\u001b');
  });

  test('--json: the incident, then the summary; the same from standard input and twice', () => {
    const first = offtrail(['detect', '--json', 'fw.log']);
    const lines = first.out.trimEnd().split('\n');
    const incident = JSON.parse(lines[0]) as Incident;
    const summary = JSON.parse(lines[1]) as Summary;
    expect(incident).toMatchObject({
      type: 'incident',
      verdict: 'scan',
      kinds: ['vertical'],
      techniques: ['T1595.001'],
      actor: { address: '203.0.113.7' },
      sensors: ['fw.log'],
    });
    expect(summary).toMatchObject({ type: 'summary', events: 60, incidents: 1 });
    expect(summary.inputs[0]).toMatchObject({ name: 'fw.log', format: 'netfilter', records: 60 });
    const piped = offtrail(['detect', '--json', '-'], { input: scanLines('198.51.100.4', 60).join('') });
    const again = JSON.parse(piped.out.split('\n')[0]) as Incident;
    expect(again.id).toBe(incident.id);
    expect(again.sensors).toEqual(['-']);
  });

  test('--fail-on: 10 from that severity on', () => {
    expect(offtrail(['detect', '--fail-on', 'low', 'fw.log']).code).toBe(10);
    expect(offtrail(['detect', '--fail-on', 'critical', 'fw.log']).code).toBe(0);
    expect(offtrail(['detect', '--fail-on', 'awful', 'fw.log'])).toMatchObject({ code: 2, out: '' });
  });

  test('other outputs, one at a time', () => {
    expect(offtrail(['detect', '--csv', 'fw.log']).out.split('\r\n')).toHaveLength(3);
    expect(offtrail(['detect', '--grepable', 'fw.log']).out).toContain('\tactor=203.0.113.7\t');
    expect(offtrail(['detect', '--xml', 'fw.log']).out).toMatch(/^<\?xml [^]*<\/offtrail>\n$/);
    expect(offtrail(['detect', '--xml', '--csv', 'fw.log']).code).toBe(2);
  });

  test('the configuration counts: thresholds, allowlist, home', () => {
    writeFileSync(
      join(folder, 'site.yaml'),
      `home: [198.51.100.0/24]
allowlist:
  - { name: pentest, addresses: [203.0.113.7], owner: ann, reason: agreed, until: never }
`,
    );
    const args = ['detect', '--json', '--config', 'site.yaml', '--fail-on', 'info', 'fw.log'];
    const incident = JSON.parse(offtrail(args).out.split('\n')[0]) as Incident;
    expect(incident).toMatchObject({ verdict: 'authorised', severity: 'info' });
    expect(incident.context.join()).toContain('owner ann');
    const off = offtrail(['detect', '--json', 'fw.log'], {
      env: { OFFTRAIL_DETECTORS_FAN_OUT: 'false' },
    });
    expect(off.out.trimEnd().split('\n')).toHaveLength(1);
  });

  test('what is no log is said, and is no crash', () => {
    writeFileSync(
      join(folder, 'noise'),
      Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)),
    );
    writeFileSync(join(folder, 'empty'), '');
    const { code, out, err } = offtrail(['detect', 'noise', 'empty', 'fw.log']);
    expect(code).toBe(0);
    expect(out).toContain('203.0.113.7');
    expect(err).toContain('noise: no format was recognised');
    expect(offtrail(['detect', 'noise']).code).toBe(1);
    expect(offtrail(['detect', 'empty']).code).toBe(0);
  });

  test('a reader that stops early is no error', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${cli}" detect --json fw.log | head -c 10`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });
});

describe('mistakes', () => {
  test.each([
    [['detect'], 2, 'name at least one file'],
    [['detect', 'missing.log'], 1, 'cannot read missing.log: no such file or directory\n'],
    [['detect', '--cores', 'many', 'fw.log'], 2, '--cores: expected a number from 1 to 64, or all, not many'],
    [['detect', '--html', 'none/x.html', 'fw.log'], 2, 'cannot write none/x.html: no such file or directory'],
    [['detect', '--config', 'aliases.yaml', 'fw.log'], 2, 'aliases.yaml:1:1: Excessive alias count'],
    [['explain', 'fw.log:61'], 1, 'fw.log has 60 records: there is no 61\n'],
    [['explain', 'none.log:1'], 1, 'there is no file none.log'],
    [['detect', '--format', 'netfiler', 'fw.log'], 2, 'did you mean netfilter?'],
    [['detect', '--home', '300.1.1.1', 'fw.log'], 2, '--home'],
    [['detect', '--zone', 'Mars', 'fw.log'], 2, '--zone: expected an IANA time zone'],
    [['detect', '--memory', 'lots', 'fw.log'], 2, '--memory: expected a size such as 512 MiB, not lots\n'],
    [['detect', '--nonsense', 'fw.log'], 2, '--nonsense'],
    [['detct', 'fw.log'], 2, 'detect'],
    [['detect', '--config', 'none.yaml', 'fw.log'], 2, 'none.yaml'],
    [['completion', 'tcsh'], 2, 'bash, zsh or fish'],
  ])('%j exits with %i', (args, code, message) => {
    const ran = offtrail(args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('    at ');
    expect(ran.out).toBe('');
  });
});

describe('config', () => {
  test('check names file, line, column and key of everything that is wrong', () => {
    writeFileSync(join(folder, 'bad.yaml'), 'hoem: [192.0.2.0/24]\ntime:\n  zone: Mars\n');
    const { code, out, err } = offtrail(['config', 'check', 'bad.yaml']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')).toEqual([
      'bad.yaml:1:1: hoem: unknown key; did you mean home?',
      'bad.yaml:3:9: time.zone: expected an IANA time zone such as UTC or Europe/Berlin',
      '',
    ]);
    expect(offtrail(['config', 'check']).code).toBe(0);
  });

  test('dump prints a configuration that is valid, with flags in force', () => {
    const { code, out } = offtrail(['config', 'dump', '--home', '192.0.2.0/24,10.0.0.0/8']);
    expect(code).toBe(0);
    expect(out).toContain('home: # --home\n  - 192.0.2.0/24\n  - 10.0.0.0/8\n');
    expect(out).toContain('  fan-out:\n');
    // Sections without a value are comments like their keys: uncommenting both is enough.
    expect(out).toMatch(/^ {2}# web-access:\n(?: {4}# .*\n)* {4}# log_format: \(not set\)$/m);
    writeFileSync(join(folder, 'dumped.yaml'), out);
    expect(offtrail(['config', 'check', 'dumped.yaml'])).toMatchObject({ code: 0, err: '' });
  });
});

describe('exit codes', () => {
  const found = scanLines('198.51.100.4', 60).join('');

  test('a reader that closes the pipe does not hide what was found', () => {
    writeFileSync(join(folder, 'long.log'), found);
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `${process.execPath} ${cli} detect --fail-on info --json -q long.log | head -c 1 > /dev/null; echo "$PIPESTATUS"`,
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stdout.trim()).toBe('10');
  });

  test('nothing that could be read is a failure, nothing in it is not', () => {
    writeFileSync(join(folder, 'long.log'), found);
    writeFileSync(join(folder, 'empty.log'), '');
    expect(offtrail(['detect', '-q', '--format', 'bind', 'long.log']).code).toBe(1);
    expect(offtrail(['detect', '-q', 'empty.log']).code).toBe(0);
    expect(offtrail(['detect', '-q', 'long.log', 'empty.log']).code).toBe(0);
  });

  test('what cannot be written is said in a line', () => {
    writeFileSync(join(folder, 'long.log'), found);
    expect(offtrail(['detect', '-q', '--html', '.', 'long.log'])).toMatchObject({
      code: 2,
      err: 'offtrail: cannot write .: it is a folder\n',
    });
    const full = spawnSync('bash', ['-c', `${process.execPath} ${cli} formats > /dev/full`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([full.status, full.stderr]).toEqual([1, 'offtrail: cannot write: no space left on device\n']);
  });
});

describe('explain', () => {
  test('a line: format, fields, and what the detectors count', () => {
    const { code, out } = offtrail(['explain', scanLines('198.51.100.4', 1)[0].trim()]);
    expect(code).toBe(0);
    expect(out).toMatch(/^format {4}netfilter: /);
    expect(out).toContain('\nsource    203.0.113.7 port 40000\n');
    expect(out).toContain('\nservice   tcp/1000\n');
    expect(out).toContain('\noutcome   denied\n');
    expect(out).toMatch(/^counts {4}fan-out\/vertical: worth 2 of 20 in 1 m/m);
    expect(out).toMatch(/^nothing {3}counted at once by web, .*dns.* and /m);
  });

  test('a record of a file, and lines from standard input', () => {
    const { out } = offtrail(['explain', 'fw.log:3']);
    expect(out).toContain('\nrecord    3\n');
    expect(out).toContain('\nservice   tcp/1002\n');
    const piped = offtrail(['explain', '-'], { input: scanLines('198.51.100.4', 2).join('') });
    expect(piped.out.match(/^record/gm)).toHaveLength(2);
  });

  test('a line of another format in a file', () => {
    const denied = scanLines('198.51.100.4', 5).join('');
    const login =
      'Jun  1 00:00:09 gw sshd[9]: Failed password for invalid user a from 203.0.113.7 port 40000 ssh2\n';
    writeFileSync(join(folder, 'mixed.log'), denied + login);
    const { out } = offtrail(['explain', 'mixed.log:6']);
    expect(out).toMatch(/^format {4}netfilter: /);
    expect(out).toContain('\nevent     login\n');
    expect(out).toContain('note      1 event in mixed.log came of lines of sshd');
  });

  test('what a query asks for, and the code of an ICMP message', () => {
    const query = '[1795307531] unbound[77:0] info: 192.0.2.7 vpn.example.com. TXT IN NXDOMAIN 0.000000 1 44';
    const { out } = offtrail(['explain', query]);
    expect(out).toContain('\ntype      TXT\n');
    expect(out).toContain('\nstatus    3: NXDOMAIN\n');
    const ping =
      'Nov 22 00:32:11 fw kernel: IN=eth0 OUT= MAC= SRC=192.0.2.7 DST=198.51.100.4 LEN=84 TTL=64 ID=1 PROTO=ICMP TYPE=8 CODE=0 ID=1 SEQ=1';
    expect(offtrail(['explain', ping]).out).toContain('\nservice   icmp/8: type 8, code 0\n');
  });

  test('a line that nobody knows', () => {
    expect(offtrail(['explain', 'what is \u001b[2Jthis'])).toMatchObject({ code: 1, out: '' });
  });
});

test('formats lists what can be read; --json is one object a line', () => {
  expect(offtrail(['formats']).out).toMatch(/^netfilter: /m);
  const objects = offtrail(['formats', '--json'])
    .out.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; yields: string[] });
  expect(objects.find(({ name }) => name === 'netfilter')?.yields).toEqual(['contact']);
});

test('completion scripts know the commands and options', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = offtrail(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('fail-on');
    expect(out).toContain('dump');
  }
  const script = offtrail(['completion', 'bash']).out;
  const complete = (line: string): string => {
    const words = line.split(' ');
    const array = words.map((word) => `'${word}'`).join(' ');
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `${script}\nCOMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _offtrail; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8', cwd: folder },
    );
    return stdout;
  };
  expect(complete('offtrail det').trim()).toBe('detect');
  expect(complete('offtrail detect --fail')).toContain('--fail-on');
  expect(complete('offtrail config d')).toContain('dump');
});

test('--version is the package version', () => {
  const manifest = JSON.parse(readFileSync(resolve(cli, '../../package.json'), 'utf8')) as {
    version: string;
  };
  expect(offtrail(['--version']).out.trim()).toBe(manifest.version);
});
