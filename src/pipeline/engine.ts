import { EventKind, Flag, Outcome, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Context } from '../model/context.ts';
import { isSilent } from '../model/contact-worth.ts';
import { passedStatus, silentStatus } from '../model/detector.ts';
import type { Feed, FindingDraft, RunningDetector, SelectedRow } from '../model/detector.ts';
import type { Dossier } from '../model/dossier.ts';
import type { AddressKey, Crossing } from '../model/finding.ts';
import { AddressSlots, slotBase } from '../state/address-slots.ts';
import { textIn } from '../state/row-columns.ts';
import { mix4 } from '../state/hash.ts';
import type { FirstAnswers } from '../state/first-answers.ts';
import { Popularity } from '../state/popularity.ts';
import { RecentLogins } from '../state/recent-logins.ts';
import type { RowConsumer } from '../state/reorder.ts';
import { TextRing } from '../state/text-ring.ts';
import { Slot } from '../state/tuple-table.ts';
import type { Hit } from '../state/tuple-table.ts';
import { CountedTable, planTables } from './counted-table.ts';
import type { BoundCount } from './counted-table.ts';
import { viewOf } from './actor-view.ts';
import { CrossingLog } from './crossing-log.ts';
import { DetectorClock } from './detector-clock.ts';
import { OpenCrossings } from './open-crossings.ts';
import { roleByPorts } from './pairing.ts';
import { seedDossier } from './seed-dossier.ts';
import { SelectedCounts } from './selected-counts.ts';
import { withParts } from './dossier-division.ts';
import { Suspects } from './suspects.ts';

/** A detector that runs, with the name its findings carry. */
export interface Started {
  readonly name: string;
  readonly running: RunningDetector;
}

const slotsBeforeSweep = 500_000;
const ringSize = 1 << 24;
/** Rows of one µs that may be evidence of what crosses in it: of each actor a few, so that none crowds out the rest. */
const triggersKept = 4096;
const triggersEach = 16;

/**
 * Rows in order of time go in, dossiers of suspects come out. Per row: who, what, how popular, what is it worth; the
 * tables count; when a µs is over, keys that crossed are shown to their detectors, and a finding opens a dossier.
 */
export class Engine implements RowConsumer {
  readonly slots = new AddressSlots();
  readonly suspects: Suspects;
  readonly logins = new RecentLogins();
  /** Whom each machine answered first. */
  get firstAnswers(): FirstAnswers {
    return this.#popularity.firstAnswers;
  }
  readonly crossings: CrossingLog | undefined;
  readonly #detectors: readonly Started[];
  readonly #home: Context['home'];
  readonly #popularity: Popularity;
  readonly #contactTables: CountedTable[] = [];
  readonly #textTables: (readonly CountedTable[])[];
  readonly #tables: CountedTable[];
  readonly #ring = new TextRing(ringSize);
  readonly #open: OpenCrossings[];
  readonly #selecting: readonly number[];
  readonly #selected: SelectedCounts | undefined;
  /** Rows of the current µs that made a key cross: evidence. */
  readonly #triggers: { batch: EventBatch; row: number; actor: AddressKey }[] = [];
  readonly #triggersOf = new Map<AddressKey, number>();
  /** Detectors that are asked by the clock, and when next. */
  readonly #clock: DetectorClock;
  #now = -Infinity;
  /** Some table holds keys that crossed in the current µs. */
  #pending = false;
  #sweepAt = slotsBeforeSweep;
  /** Rows handed in that no window counted because they came too late. */
  late = 0;
  /** Contacts whose opener is not known: shown, never probes. */
  roleUnknown = 0;
  evictedSince = NaN;
  first = Infinity;
  last = -Infinity;

