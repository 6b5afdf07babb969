import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dnstap } from '../src/formats/dnstap.ts';
import { queryTypeOf, rcodeOf } from '../src/wire/dns-words.ts';
import { epoch, readCapture } from './packets.ts';

/*
 * Record for record against BIND's own dnstap-read (9.18.49), of files that named wrote. Its reading of the committed file is
 * committed; where dnstap-read is installed it reads that file, and the sample, again. To make the text anew:
 * OFFTRAIL_RECORD=1 npx vitest run test/dnstap-peers.test.ts
 */

const folder = join(import.meta.dirname, 'peers');
const file = join(folder, 'bind-9.18.49.dnstap');
const reading = join(folder, 'bind-9.18.49.dnstap-read.txt');

function dnstapRead(path: string): string | undefined {
  const run = (...options: string[]): string | undefined => {
    const { status, stdout } = spawnSync('dnstap-read', [...options, path], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
      maxBuffer: 2 ** 28,
    });
    return status === 0 ? stdout : undefined;
  };
  const short = run();
  const long = run('-y');
  if (short === undefined || long === undefined) return undefined;
  const statuses = long.split(/^---$/m).map((one) => /^ {4}status: (\w+)$/m.exec(one)?.[1] ?? '-');
  return short
    .trim()
    .split('\n')
    .map((line, i) => `${line} ${statuses[i]}\n`)
    .join('');
}

interface Asked {
  readonly time: number;
  readonly source: string;
  readonly target: string;
  readonly proto: number;
  readonly name: string;
  readonly type: number;
  status: number;
}

const code = (text: string): Buffer => Buffer.from(text);
const unescaped = (name: string): string =>
  name.replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits)));

/** The peer's messages as ours ought to come out: a question with the answer that went back to the same client. */
function expected(text: string): Asked[] {
  const line =
    /^(\S+) (\S+) ([AC])([QR]) (\S+):(\d+) (?:->|<-) (\S+):(\d+) (UDP|TCP) \d+b (.+)\/\w+\/(\S+) (\S+)$/;
  const asked: Asked[] = [];
  const answers = new Map<string, number>();
  for (const row of text.split('\n')) {
    const found = line.exec(row);
    if (found === null) continue;
    const [, day, clock, , side, source, port, target, targetPort, proto, name, type, status] = found;
    const key = `${source} ${port} ${name} ${type}`;
    if (side === 'R') answers.set(key, rcodeOf(code(status), 0, status.length, true));
    else {
      asked.push({
        time: Date.parse(`${day.replaceAll('-', ' ')} ${clock} UTC`),
        source: `${source} ${port}`,
        target: `${target} ${targetPort}`,
        proto: proto === 'TCP' ? 6 : 17,
        name: unescaped(name),
        type: queryTypeOf(code(type), 0, type.length),
        status: 255,
      });
    }
  }
  for (const one of asked) {
    const [source, port] = one.source.split(' ');
    for (const [key, status] of answers) {
      const [address, from, ...rest] = key.split(' ');
      if (address === source && from === port && unescaped(rest.slice(0, -1).join(' ')) === one.name)
        one.status = status;
    }
  }
  return asked;
}

function ours(path: string): Asked[] {
  const { rows } = readCapture(dnstap, new Uint8Array(readFileSync(path)));
  return rows.map((row) => ({
    time: Math.floor((Number(row.time) + epoch) / 1000),
    source: `${String(row.source)} ${Number(row.sourcePort ?? 0)}`,
    target: `${String(row.target)} ${Number(row.targetPort ?? 0)}`,
    proto: Number(row.proto),
    name: String(row.name),
    type: Number(row.queryType ?? 0),
    status: Number(row.status ?? 0),
  }));
}

const sorted = (rows: readonly Asked[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

test('the committed file, by the committed reading', () => {
  if (process.env.OFFTRAIL_RECORD) writeFileSync(reading, dnstapRead(file) ?? '');
  const peer = expected(readFileSync(reading, 'utf8'));
  expect(peer).toHaveLength(50);
  expect(peer.filter(({ status }) => status === 255)).toEqual([]);
  expect(sorted(ours(file))).toEqual(sorted(peer));
});

test('the sample, where dnstap-read is installed', () => {
  const sample = join(import.meta.dirname, '../samples/dns.dnstap');
  const live = dnstapRead(sample);
  if (live === undefined) {
    process.stderr.write('dnstap-read is not installed: the sample was not compared with it\n');
    return;
  }
  expect(sorted(ours(sample))).toEqual(sorted(expected(live)));
  expect(dnstapRead(file)).toBe(readFileSync(reading, 'utf8'));
});
