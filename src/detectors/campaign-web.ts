import { Flag, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { tickLength } from '../model/detector.ts';
import type { Statement, Teller, Worth } from '../model/detector.ts';
import { FewCells } from '../state/few-cells.ts';
import { hashOut, mix4 } from '../state/hash.ts';
import { hashText } from '../state/text-hash.ts';
import { nameMember, sourceKey, sourceKeys } from './campaign-sources.ts';

/*
 * A word list shared out among many sources, or worked through by each of them: visitors of one site with one agent, who
 * ask for nothing but what is not there. Broken pages are missed by all of their visitors, who are served other things
 * too; an old link is one miss. Here each misses several, and either nobody else misses them (shared out), or all miss
 * the same ten and more.
 */

/**
 * Missing paths that a source may have and still be a member: who has more in a day is found by its slow list (60), and who
 * is quicker by the words of five minutes.
 */
const cellsEach = 60;
const records = 1 << 15;
/** Members of one site and agent that are looked at together: enough to tell, and a bound on the work. */
const compared = 4096;
const sitesNamed = 4096;
const textsKept = 1 << 15;
/** Missing paths of a member at least. */
const missesEach = 3;
/** Of a member's requests so many are for what is not there. */
const missShare = 0.8;
/** Shared out: of a member's paths so many are nobody else's. */
const exclusiveShare = 0.8;
/** The same list: so alike, over so many paths. */
const alike = 0.8;
const alikeAtLeast = 10;
const hour = 3_600_000_000;
const day = 24 * hour;
const gateBits = 1 << 19;

/** Of the detector's settings. */
interface Limits {
  readonly sources: number;
  readonly paths: number;
}

interface Site {
  readonly host: string;
  readonly agent: string;
}

interface Member {
  readonly at: number;
  readonly paths: readonly number[];
}

interface Told {
  readonly statement: Statement;
  readonly records: Set<number>;
}

export class WebCampaigns {
  readonly #settings: Limits;
  readonly #few = new FewCells(cellsEach, records);
  readonly #sites = new Map<number, Site>();
  /** Paths by their hash, in words: for the report. */
  readonly #texts = new Map<number, string>();
  /** A bit for each source that missed something: who never did needs no look-up. */
  readonly #missed = new Uint8Array(gateBits / 8);
  readonly #told = new Map<number, Told>();
  #asked = 0;

  constructor(settings: Limits) {
    this.#settings = settings;
  }

  readonly see: Worth = (batch, row) => {
    const status = batch.status[row];
    const isMiss = status === 404 || status === 410 || status === 403;
    const v6 = (batch.flags[row] & Flag.v6) !== 0;
    const source = batch.source[row];
    const high = v6 ? batch.wide[source * 4] : 0;
    const low = v6 ? batch.wide[source * 4 + 1] : source;
    const bit = mix4(high, low, 5, 5) & (gateBits - 1);
    if (!isMiss) {
      if ((this.#missed[bit >>> 3] & (1 << (bit & 7))) === 0) return 0;
      const [x, y] = this.#site(batch, row);
      this.#few.good(high, low, x, y);
      return 0;
    }
    // What a page of the site led to is the site's mistake.
    if (batch.textLengthOf(row, Text.referer) > 1 || batch.textLengthOf(row, Text.agent) <= 1) return 0;
    this.#missed[bit >>> 3] |= 1 << (bit & 7);
    const path = shapeHash(batch, row);
    const [x, y] = this.#site(batch, row);
    const few = this.#few;
    const at = few.see(high, low, x, y, path, 0, batch.time[row]);
    if (!few.fresh) return 0;
    few.mark(at, batch.input, batch.record[row]);
    const site = mix4(x, y, 1, 1);
    if (!this.#sites.has(site) && this.#sites.size < sitesNamed)
      this.#sites.set(site, {
        host: batch.text(row, Text.host).slice(0, 256),
        agent: batch.text(row, Text.agent).slice(0, 256),
      });
    if (!this.#texts.has(path)) {
      if (this.#texts.size >= textsKept) this.#texts.clear();
      this.#texts.set(path, batch.text(row, Text.path).slice(0, 256));
    }
    return 0;
  };

  tick(time: number, teller: Teller): void {
    const few = this.#few;
    const atEnd = time % tickLength !== 0;
    const fresh = few.noted - this.#asked;
    const due = atEnd || time % hour === 0 || fresh >= Math.max(this.#settings.paths, few.size);
    if (fresh === 0 || !due) return;
    this.#asked = few.noted;
    const sites = new Map<number, Member[]>();
    for (let at = 0; at < few.size; at++) {
      const count = few.count(at);
      if (count < missesEach || time - few.last(at) > day) continue;
      if (count < missShare * (count + few.goods(at))) continue;
      if (teller.isSuspect(sourceKey(few, at, teller))) continue;
      const site = mix4(few.x(at), few.y(at), 1, 1);
      const member = { at, paths: Array.from({ length: count }, (_, i) => few.cell(at, i)) };
      const known = sites.get(site);
      if (known) known.push(member);
      else sites.set(site, [member]);
    }
    for (const [site, members] of sites) {
      if (members.length >= this.#settings.sources) this.#judge(site, members.slice(-compared), time, teller);
    }
  }

  #judge(site: number, members: readonly Member[], time: number, teller: Teller): void {
    const askedBy = new Map<number, number>();
    for (const { paths } of members)
      for (const path of paths) askedBy.set(path, (askedBy.get(path) ?? 0) + 1);
    const own = members.filter(
      ({ paths }) => paths.filter((path) => askedBy.get(path) === 1).length >= exclusiveShare * paths.length,
    );
    const words = new Set(own.flatMap(({ paths }) => paths)).size;
    if (own.length >= this.#settings.sources && words >= this.#settings.paths) {
      this.#tell(
        site,
        own,
        time,
        teller,
        `${words} paths that are not there, each asked for by one of them alone`,
      );
      return;
    }
    const same = largestAlike(members.filter(({ paths }) => paths.length >= alikeAtLeast));
    if (same.length >= this.#settings.sources) {
      const n = new Set(same.flatMap(({ paths }) => paths)).size;
      this.#tell(site, same, time, teller, `the same ${n} paths that are not there`);
    }
  }

  #tell(site: number, members: readonly Member[], time: number, teller: Teller, what: string): void {
    const few = this.#few;
    const { host, agent } = this.#sites.get(site) ?? { host: '', agent: '' };
    let told = this.#told.get(site);
    if (!told) {
      const about = {
        members: sourceKeys(
          few,
          members.map(({ at }) => at),
          teller,
        ),
        reasons: [
          `${members.length} sources with one agent (${agent.slice(0, 120)}) asked ${host === '' ? 'the site' : host} for ${what} ` +
            `(thresholds ${this.#settings.sources} sources, ${this.#settings.paths} paths shared out or ${alikeAtLeast} in common), and for hardly anything else`,
        ],
        strength: Math.max(1, members.length / this.#settings.sources),
      };
      const statement = teller.tell({ kind: 'campaign', ...about, also: ['wordlist'] }, time);
      if (agent !== '') statement.agent(agent);
      this.#told.set(site, (told = { statement, records: new Set() }));
    }
    const { statement, records: known } = told;
    for (const { at, paths } of members) {
      statement.at(few.first(at));
      statement.at(few.last(at));
      if (known.has(at)) continue;
      known.add(at);
      nameMember(statement, few, at, teller, known.size);
      for (const path of paths) statement.page(host, this.#texts.get(path) ?? '', 404);
    }
  }

  /** Host and agent. */
  #site(batch: EventBatch, row: number): readonly [number, number] {
    hashText(batch, row, Text.host);
    siteOut[0] = hashOut[0];
    hashText(batch, row, Text.agent);
    siteOut[1] = hashOut[0];
    return siteOut;
  }
}

/** Reused: read before the next call. */
const siteOut: [number, number] = [0, 0];

const slash = 0x2f;
const hyphen = 0x2d;
const zero = 0x30;
const nine = 0x39;
/** So many hyphens in the last part make it a title. */
const titleHyphens = 3;

/** Series count once: digits are all the same, and so are titles. */
function shapeHash(batch: EventBatch, row: number): number {
  const bytes = batch.textBytesOf(row, Text.path);
  const start = batch.textStartOf(row, Text.path);
  const end = start + Math.min(batch.textLengthOf(row, Text.path), 512);
  let h = 0x811c9dc5;
  let folder = h;
  let hyphens = 0;
  let inDigits = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const digit = byte >= zero && byte <= nine;
    if (digit && inDigits) continue;
    inDigits = digit;
    h = Math.imul(h ^ (digit ? zero : byte), 0x01000193);
    if (byte === slash) {
      folder = h;
      hyphens = 0;
    } else if (byte === hyphen) hyphens++;
  }
  const shape = hyphens >= titleHyphens ? folder : h;
  return shape ^ (shape >>> 15);
}

/** The largest set of members whose paths are alike: those like one of the first, whichever has most. */
function largestAlike(members: readonly Member[]): Member[] {
  const sets = members.map(({ paths }) => new Set(paths));
  let best: Member[] = [];
  const taken = new Set<number>();
  for (let i = 0; i < members.length && i < 64; i++) {
    if (taken.has(i)) continue;
    const own = members.filter((_, j) => jaccard(sets[i], sets[j]) >= alike);
    for (const [j] of members.entries()) if (jaccard(sets[i], sets[j]) >= alike) taken.add(j);
    if (own.length > best.length) best = own;
  }
  return best;
}

function jaccard(x: ReadonlySet<number>, y: ReadonlySet<number>): number {
  let both = 0;
  for (const value of x) if (y.has(value)) both++;
  return both / (x.size + y.size - both);
}
