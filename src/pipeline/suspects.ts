import { formatWords } from '../model/address.ts';
import type { AllowEntry } from '../model/context.ts';
import { EventKind, Flag, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { FindingDraft, SharedDraft, Statement } from '../model/detector.ts';
import { isOver, touchKey } from '../model/dossier.ts';
import type { Dossier } from '../model/dossier.ts';
import type { AddressBook, AddressKey, Crossing, Evidence } from '../model/finding.ts';
import { hashSeed } from '../state/hash.ts';
import { exploitOf } from '../wire/exploit-words.ts';
import { addFinding } from './add-finding.ts';
import { DossierContents, sizeOf } from './dossier-contents.ts';
import { DossierDivision, blankDossier, withParts } from './dossier-division.ts';

/** Dossiers at most: a hundred thousand forged sources that each cross a threshold must not fill the memory. */
const dossierLimit = 8192;
/** Of the dossiers so many go at a time when there are too many. */
const shed = 1 / 8;
const evidenceLimit = 16;
const proofLimit = 16;
const textLimit = 512;
const labelLimit = 64;
const loginLimit = 256;
const rawLimit = 1024;
const bits = 1 << 16;

/** One multiplication: asked twice for every row. */
function spotOf(a: number, family: number): number {
  return Math.imul(a ^ hashSeed ^ family, 0x9e3779b1) >>> 16;
}

/** Dossiers of all suspects: who they are, what they touched, what followed. */
export class Suspects {
  readonly #book: AddressBook;
  readonly #inputNames: readonly string[];
  readonly #open = new Map<AddressKey, Dossier>();
  readonly #contents = new DossierContents();
  /** How many pages of a dossier keep their record. */
  readonly #proofs = new WeakMap<Dossier, number>();
  /** One bit per hash of a suspect: most rows are no suspect's, and this says so without a lookup. */
  readonly #maybe = new Uint8Array(bits / 8);
  closed: Dossier[] = [];
  /** Dossiers of what detectors told of many actors: they stay. */
  readonly #told = new WeakSet<Dossier>();
  readonly #limit: number;
  readonly #parts: DossierDivision;
  /** Dossiers that had to go: those of the suspects that had done least. */
  dropped = 0;

  /** `limit`: dossiers at most. */
  constructor(
    book: AddressBook,
    inputNames: readonly string[],
    limit = dossierLimit,
    allowlist: readonly AllowEntry[] = [],
  ) {
    this.#book = book;
    this.#inputNames = inputNames;
    this.#limit = limit;
    this.#parts = new DossierDivision(book, allowlist);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether (a, family) may be a suspect; false is certain. */
  maybe(a: number, family: number): boolean {
    const bit = spotOf(a, family);
    return (this.#maybe[bit >>> 3] & (1 << (bit & 7))) !== 0;
  }

  /** Every dossier, closed ones first. */
  *all(): Iterable<Dossier> {
    yield* this.closed;
    yield* this.#open.values();
  }

  get(actor: AddressKey): Dossier | undefined {
    return this.#open.get(actor);
  }

  /** The actor's open dossier at `time`, a new one if it has none or its episode has ended. */
  open(actor: AddressKey, a: number, family: number, time: number): { dossier: Dossier; fresh: boolean } {
    const known = this.#open.get(actor);
    if (known && !isOver(known, time)) return { dossier: known, fresh: false };
    if (known) this.closed.push(known);
    this.#open.delete(actor);
    if (this.#open.size + this.closed.length >= this.#limit) this.#makeRoom();
    const dossier = this.#parts.divided(blankDossier(actor, time));
    this.#open.set(actor, dossier);
    const bit = spotOf(a, family);
    this.#maybe[bit >>> 3] |= 1 << (bit & 7);
    return { dossier, fresh: true };
  }

  /** The suspects that did least go, of those alike the ones that came first. */
  #makeRoom(): void {
    const all = [...this.all()].filter((dossier) => !this.#told.has(dossier));
    const going = new Set(
      all
        .sort((x, y) => weightOf(x) - weightOf(y) || x.first - y.first)
        .slice(0, Math.ceil(all.length * shed)),
    );
    this.closed = this.closed.filter((dossier) => !going.has(dossier));
    for (const dossier of going) {
      if (this.#open.get(dossier.actor) === dossier) this.#open.delete(dossier.actor);
      for (const one of withParts(dossier)) this.#contents.forget(one);
    }
    this.dropped += going.size;
  }

  /** The dossier that something is added to, and its part, both stretched to hold the time. */
  #reach(dossier: Dossier, time: number, target: AddressKey | undefined): readonly Dossier[] {
    if (time < dossier.first) dossier.first = time;
    const part = this.#parts.of(dossier, time, target);
    if (!part) return [dossier];
    part.first = Math.min(part.first, time);
    part.last = Math.max(part.last, time);
    return [dossier, part];
  }

  /** A detector's statement about the suspect. `target`: what it is about, or what the row touched that led to it. */
  found(
    dossier: Dossier,
    detector: string,
    draft: FindingDraft,
    time: number,
    at: { readonly crossing?: Crossing; readonly input?: number; readonly target: AddressKey | undefined },
  ): void {
    for (const one of this.#reach(dossier, time, at.target))
      addFinding(one, detector, draft, time, at.crossing, at.input);
  }

  /** A finding that is no one actor's: a dossier of its own, to which nobody's rows are added. */
  tell(
    detector: string,
    draft: SharedDraft,
    time: number,
    keyOf: (words: readonly number[]) => AddressKey,
  ): Statement {
    let actor = draft.members[0];
    for (const member of draft.members) if (this.#before(member, actor)) actor = member;
    const dossier = blankDossier(actor, time);
    this.#told.add(dossier);
    this.closed.push(dossier);
    const finding = addFinding(dossier, detector, draft, time);
    for (const kind of draft.also ?? []) addFinding(dossier, detector, { ...draft, kind }, time);
    let placed = false;
    return {
      members: finding.members,
      touch: (target, service, outcome) => {
        this.#contents.touch(dossier, keyOf(target), service, outcome, false);
        dossier.outcomes[outcome]++;
        dossier.events++;
      },
      agent: (name) => count(dossier.agents, name),
      page: (host, path, status) => {
        this.#contents.page(dossier, host, path, status, 0, dossier.last);
        dossier.events++;
      },
      evidence: (input, line, at) => {
        dossier.inputs.set(input, (dossier.inputs.get(input) ?? 0) + 1);
        if (dossier.evidence.length >= evidenceLimit) return;
        dossier.evidence.push({ source: this.#inputNames[input] ?? '', line, raw: '', time: at });
      },
      at: (when) => {
        // It lasted as long as its members were at it, not until it was told.
        dossier.first = placed ? Math.min(dossier.first, when) : when;
        dossier.last = placed ? Math.max(dossier.last, when) : when;
        placed = true;
        finding.last = Math.max(finding.last, when);
      },
    };
  }

  /** By family, then by address. */
  #before(x: AddressKey, y: AddressKey): boolean {
    const a = [...this.#book.words(x)];
    const b = [...this.#book.words(y)];
    for (let i = 0; i < 4; i++) if (a[i] !== b[i]) return a[i] < b[i];
    return false;
  }

  /** A (target, service) that the windows still held when the suspect was first seen crossing; several may hold it. */
  seed(
    dossier: Dossier,
    target: AddressKey,
    service: number,
    outcome: number,
    popular: boolean,
    time: number,
  ): void {
    for (const one of this.#reach(dossier, time, target)) {
      if (this.#contents.touch(one, target, service, outcome, popular, 0)) one.events++;
      if (one.times) this.#timed(one, target, service, time);
    }
  }

  /** Notes when a part's contact was made. */
  #timed(part: Dossier, target: AddressKey, service: number, time: number): void {
    const index = this.#contents.indexOf(part, target);
    if (index === undefined) return;
    const key = touchKey(index, service);
    if (!part.touches.has(key)) return;
    const [first, last] = part.times!.get(key) ?? [time, time];
    part.times!.set(key, [Math.min(first, time), Math.max(last, time)]);
  }

  /** `size`: to within 1 %. */
  seedPage(dossier: Dossier, host: string, path: string, status: number, size: number, time: number): void {
    for (const one of this.#reach(dossier, time, undefined))
      if (this.#contents.page(one, host, path, status, size, time, 0)) one.events++;
  }

  seedName(dossier: Dossier, name: string, rcode: number, time: number): void {
    for (const one of this.#reach(dossier, time, undefined)) {
      if (one.names.has(name)) continue;
      one.events++;
      this.#contents.name(one, name, 0, rcode, time);
    }
  }

  /** Keeps the record of an exploit request that was answered. */
  #proved(dossier: Dossier, batch: EventBatch, row: number, host: string, path: string): void {
    const page = this.#contents.pageOf(dossier, host, path);
    // What is asked for again and again was looked at when it was new.
    if (!page || page.proof || page.count > 4 || exploitOf(path) === undefined) return;
    const known = this.#proofs.get(dossier) ?? 0;
    if (known >= proofLimit) return;
    this.#proofs.set(dossier, known + 1);
    page.proof = this.#record(batch, row);
  }

  #record(batch: EventBatch, row: number): Evidence {
    return {
      source: this.#inputNames[batch.input] ?? '',
      line: batch.record[row],
      raw: batch.raw(row, rawLimit),
      time: batch.time[row],
    };
  }

  /** A row of a suspect's. `target`, undefined: not known. */
  add(
    dossier: Dossier,
    batch: EventBatch,
    row: number,
    target: AddressKey | undefined,
    popular: boolean,
  ): void {
    const time = batch.time[row];
    const over = isOver(dossier, time);
    if (dossier.parts) {
      const part = this.#parts.of(dossier, time, target)!;
      if (over) this.#afterwards(part, batch, row, target);
      else {
        part.first = Math.min(part.first, time);
        this.#take(part, batch, row, target, popular);
      }
    }
    if (over) this.#afterwards(dossier, batch, row, target);
    else this.#take(dossier, batch, row, target, popular);
  }

  #take(
    dossier: Dossier,
    batch: EventBatch,
    row: number,
    target: AddressKey | undefined,
    popular: boolean,
  ): void {
    const time = batch.time[row];
    if (time > dossier.last) dossier.last = time;
    dossier.events++;
    if ((dossier.events & (dossier.events - 1)) === 0) this.evidence(dossier, batch, row);
    this.witness(dossier, batch, row);
    switch (batch.kind[row]) {
      case EventKind.contact:
        this.#addContact(dossier, batch, row, target, popular);
        break;
      case EventKind.request: {
        const host = batch.text(row, Text.host);
        const path = batch.text(row, Text.path);
        this.#contents.page(dossier, host, path, batch.status[row], batch.size[row], time);
        if (batch.status[row] >= 200 && batch.status[row] <= 299)
          this.#proved(dossier, batch, row, host, path);
        break;
      }
      case EventKind.query:
        this.#contents.name(
          dossier,
          batch.text(row, Text.name),
          batch.queryType[row],
          batch.status[row],
          time,
        );
        break;
      case EventKind.alert:
        count(dossier.alerts, batch.text(row, Text.name));
        break;
      case EventKind.login:
        this.#login(dossier, batch, row, target);
        break;
      default:
    }
  }

  /** A row behind the end of the episode: only what a scan may have led to belongs to it. */
  #afterwards(dossier: Dossier, batch: EventBatch, row: number, target: AddressKey | undefined): void {
    const status = batch.status[row];
    if (batch.kind[row] === EventKind.login) this.#login(dossier, batch, row, target);
    else if (batch.kind[row] === EventKind.request && status >= 200 && status <= 299) {
      const path = batch.text(row, Text.path);
      if (exploitOf(path) === undefined) return;
      const host = batch.text(row, Text.host);
      this.#contents.page(dossier, host, path, status, batch.size[row], batch.time[row]);
      this.#proved(dossier, batch, row, host, path);
    }
  }

  #login(dossier: Dossier, batch: EventBatch, row: number, target: AddressKey | undefined): void {
    if (dossier.logins.length >= loginLimit) return;
    dossier.logins.push({
      time: batch.time[row],
      success: batch.status[row] === 1,
      user: batch.text(row, Text.user).slice(0, textLimit),
      service: batch.text(row, Text.name).slice(0, textLimit),
      target,
      ...(batch.status[row] === 1 ? { proof: this.#record(batch, row) } : {}),
    });
  }

  /** What a row says besides what was sought: who saw it, and what its sender looks like. Of seeds it is not known. */
  witness(dossier: Dossier, batch: EventBatch, row: number): void {
    const flags = batch.flags[row];
    dossier.flags |= flags;
    dossier.flagsAll &= flags;
    dossier.inputs.set(batch.input, (dossier.inputs.get(batch.input) ?? 0) + 1);
    if (flags & Flag.v6) this.#exactAddress(dossier, batch, row);
    if (batch.kind[row] === EventKind.request) count(dossier.agents, batch.text(row, Text.agent));
    if (batch.textLengthOf(row, Text.fingerprint) > 0)
      count(dossier.fingerprints, batch.text(row, Text.fingerprint));
  }

  #addContact(
    dossier: Dossier,
    batch: EventBatch,
    row: number,
    target: AddressKey | undefined,
    popular: boolean,
  ): void {
    const outcome = batch.outcome[row];
    dossier.outcomes[outcome]++;
    const ttl = batch.ttl[row];
    if (ttl > 0) {
      dossier.ttlLow = dossier.ttlLow === 0 ? ttl : Math.min(dossier.ttlLow, ttl);
      dossier.ttlHigh = Math.max(dossier.ttlHigh, ttl);
    }
    if (target === undefined) return;
    const service = (batch.proto[row] << 16) | batch.targetPort[row];
    this.#contents.touch(dossier, target, service, outcome, popular);
    if (dossier.times) this.#timed(dossier, target, service, batch.time[row]);
    const length = batch.textLengthOf(row, Text.detail);
    // What the client said (a TLS server name) is in the same field; only the target's words are a banner.
    if (length > 0 && (batch.flags[row] & Flag.gotData) !== 0 && dossier.banners.size < 1024) {
      const index = this.#contents.indexOf(dossier, target);
      if (index !== undefined)
        dossier.banners.set(touchKey(index, service), batch.text(row, Text.detail).slice(0, 256));
    }
  }

  /** A contact from `source`, which the suspect had contacted, back to the suspect: a callback. */
  calledBack(dossier: Dossier, source: AddressKey, service: number, batch: EventBatch, row: number): void {
    if (dossier.parts) {
      const { covered, beyond } = dossier.parts;
      for (const part of [covered, beyond]) this.calledBack(part, source, service, batch, row);
    }
    const index = this.#contents.indexOf(dossier, source);
    if (index === undefined || source === dossier.actor || dossier.callbacks.size >= 256) return;
    const key = touchKey(index, service);
    if (!dossier.callbacks.has(key))
      dossier.callbacks.set(key, { time: batch.time[row], proof: this.#record(batch, row) });
  }

  #exactAddress(dossier: Dossier, batch: EventBatch, row: number): void {
    if (dossier.addresses.size >= labelLimit) return;
    const i = batch.source[row] * 4;
    const w = batch.wide;
    dossier.addresses.add(formatWords(w[i], w[i + 1], w[i + 2], w[i + 3]));
  }

  /** A row that made a key cross; `unseen`: no row of the dossier was there to say what its sender looks like. */
  triggered(
    dossier: Dossier,
    batch: EventBatch,
    row: number,
    target: AddressKey | undefined,
    unseen: boolean,
  ): void {
    const part = this.#parts.of(dossier, batch.time[row], target);
    for (const one of part ? [dossier, part] : [dossier]) {
      this.evidence(one, batch, row);
      // Nothing more may come of it: a scan may fit into one second of its log.
      if (unseen) this.witness(one, batch, row);
    }
  }

  evidence(dossier: Dossier, batch: EventBatch, row: number): void {
    if (dossier.evidence.length >= evidenceLimit) return;
    const line = batch.record[row];
    const source = this.#inputNames[batch.input] ?? '';
    if (dossier.evidence.some((known) => known.line === line && known.source === source)) return;
    dossier.evidence.push(this.#record(batch, row));
  }

  /** All dossiers, closed and open, oldest first; crossings have their final maxima by now. */
  finish(): Dossier[] {
    const all = [...this.all()];
    for (const { findings } of all.flatMap(withParts)) {
      for (const finding of findings) {
        for (const { max, threshold } of finding.crossings) {
          finding.strength = Math.max(finding.strength, max / threshold);
        }
      }
    }
    return all.sort(
      (x, y) => x.first - y.first || (this.#book.text(x.actor) < this.#book.text(y.actor) ? -1 : 1),
    );
  }
}

/** What is lost when a dossier goes: other detectors' findings, alerts and logins outweigh many probes. */
const weightOf = (dossier: Dossier): number =>
  sizeOf(dossier) +
  100 * dossier.findings.length +
  (dossier.alerts.size > 0 || dossier.logins.some(({ success }) => success) ? 1000 : 0);

function count(counts: Map<string, number>, key: string): void {
  const name = key.slice(0, textLimit);
  if (name === '') return;
  const known = counts.get(name);
  if (known !== undefined) counts.set(name, known + 1);
  else if (counts.size < labelLimit) counts.set(name, 1);
}