  constructor(
    detectors: readonly Started[],
    context: Context,
    options: {
      readonly inputNames: readonly string[];
      readonly budget: number;
      readonly logCrossings: boolean;
      readonly popularFrom: number | undefined;
    },
  ) {
    this.#popularity = new Popularity(options.popularFrom);
    this.#detectors = detectors;
    this.#home = context.home;
    this.suspects = new Suspects(this.slots, options.inputNames, undefined, context.allowlist);
    this.crossings = options.logCrossings ? new CrossingLog() : undefined;
    const counts: BoundCount[] = detectors.flatMap(({ running }, detector) =>
      running.counts.map((count) => ({ count, detector })),
    );
    const plans = planTables(counts);
    // Contacts are where floods happen: they get most of the room. Rare rows need little.
    const shares = plans.map(({ texts, rare }) => (rare ? 0.1 : texts ? 1 : 3));
    const chosen = detectors.some(({ running }) => (running.selected ?? []).length > 0) ? 4 : 0;
    const own = detectors.filter(({ running }) => running.state);
    const total = shares.reduce((sum, share) => sum + share, chosen + own.length);
    const share = Math.floor(options.budget / total);
    if (chosen > 0)
      this.#selected = new SelectedCounts(
        detectors.map(({ running }) => running),
        chosen * share,
      );
    for (const { running } of own) running.state!.limit(share);
    this.#tables = plans.map(
      (plan, i) => new CountedTable(plan, Math.floor((options.budget * shares[i]) / total), this.#ring),
    );
    this.#textTables = Object.keys(EventKind).map((event) =>
      this.#tables.filter((table) => !table.contacts && table.plan.event === event),
    );
    this.#contactTables = this.#tables.filter((table) => table.contacts);
    this.#open = this.#tables.map(
      (table) =>
        new OpenCrossings(table, {
          opened: (crossing) => this.crossings?.add(crossing, this.slots),
          ask: (detector, crossing, hit) => this.#ask(table, this.#detectors[detector], crossing, hit),
        }),
    );
    this.#selecting = detectors.flatMap(({ running }, i) => (running.select ? [i] : []));
    this.#clock = new DetectorClock(detectors, this.suspects, this.slots);
  }

  get evicted(): number {
    const tables = this.#tables.reduce((sum, { table }) => sum + table.evicted, 0);
    const own = this.#detectors.reduce((sum, { running }) => sum + (running.state?.evicted ?? 0), 0);
    return tables + own + (this.#selected?.evicted ?? 0);
  }

  /** Bytes of state that grow with traffic. */
  get bytes(): number {
    const tables = this.#tables.reduce((sum, { table }) => sum + table.bytes, 0);
    const own = this.#detectors.reduce((sum, { running }) => sum + (running.state?.bytes ?? 0), 0);
    const selected = this.#selected?.bytes ?? 0;
    return tables + own + selected + this.#popularity.bytes + this.slots.bytes + this.#ring.bytes;
  }

  /** Lets detectors mark rows of interest, column by column, while the batch is at hand. Before it is put in order. */
  mark(batch: EventBatch): void {
    if (this.#selecting.length === 0) return;
    const rows = new Uint32Array(batch.length);
    for (const [bit, detector] of this.#selecting.entries()) {
      for (let i = 0; i < rows.length; i++) rows[i] = i;
      const n = this.#detectors[detector].running.select!(batch, rows, rows.length);
      for (let i = 0; i < n; i++) batch.marks[rows[i]] |= 1 << bit;
    }
  }

  row(batch: EventBatch, row: number): void {
    const flags = batch.flags[row];
    const time = batch.time[row];
    const isLate = (flags & Flag.late) !== 0;
    if (isLate) this.late++;
    else if (time !== this.#now) this.#step(time);

    let a = batch.source[row];
    let b = batch.target[row];
    let family = 0;
    let actor = a;
    if ((flags & Flag.v6) !== 0) {
      family = 1;
      const { wide } = batch;
      const at = a * 4;
      a = this.slots.prefix(wide[at], wide[at + 1]);
      actor = slotBase + a;
      if ((flags & Flag.noTarget) === 0) {
        const to = b * 4;
        b = this.slots.address(wide[to], wide[to + 1], wide[to + 2], wide[to + 3]);
      }
    }
    const kind = batch.kind[row];
    let popular = false;
    if (kind === EventKind.contact) {
      let role = batch.role[row];
      if (role === Role.unpaired) role = batch.role[row] = roleByPorts(batch, row);
      if (role === Role.originator && (flags & (Flag.echo | Flag.late)) === 0) {
        popular = this.#contact(batch, row, a, b, family, time);
      } else if (role !== Role.originator && role !== Role.responder) this.roleUnknown++;
    } else if (!isLate) {
      if (kind === EventKind.login && batch.status[row] === 1) this.logins.add(batch, row);
      for (const table of this.#textTables[kind - 1]) {
        const worth = table.plan.worth ? table.plan.worth(batch, row, false, false) : 1;
        if (worth > 0) this.#seeTexts(table, batch, row, a, family, b, worth);
      }
    }
    if (this.suspects.size > 0 && this.suspects.maybe(a, family)) {
      const dossier = this.suspects.get(actor);
      if (dossier && (kind !== EventKind.contact || batch.role[row] === Role.originator)) {
        const target = (flags & Flag.noTarget) === 0 ? (family === 1 ? slotBase + b : b) : undefined;
        this.suspects.add(dossier, batch, row, target, popular);
      }
    }
    if (
      this.suspects.size > 0 &&
      kind === EventKind.contact &&
      (flags & Flag.noTarget) === 0 &&
      (family === 1 || this.suspects.maybe(b, 0))
    ) {
      this.#callback(batch, row, a, b, family);
    }
    if (batch.marks[row] !== 0 && !isLate) this.#matched(batch, row, actor, a, family, time);
  }

  /** Counts a probe; returns whether its service is popular. */
  #contact(batch: EventBatch, row: number, a: number, b: number, family: number, time: number): boolean {
    const service = (batch.proto[row] << 16) | batch.targetPort[row];
    const outcome = batch.outcome[row];
    const outbound = this.#outbound(batch, row, family);
    const answered = outcome === Outcome.answered;
    let source = a;
    let target = b;
    if (family === 1) {
      // Slots are used again: popularity, which remembers longer, keeps hashes of addresses.
      const from = batch.source[row] * 4;
      const to = batch.target[row] * 4;
      source = mix4(batch.wide[from], batch.wide[from + 1], 0, 4);
      target = mix4(batch.wide[to], batch.wide[to + 1], batch.wide[to + 2], batch.wide[to + 3]);
    }
    const popular = outbound
      ? this.#popularity.see(0, 2, service, source, answered, time)
      : this.#popularity.see(target, family, service, source, answered, time);
    let status = outcome;
    if (outcome === Outcome.unknown && (batch.flags[row] & Flag.passed) !== 0) status = passedStatus;
    else if (answered && isSilent(batch, row)) status = silentStatus;
    for (const table of this.#contactTables) {
      const { worth } = table.plan;
      const worthIt = worth ? worth(batch, row, popular, outbound) : 1;
      if (worthIt === 0) continue;
      table.table.advance(time);
      table.table.see(a, family, b, service, 0, worthIt, status, -1);
      if (table.table.hasPending) this.#trigger(batch, row, family === 1 ? slotBase + a : a);
    }
    return popular;
  }

  #seeTexts(
    table: CountedTable,
    batch: EventBatch,
    row: number,
    a: number,
    family: number,
    b: number,
    worth: number,
  ): void {
    table.table.advance(batch.time[row]);
    table.seeTexts(batch, row, a, family, b, worth);
    if (table.table.hasPending) this.#trigger(batch, row, family === 1 ? slotBase + a : a);
  }

  #trigger(batch: EventBatch, row: number, actor: AddressKey): void {
    this.#pending = true;
    const known = this.#triggersOf.get(actor) ?? 0;
    if (known >= triggersEach || this.#triggers.length >= triggersKept) return;
    this.#triggersOf.set(actor, known + 1);
    this.#triggers.push({ batch, row, actor });
  }

  #outbound(batch: EventBatch, row: number, family: number): boolean {
    const home = this.#home;
    if (family === 0) return home.has4(batch.source[row]) && !home.has4(batch.target[row]);
    const { wide } = batch;
    const from = batch.source[row] * 4;
    const to = batch.target[row] * 4;
    return (
      home.has6(wide[from], wide[from + 1], wide[from + 2], wide[from + 3]) &&
      !home.has6(wide[to], wide[to + 1], wide[to + 2], wide[to + 3])
    );
  }

  /** Something that a suspect had contacted calls the suspect. */
  #callback(batch: EventBatch, row: number, a: number, b: number, family: number): void {
    let target = b;
    if (family === 1) {
      const to = batch.target[row] * 4;
      target = this.slots.prefix(batch.wide[to], batch.wide[to + 1]);
    }
    if (!this.suspects.maybe(target, family) || batch.role[row] !== Role.originator) return;
    const dossier = this.suspects.get(family === 1 ? slotBase + target : target);
    if (!dossier) return;
    let source = a;
    if (family === 1) {
      const from = batch.source[row] * 4;
      const { wide } = batch;
      source = slotBase + this.slots.address(wide[from], wide[from + 1], wide[from + 2], wide[from + 3]);
    }
    this.suspects.calledBack(dossier, source, (batch.proto[row] << 16) | batch.targetPort[row], batch, row);
  }

  #matched(batch: EventBatch, row: number, actor: AddressKey, a: number, family: number, time: number): void {
    const selecting = this.#selecting;
    for (let bit = 0; bit < selecting.length; bit++) {
      if ((batch.marks[row] & (1 << bit)) === 0) continue;
      const detector = selecting[bit];
      const { name, running } = this.#detectors[detector];
      if (this.#selected?.see(detector, batch, row, actor, time) === true) this.#pending = true;
      const draft = running.matched?.({ batch, row, actor, time });
      if (draft) this.#foundRow(name, draft, { batch, row, actor, time }, a, family);
    }
  }

  #foundRow(
    name: string,
    draft: FindingDraft,
    { batch, row, actor, time }: SelectedRow,
    a: number,
    family: number,
  ): void {
    const fresh = this.suspects.get(actor) === undefined;
    const dossier = this.#dossier(actor, a, family, time);
    const aim = this.#targetOf(batch, row);
    this.suspects.found(dossier, name, draft, time, { input: batch.input, target: aim });
    this.suspects.triggered(dossier, batch, row, aim, false);
    if (fresh && (batch.kind[row] !== EventKind.contact || batch.role[row] === Role.originator)) {
      const target = (batch.flags[row] & Flag.noTarget) === 0 && family === 0 ? batch.target[row] : undefined;
      this.suspects.add(dossier, batch, row, target, false);
    }
  }

  /** The end of a µs for counts of selected rows. */
  #settleSelected(): void {
    const now = this.#now;
    for (const { detector, crossing, standing } of this.#selected?.settle(now, keyOfRow) ?? []) {
      this.crossings?.add(crossing, this.slots);
      const { name, running } = this.#detectors[detector];
      const draft = running.reached?.(crossing, standing);
      if (!draft) continue;
      const { actor, batch, row } = standing.row;
      const dossier = this.#dossier(actor, ...wordOf(actor), now);
      const target = this.#targetOf(batch, row);
      this.suspects.found(dossier, name, draft, now, { crossing, input: batch.input, target });
      this.suspects.triggered(dossier, batch, row, target, false);
    }
  }

  // ── crossings ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A new µs begins: what crossed in the last one is judged. (A table moves its windows on when it is next used.) */
  #step(time: number): void {
    if (this.#pending) this.settle();
    this.#clock.advance(time);
    this.#now = time;
    if (time < this.first) {
      this.first = time;
      this.#popularity.begin(time);
    }
    if (time > this.last) this.last = time;
  }

  settle(): void {
    if (this.#pending) {
      this.#pending = false;
      for (const [t, table] of this.#tables.entries()) {
        if (table.table.hasPending) table.table.flush((hit) => this.#open[t].decide(hit, this.#now));
      }
      this.#settleSelected();
      this.#triggers.length = 0;
      this.#triggersOf.clear();
    }
    if (this.slots.size > this.#sweepAt) this.#sweep();
    if (Number.isNaN(this.evictedSince) && this.evicted > 0) this.evictedSince = this.#now;
  }

  /** Shows a crossing to its detector; whether that is the end of it. */
  #ask(table: CountedTable, { name, running }: Started, crossing: Crossing, hit: Hit): boolean {
    if (!running.crossed) return true;
    const view = viewOf(table, hit, crossing.actor, this.slots, this.#ring);
    const draft = running.crossed(crossing, view);
    if (!draft) return false;
    const about = table.contacts && hit.slot === Slot.ab ? crossing.key : undefined;
    this.#found(name, draft, crossing, hit, about);
    return true;
  }

  #found(
    name: string,
    draft: FindingDraft,
    crossing: Crossing,
    hit: Hit,
    about: AddressKey | undefined,
  ): void {
    const dossier = this.#dossier(crossing.actor, hit.a, hit.family, this.#now);
    const unseen = dossier.inputs.size === 0;
    let target: AddressKey | undefined;
    for (const { batch, row, actor } of this.#triggers) {
      if (actor !== crossing.actor) continue;
      target = this.#targetOf(batch, row);
      this.suspects.triggered(dossier, batch, row, target, unseen);
    }
    this.suspects.found(dossier, name, draft, this.#now, { crossing, target: about ?? target });
  }

  /** The key of the address that a row names as its target. */
  #targetOf(batch: EventBatch, row: number): AddressKey | undefined {
    const flags = batch.flags[row];
    if ((flags & Flag.noTarget) !== 0) return undefined;
    if ((flags & Flag.v6) === 0) return batch.target[row];
    const to = batch.target[row] * 4;
    const { wide } = batch;
    return slotBase + this.slots.address(wide[to], wide[to + 1], wide[to + 2], wide[to + 3]);
  }

  /** The actor's dossier; a new one begins with what the windows still hold. */
  #dossier(actor: AddressKey, a: number, family: number, time: number): Dossier {
    const { dossier, fresh } = this.suspects.open(actor, a, family, time);
    if (!fresh) return dossier;
    for (const { table } of this.#tables) table.advance(this.#now);
    seedDossier(this.suspects, dossier, this.#tables, this.#ring, a, family);
    return dossier;
  }

  #sweep(): void {
    this.slots.sweep((mark) => {
      for (const { table, contacts } of this.#tables) {
        table.markSlots((a, b) => {
          mark(a);
          if (contacts) mark(b);
        });
      }
      const key = (k: AddressKey): void => {
        if (k >= slotBase) mark(k - slotBase);
      };
      for (const dossier of [...this.suspects.all()].flatMap(withParts)) {
        key(dossier.actor);
        for (const target of dossier.targets) key(target);
        for (const finding of dossier.findings) {
          for (const member of finding.members) key(member);
          for (const crossing of finding.crossings) key(crossing.key);
        }
      }
      for (const actor of this.#selected?.actors() ?? []) key(actor);
      for (const open of this.#open) {
        for (const crossing of open.crossings()) {
          key(crossing.actor);
          key(crossing.key);
        }
      }
    });
    this.#sweepAt = Math.max(slotsBeforeSweep, this.slots.size * 2);
  }

  /** The end of all input: final maxima, all dossiers. */
  finish(): Dossier[] {
    this.settle();
    if (this.#now !== -Infinity) this.#clock.ask(this.#now + 1);
    for (const { table } of this.#tables) table.finish();
    this.#selected?.finish();
    return this.suspects.finish();
  }
}

const keyLimit = 256;

/** The key of a count of selected rows, in words. */
function keyOfRow({ batch, row }: SelectedRow, { by }: Feed): string {
  return by
    .map((column) => textIn(batch, row, column))
    .join(' ')
    .slice(0, keyLimit);
}

/** An actor's key as the tables have it: word and family. */
function wordOf(actor: AddressKey): [a: number, family: number] {
  return actor >= slotBase ? [actor - slotBase, 1] : [actor, 0];
}
