import { ruleOf, seeded } from './sigma.fixture.ts';

// Rules of every modifier over values that conversions get wrong: wildcards of other languages, case, escapes, numbers as texts.

export const texts = [
  '',
  ' ',
  'abc',
  'ABC',
  'aBc',
  'abcabc',
  'xabcx',
  'a*c',
  'a?c',
  'a%c',
  'a_c',
  String.raw`a\c`,
  String.raw`a\*c`,
  String.raw`\\srv\share`,
  'a\nc',
  'a\tb',
  "it's",
  '"q"',
  'ä',
  'Ä',
  'ß',
  'ẞ',
  'SS',
  'ſ',
  's',
  'K',
  'k',
  'İ',
  'i',
  'I',
  'ı',
  'Σ',
  'σ',
  'ς',
  'ΑΣ',
  'ας',
  'é',
  'é',
  '😀',
  'a😀c',
  '😀😀',
  '日本',
  'null',
  'NULL',
  '0',
  '00',
  '404',
  '404.0',
  '0404',
  '+404',
  '-1',
  '1e3',
  '0x10',
  '18446744073709551615',
  '9007199254740993',
  '1.5',
  '.5',
  'inf',
  'nan',
  '../../etc/passwd',
  '${jndi:ldap://x}',
  '<script>',
  'Ꟑ',
  'Ა',
  'ა',
];
export const addresses = [
  '10.0.0.1',
  '10.255.255.255',
  '11.0.0.0',
  '9.255.255.255',
  '010.0.0.1',
  '10.0.0',
  '10.0.0.1.2',
  '10.0.0.256',
  '192.168.1.1',
  '::1',
  '::',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:1',
  '2001:db7:ffff::',
  '2001:db9::',
  '::ffff:10.0.0.1',
  '::ffff:0a00:0001',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '1::2::3',
  '12345::',
  'fe80::1%eth0',
  '2001:db8::g',
  ':1',
  '1:',
  ':::',
  '1:2:3:4:5:6:7:8:9',
  '0.0.0.0',
  '255.255.255.255',
  '2001:db8::10.0.0.1',
  '10.0.0.1:80',
  '',
];
export const times = [
  '2026-01-02T03:04:05Z',
  '2026-01-02 23:59',
  '2026-12-31T00:00:00.5',
  '2026-02-30T01:00',
  '2024-02-29T12:30',
  '2021-01-03T00:00',
  '2026-01-02T24:00',
  '2026-1-2T03:04',
  'now',
  '',
];
export const numbers = [0, 1, -1, 22, 80, 404, 65_535, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1];

const single = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Single-event rules over the fields `a`, `b`, `ip`, `at` and numbers, as YAML; the same for the same seed. */
export class AnyRules {
  readonly #random: () => number;
  readonly #numbers: readonly string[];
  readonly #time: string;

  constructor(seed: number, numberFields: readonly string[], timeField: string) {
    this.#random = seeded(seed);
    this.#numbers = numberFields;
    this.#time = timeField;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)];
  }

  rule(): string {
    const condition = this.pick([
      's',
      'not s',
      's and t',
      's or t',
      's and not t',
      'not (s or t)',
      '1 of them',
      'k or s',
      's and not k',
    ]);
    return ruleOf(
      `s:\n    ${this.#item()}\nt:\n    - ${this.#item()}\n    - ${this.#item()}\nk:\n    - ${single(this.#needle())}\n    - abc\ncondition: ${condition}`,
    );
  }

  /** A piece of one of the texts, sometimes with wildcards or escapes put in. */
  #needle(): string {
    const text = this.pick(texts).replaceAll(/[\n\t]/g, ' ');
    const points = Array.from(text);
    const from = Math.floor(this.#random() * (points.length + 1));
    const piece = points.slice(from, from + 1 + Math.floor(this.#random() * 4)).join('');
    return this.pick([
      '%',
      '%',
      '%',
      '*%',
      '%*',
      '*%*',
      '?%',
      '%?',
      'a*%',
      String.raw`\*%`,
      String.raw`%\\*`,
    ]).replace('%', () => piece);
  }

  #item(): string {
    const field = this.pick(['a', 'b', ...this.#numbers, 'ip']);
    const forms = [
      () => `${field}: ${single(this.#needle())}`,
      () => `${field}|${this.pick(['contains', 'startswith', 'endswith'])}: ${single(this.#needle())}`,
      () => `${field}|${this.pick(['contains', 'startswith', 'endswith'])}|cased: ${single(this.#needle())}`,
      () => `${field}|cased: ${single(this.#needle())}`,
      () =>
        `${field}: [${single(this.#needle())}, ${single(this.pick(texts).replaceAll('\n', ' '))}, ${single(this.pick(texts).replaceAll(/\s/g, ' '))}]`,
      () => `${field}: [${this.pick(numbers)}, 404, 22]`,
      () =>
        `${field}: ${this.pick(['404', '0', '1.5', '-1', '00', '1e3', '9007199254740991', '18446744073709551615'])}`,
      () => `${field}|neq: ${single(this.#needle())}`,
      () =>
        `${field}|${this.pick(['lt', 'lte', 'gt', 'gte'])}: ${this.pick(['0', '22', '404', '-1', '1.25', '9007199254740993'])}`,
      () => `${field}|exists: ${this.pick(['true', 'false'])}`,
      () => `${field}: null`,
      () => `${field}: ''`,
      () =>
        `ip|cidr: ${single(this.pick(['10.0.0.0/8', '0.0.0.0/0', '192.168.1.1/32', '10.0.0.0/31', '2001:db8::/32', '::/0', '::ffff:0:0/96', '::1/128', '1:2:3:4:5:6:7:0/112', '8000::/1']))}`,
      () =>
        `${this.pick(['a', 'b'])}|re${this.pick(['', '|i', '|m', '|s', '|i|m|s'])}: ${single(this.pick(['^%', '%$', '%.?', '(%)+', '[^%]', '%|x', '^%$', '%.c', String.raw`\b%`, String.raw`%\d*`]).replace('%', () => escape(this.pick(texts).replaceAll(/[\n\t]/g, '')) || 'a'))}`,
      () =>
        `${this.#time}|${this.pick(['minute', 'hour', 'day', 'month', 'week', 'year'])}${this.pick(['', '|gte', '|lt'])}: ${this.pick(['1', '3', '4', '12', '2'])}`,
      () => `a|fieldref${this.pick(['', '|contains', '|startswith', '|endswith', '|cased', '|neq'])}: b`,
    ];
    return this.pick(forms)();
  }
}
