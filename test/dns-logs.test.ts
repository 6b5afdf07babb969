import { describe, expect, test } from 'vitest';
import { bytesOf, dnsMessage } from './packets.ts';
import { dnstapFrame, dnstapStart } from '../src/formats/dnstap.fixture.ts';
import { runOver } from './run-in-memory.ts';

/*
 * One search for names as each DNS server writes it down: whoever logs answers finds it by what does not exist, whoever does
 * not by what nobody asked for. A resolver that asks for as many names that exist is left alone by the former.
 */

const home = ['198.51.100.0/24'];
const starts = [
  'mail',
  'dev',
  'test',
  'stage',
  'admin',
  'web',
  'proxy',
  'backup',
  'files',
  'portal',
  'shop',
  'wiki',
];
const name = (i: number): string => `${starts[i % 12]}${Math.floor(i / 12)}.example.com`;
const client = '203.0.113.9';
const two = (n: number): string => String(n).padStart(2, '0');

interface Question {
  readonly name: string;
  readonly missing: boolean;
  /** Seconds after 08:00, Jan 5, 2026, UTC. */
  readonly at: number;
  readonly id: number;
}

const clock = ({ at }: Question): string => `08:${two(Math.floor(at / 60))}:${two(at % 60)}`;
const iso = (question: Question): string => `2026-01-05T${clock(question)}.000Z`;
const syslog = (question: Question): string => `Jan  5 ${clock(question)}`;
const code = ({ missing }: Question): string => (missing ? 'NXDOMAIN' : 'NOERROR');
const epoch = ({ at }: Question): number => Date.UTC(2026, 0, 5, 8) / 1000 + at;

/** The lines that a server with answers in its log writes. */
const answered: Readonly<Record<string, (question: Question) => string>> = {
  unbound: (q) =>
    `[${epoch(q)}] unbound[7:0] info: ${client} ${q.name}. A IN\n[${epoch(q)}] unbound[7:0] info: ${client} ${q.name}. A IN ${code(q)} 0.000000 1 44`,
  dnsmasq: (q) =>
    `${syslog(q)} dnsmasq[7]: query[A] ${q.name} from ${client}\n${syslog(q)} dnsmasq[7]: config ${q.name} is ${q.missing ? 'NXDOMAIN' : '198.51.100.5'}`,
  coredns: (q) =>
    `${iso(q)} stdout F [INFO] ${client}:40000 - ${q.id} "A IN ${q.name}. udp 41 false 4096" ${code(q)} qr,aa 116 0.0001s`,
  powerdns: (q) =>
    `${syslog(q)} 3 [${q.id}/1] question for '${q.name}|A' from ${client}:40000\n${syslog(q)} 3 [${q.id}/1] answer to question '${q.name}|A': 0 answers, rcode=${q.missing ? 3 : 0}`,
  'windows-dns': (q) =>
    `01/05/2026 ${clock(q)} AM 0294 PACKET  000002DAEC36D650 UDP Rcv ${client}     d07e   Q [0001   D   NOERROR] A      ${labels(q.name)}\n01/05/2026 ${clock(q)} AM 0294 PACKET  000002DAEC36D650 UDP Snd ${client}     d07e R Q [8385 A DR ${code(q)}] A      ${labels(q.name)}`,
  route53: (q) => `1.0 ${iso(q)} Z123412341234 ${q.name} A ${code(q)} UDP FRA6 ${client} -`,
  mapping: (q) =>
    JSON.stringify({ event: 'query', time: iso(q), source: client, name: q.name, type: 'A', rcode: code(q) }),
};

/** Those that log questions alone. */
const questions: Readonly<Record<string, (question: Question) => string>> = {
  bind: (q) =>
    `05-Jan-2026 ${clock(q)}.000 queries: info: client @0x1 ${client}#40000 (${q.name}): query: ${q.name} IN A + (198.51.100.2)`,
  powerdns: (q) =>
    `${syslog(q)} Remote ${client} wants '${q.name}|A', do = 0, bufsize = 1232: packetcache MISS`,
  unbound: (q) => `[${epoch(q)}] unbound[7:0] info: ${client} ${q.name}. A IN`,
};

const labels = (text: string): string =>
  `${text
    .split('.')
    .map((label) => `(${label.length})${label}`)
    .join('')}(0)`;

const series = (count: number, missing: boolean): Question[] =>
  Array.from({ length: count }, (_, i) => ({ name: name(i), missing, at: i, id: i + 1 }));

async function kindsOf(log: string | Uint8Array, format: string): Promise<string[]> {
  const { dossiers, facts, inputs } = await runOver({ log }, home);
  expect(inputs[0].format).toBe(format);
  return dossiers.flatMap(({ findings }) =>
    findings.map(({ kind, actor }) => `${kind} ${facts.book.text(actor)}`),
  );
}

const found = [`dns-enumeration ${client}`];

describe.each(Object.keys(answered))('%s, with answers', (format) => {
  const log = (list: readonly Question[]): string => list.map(answered[format]).join('\n');

  test('seventy names that do not exist', async () => {
    expect(await kindsOf(log(series(70, true)), format)).toEqual(found);
  });

  test('two hundred that do', async () => {
    expect(await kindsOf(log(series(200, false)), format)).toEqual([]);
  });
});

describe.each(Object.keys(questions))('%s, questions alone', (format) => {
  const log = (count: number): string => series(count, true).map(questions[format]).join('\n');

  test('a hundred and thirty names that nobody asked for; seventy are too few', async () => {
    expect(await kindsOf(log(130), format)).toEqual(found);
    expect(await kindsOf(log(70), format)).toEqual([]);
  });
});

test('dnstap, questions and answers', async () => {
  const frames = (missing: boolean, count: number): Uint8Array =>
    bytesOf(
      dnstapStart,
      ...series(count, missing).flatMap(({ name: asked, at, id }) => [
        dnstapFrame({ type: 1, message: dnsMessage(id, asked, 1), client: [203, 0, 113, 9], at }),
        dnstapFrame({
          type: 2,
          message: dnsMessage(id, asked, 1, missing ? 3 : 0),
          client: [203, 0, 113, 9],
          at,
        }),
      ]),
    );
  expect(await kindsOf(frames(true, 70), 'dnstap')).toEqual(found);
  expect(await kindsOf(frames(false, 200), 'dnstap')).toEqual([]);
});
