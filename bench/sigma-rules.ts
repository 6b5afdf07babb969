import { EventBatch, EventKind, Flag, Text, batchCapacity } from '../src/model/event.ts';
import { link } from '../src/sigma/collection.ts';
import type { Linked } from '../src/sigma/collection.ts';
import { readSigma } from '../src/sigma/document.ts';
import { Random } from './random.ts';

const syllables = [
  'adm',
  'cgi',
  'wp',
  'conf',
  'back',
  'test',
  'shell',
  'php',
  'sql',
  'user',
  'log',
  'data',
  'old',
  'api',
  'tmp',
  'dev',
];
const tools = [
  'nikto',
  'zgrab',
  'masscan',
  'sqlmap',
  'curl',
  'python-requests',
  'Go-http-client',
  'wpscan',
  'ffuf',
  'hydra',
];

/** A name that a rule may look for; few enough that events and rules meet. */
function wordOf(random: Random): string {
  const pick = (): string => syllables[random.below(syllables.length)];
  return `${pick()}${pick()}${random.below(40)}`;
}

/**
 * Seeded rules over web events, of the shapes that SigmaHQ's web rules have: parts of paths and queries, lists, agents, a
 * method beside them, exclusions, and a few regular expressions.
 */
export function sigmaRules(count: number, seed = 1): readonly Linked[] {
  const random = new Random(seed);
  const word = (): string => wordOf(random);
  const documents = Array.from({ length: count }, (_, index) => {
    const shapes = [
      `cs-uri-stem|contains: '/${word()}/'`,
      `cs-uri-stem|endswith: ['/${word()}.php', '/${word()}.jsp', '/${word()}.bak']`,
      `cs-uri-query|contains|all: ['${word()}=', 'cmd=']`,
      `cs-user-agent|startswith: '${tools[random.below(tools.length)]}/${random.below(1000)}'`,
      `cs-method: POST\n        cs-uri-stem|contains: ['${word()}', '${word()}']`,
      `cs-uri-stem: '/${word()}/*/${word()}.html'\n        sc-status: [200, 302]`,
      String.raw`cs-uri-query|re: '${word()}=[0-9a-f]{8,}'`,
    ];
    const shape = shapes[random.below(shapes.length)];
    return `title: Rule ${index}\nname: rule${index}\nlogsource:\n    category: webserver\ndetection:\n    selection:\n        ${shape}\n    filter:\n        cs-host|endswith: '.${word()}.example'\n    condition: selection and not filter\n`;
  });
  const { documents: read, faults } = readSigma(documents.join('---\n'), 'bench.yml');
  const linked = link(read);
  const [fault] = [...faults, ...linked.faults];
  if (fault !== undefined) throw fault;
  return linked.rules;
}

/** A batch of requests: most ordinary, one in a hundred of words that the rules know. */
export function webBatch(seed = 2): EventBatch {
  const random = new Random(seed);
  const batch = new EventBatch();
  const put = (row: number, field: number, text: string): void =>
    batch.setScratchText(row, field, Buffer.from(text));
  for (let row = 0; row < batchCapacity; row++) {
    batch.kind[row] = EventKind.request;
    batch.time[row] = row;
    batch.source[row] = random.below(2 ** 32);
    batch.flags[row] = Flag.noTarget;
    batch.status[row] = [200, 200, 200, 304, 404][random.below(5)];
    const known = random.below(100) === 0;
    const name = known ? wordOf(random) : `article-${random.below(100_000)}`;
    put(row, Text.method, random.below(10) === 0 ? 'POST' : 'GET');
    put(row, Text.host, 'www.example.com');
    put(row, Text.path, `/section/${random.below(50)}/${name}/index.html`);
    if (random.below(3) === 0)
      put(row, Text.query, `page=${random.below(100)}&session=${random.below(2 ** 31).toString(16)}`);
    put(
      row,
      Text.agent,
      `Mozilla/5.0 (X11; Linux x86_64; rv:${100 + random.below(40)}.0) Gecko/20100101 Firefox/${100 + random.below(40)}.0`,
    );
  }
  batch.length = batchCapacity;
  return batch;
}
