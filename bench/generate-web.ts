import { outside, outside6, pool } from './address-pools.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const open = Date.UTC(2026, 0, 5, 8, 20) / 1000;

const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
];
const crawler = 'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)';
const sections = ['product', 'article', 'img', 'api/v1/items', 'user', 'static/js', 'search', 'archive/2025'];
const endings = ['', '.html', '.jpg', '.css', '.js', '/', '.png', '.json'];

/** A scan of names: each a path that no visitor asks for and that is not there. */
interface Wordlist {
  readonly name: string;
  readonly words: number;
  /** Seconds from first to last. */
  readonly lasts: number;
  readonly agent: string;
  /** Windows (seconds) in which distinct missing paths reach the threshold, and in which they stay below. */
  readonly crosses: readonly number[];
  readonly silent: readonly number[];
}
const wordlists: readonly Wordlist[] = [
  { name: 'wordlist fast', words: 1000, lasts: 20, agent: 'gobuster/3.6', crosses: [300, 3600], silent: [] },
  {
    name: 'wordlist fast, browser agent',
    words: 400,
    lasts: 60,
    agent: browsers[0],
    crosses: [300, 3600],
    silent: [],
  },
  {
    name: 'wordlist normal',
    words: 40,
    lasts: 400,
    agent: 'Fuzz Faster U Fool v2.1.0',
    crosses: [300, 3600],
    silent: [],
  },
  { name: 'wordlist patient', words: 36, lasts: 3500, agent: browsers[1], crosses: [3600], silent: [300] },
  {
    name: 'wordlist 300 s, last second inside',
    words: 20,
    lasts: 299,
    agent: browsers[2],
    crosses: [300],
    silent: [],
  },
  {
    name: 'wordlist 300 s, one short',
    words: 19,
    lasts: 299,
    agent: browsers[2],
    crosses: [],
    silent: [300],
  },
];
const stems = [
  'admin',
  'backup',
  'config',
  'db',
  'old',
  'test',
  'private',
  'dump',
  'wp',
  'cgi-bin',
  'shell',
  'setup',
];

/**
 * An nginx access log (combined), stamps of one second: visitors of Zipf-like popularity, a crawler, broken links,
 * 30 % of the lines ask for a path that no other line asks for. Wordlist scans are planted.
 */
export const webGenerator: Generator = {
  name: 'web',
  version: 1,
  suffix: 'log',
  write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
    const random = new Random(seed);
    const span = Math.max(130 * 60, Math.floor((6 * 3600 * rows) / 5_000_000));
    const visitors = pool(Math.min(80_000, Math.max(4000, rows)), () =>
      random.chance(0.1) ? outside6(random) : outside(random),
    );
    const agentOf = new Map(visitors.map((visitor) => [visitor, random.pick(browsers)]));
    const pages = Array.from(
      { length: 20_000 },
      (_, i) => `/${sections[i % 8]}/${i}${endings[(i >> 3) % 8]}`,
    );
    const broken = Array.from({ length: 300 }, (_, i) => `/gone/${i}.html`);

    const planted: { time: number; line: string }[] = [];
    const plants: Plant[] = [];
    const stampOf = (time: number): string => {
      const date = new Date(time * 1000);
      const two = (n: number) => String(n).padStart(2, '0');
      return `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
    };
    const sets = rows < 20_000 ? 0 : Math.max(1, Math.floor(rows / 500_000));
    for (let set = 0; set < sets; set += 1) {
      for (const [index, list] of wordlists.entries()) {
        const source = `45.${index + 1}.${set}.${random.between(2, 250)}`;
        const begin = open + 60 + random.below(span - list.lasts - 120);
        for (let i = 0; i < list.words; i += 1) {
          const time = begin + Math.floor((list.lasts * i) / (list.words - 1));
          const path = `/${stems[i % stems.length]}${i.toString(36)}${index}${endings[i % 3]}`;
          planted.push({
            time,
            line: `${source} - - [${stampOf(time)}] "GET ${path} HTTP/1.1" 404 153 "-" "${list.agent}"\n`,
          });
        }
        const expected = (windows: readonly number[]) =>
          windows.map((window) => ({ kind: 'wordlist', key: [source], window }));
        plants.push({
          name: list.name,
          sources: [source],
          rows: list.words,
          crosses: expected(list.crosses),
          silent: expected(list.silent),
        });
      }
    }
    planted.sort((a, b) => a.time - b.time);

    const benign = rows - planted.length;
    const gap = span / benign;
    let clock = open;
    let stamp = '';
    let stamped = 0;
    let at = 0;
    for (let i = 0; i < benign; i += 1) {
      clock += random.exponential(gap);
      const time = Math.floor(clock);
      for (; at < planted.length && planted[at].time <= time; at += 1) out.write(planted[at].line);
      if (time !== stamped) {
        stamped = time;
        stamp = stampOf(time);
      }
      const dice = random.unit();
      if (dice < 0.04) {
        out.write(
          `66.249.79.${random.between(1, 60)} - - [${stamp}] "GET /${sections[i & 7]}/u${i} HTTP/1.1" 200 ${random.between(400, 40_000)} "-" "${crawler}"\n`,
        );
        continue;
      }
      const from = visitors[random.zipf(visitors.length, 0.7)];
      const agent = agentOf.get(from);
      const method = random.chance(0.04) ? 'POST' : 'GET';
      const protocol = random.chance(0.6) ? 'HTTP/2.0' : 'HTTP/1.1';
      if (dice < 0.065) {
        out.write(`${from} - - [${stamp}] "GET ${random.pick(broken)} ${protocol}" 404 153 "-" "${agent}"\n`);
        continue;
      }
      // 26 of the 100 here, with the crawler's 4, are the 30 % that occur once.
      const path =
        dice < 0.325
          ? random.chance(0.5)
            ? `/${sections[i & 7]}/u${i}${endings[(i >> 3) & 7]}`
            : `/search?q=w${i}&page=${random.between(1, 9)}&session=${random.uint32().toString(16)}`
          : pages[random.zipf(20_000)];
      const status = random.chance(0.08) ? 304 : random.chance(0.04) ? 301 : random.chance(0.003) ? 500 : 200;
      const size = status === 304 ? 0 : random.between(200, 60_000);
      const referer = random.chance(0.5) ? `https://www.example.org${pages[random.zipf(2000)]}` : '-';
      out.write(
        `${from} - - [${stamp}] "${method} ${path} ${protocol}" ${status} ${size} "${referer}" "${agent}"\n`,
      );
    }
    for (; at < planted.length; at += 1) out.write(planted[at].line);
    return plants;
  },
};
