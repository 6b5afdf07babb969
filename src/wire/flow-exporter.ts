import { formatWords } from '../model/address.ts';
import type { RowSink } from '../model/format.ts';
import { FlowClock } from './flow-clock.ts';
import type { FlowTemplate } from './flow-template.ts';

/** Caps of what exporters can make us remember; the defaults are for hundreds of busy routers. */
export interface FlowLimits {
  /** Exporters: (address, protocol, source id or observation domain). The longest silent one goes first. */
  readonly exporters: number;
  /** Templates of one exporter, and fields of one template. */
  readonly templates: number;
  readonly fields: number;
  /** Fields of all templates together: about 24 bytes each. */
  readonly allFields: number;
  /** Bytes of data that waits for its template: of one exporter, of all. */
  readonly pending: number;
  readonly allPending: number;
  /** Samplers of one exporter. */
  readonly samplers: number;
}

export const flowLimits: FlowLimits = {
  exporters: 4096,
  templates: 1024,
  fields: 512,
  allFields: 262_144,
  pending: 262_144,
  allPending: 8_388_608,
  samplers: 256,
};

/** Exporters that are named in notes; the rest are counted together, so that notes stay few. */
const namedExporters = 64;
/** Datagrams after a gap in which its missing ones may still come. */
const patience = 16;
/** A larger step than this is a restart, not a loss. */
const farthest = 1 << 20;

/** Data whose template has not come yet: one set, copied, with what its message's header said. */
export interface PendingSet {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly exported: number;
  readonly uptime: number;
  readonly record: number;
}

/** What is known of all source ids of one address: sampling options often come under another id than the data. */
export class FlowHost {
  /** One of how many packets is seen; 0 unknown, 1 all. */
  interval = 0;
  users = 0;
}

/** State of one exporter, which is one stream of one protocol from one address. */
export class FlowExporter {
  readonly key: string;
  readonly name: string;
  readonly host: FlowHost;
  readonly clock = new FlowClock();
  readonly templates = new Map<number, FlowTemplate>();
  readonly pending: PendingSet[] = [];
  pendingBytes = 0;
  fields = 0;
  /** One of how many packets each sampler takes. */
  readonly samplers = new Map<number, number>();
  /** ms UTC when the exporter's uptime was 0, from its options; -1 unknown. */
  boot = -1;
  /** The same, guessed: uptimes without a boot time are of flows that ended at the latest when they were reported. */
  guessedBoot = -1;
  /** Some TCP flow of it had flags: that another has none means something. */
  showsFlags = false;
  clockNoted = false;
  replayNoted = false;
  #sequence = 0;
  #count = -1;
  #options = 0;
  #gap = 0;
  #gapAge = 0;

  constructor(key: string, name: string, host: FlowHost) {
    this.key = key;
    this.name = name;
    this.host = host;
  }

  /**
   * A message numbered `sequence` holds `count` of the units that are numbered, `options` of them options records;
   * `count` < 0: unknown, the next message starts the count anew. Not counting options records, and numbering a message
   * by its last instead of its first record (softflowd), are habits and no loss. What is missing is reported once it can
   * no longer be a matter of order.
   */
  sequence(sink: RowSink, sequence: number, count: number, options = 0): void {
    if (this.#count >= 0) {
      const step = (sequence - this.#sequence - this.#count) | 0;
      const own = (sequence - this.#sequence - count) | 0;
      const habit = step === 0 || step === -this.#options || (count >= 0 && (own === 0 || own === -options));
      if (!habit && step > 0 && step < farthest) {
        this.reportLoss(sink);
        this.#gap = step;
        this.#gapAge = 0;
      } else if (!habit && step < 0 && step > -farthest) {
        // Late or twice: the units are not lost, and the count goes on from where it was.
        this.#gap = Math.max(0, this.#gap - Math.max(count, 0));
        return;
      } else if (!habit) sink.note('sequence numbers started anew');
    }
    this.#sequence = sequence;
    this.#count = count;
    this.#options = options;
    if (this.#gap > 0 && ++this.#gapAge > patience) this.reportLoss(sink);
  }

  reportLoss(sink: RowSink): void {
    if (this.#gap > 0) sink.note(`lost before the collector, of exporter ${this.name}`, this.#gap);
    this.#gap = 0;
  }

  /** Whether a record without (−1) or with a sampler's id stands for more flows than itself. */
  isSampled(sampler: number): boolean {
    if (sampler >= 0) {
      const interval = this.samplers.get(sampler);
      if (interval !== undefined) return interval > 1;
    }
    return this.host.interval > 1;
  }
}

/** All exporters, the longest silent first, within the limits. */
export class FlowExporters {
  readonly #limits: FlowLimits;
  readonly #all = new Map<string, FlowExporter>();
  readonly #hosts = new Map<string, FlowHost>();
  #fields = 0;
  #pending = 0;
  #named = 0;
  #last: FlowExporter | undefined;
  readonly #lastAddress = new Uint32Array(4);
  #lastVersion = 0;
  #lastDomain = 0;

  constructor(limits: FlowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  get fields(): number {
    return this.#fields;
  }

  get pendingBytes(): number {
    return this.#pending;
  }

  of(sink: RowSink, address: ArrayLike<number>, version: number, domain: number): FlowExporter {
    const last = this.#lastAddress;
    if (
      this.#last !== undefined &&
      last[3] === address[3] &&
      last[2] === address[2] &&
      last[1] === address[1] &&
      last[0] === address[0] &&
      this.#lastVersion === version &&
      this.#lastDomain === domain
    )
      return this.#last;
    const text = formatWords(address[0], address[1], address[2], address[3]);
    const key = `${text}/${version}/${domain}`;
    let exporter = this.#all.get(key);
    if (exporter === undefined) {
      if (this.#all.size >= this.#limits.exporters) this.#dropOldest(sink);
      let host = this.#hosts.get(text);
      if (host === undefined) this.#hosts.set(text, (host = new FlowHost()));
      host.users++;
      const name = this.#named < namedExporters ? (this.#named++, `${text} id ${domain}`) : 'others';
      exporter = new FlowExporter(key, name, host);
    } else this.#all.delete(key);
    this.#all.set(key, exporter);
    this.#last = exporter;
    for (let i = 0; i < 4; i++) last[i] = address[i];
    this.#lastVersion = version;
    this.#lastDomain = domain;
    return exporter;
  }

  /** Returns '' or why the template is not kept. */
  addTemplate(sink: RowSink, exporter: FlowExporter, id: number, template: FlowTemplate): string {
    const old = exporter.templates.get(id);
    if (old === undefined && exporter.templates.size >= this.#limits.templates)
      return 'more templates than one exporter may have';
    this.#addFields(exporter, template.fields - (old?.fields ?? 0));
    exporter.templates.set(id, template);
    while (this.#fields > this.#limits.allFields && this.#all.size > 1) this.#dropOldest(sink, exporter);
    return '';
  }

  removeTemplate(exporter: FlowExporter, id: number): void {
    const template = exporter.templates.get(id);
    if (template === undefined) return;
    exporter.templates.delete(id);
    this.#addFields(exporter, -template.fields);
  }

  /** Keeps a set until its template comes; false when it is larger than what one exporter may keep waiting. */
  keep(sink: RowSink, exporter: FlowExporter, set: PendingSet): boolean {
    if (set.bytes.length > this.#limits.pending) return false;
    while (exporter.pendingBytes + set.bytes.length > this.#limits.pending) this.#dropPending(sink, exporter);
    exporter.pending.push(set);
    this.#addPending(exporter, set.bytes.length);
    while (this.#pending > this.#limits.allPending) {
      const other = [...this.#all.values()].find(({ pendingBytes }) => pendingBytes > 0);
      if (other === undefined) break;
      this.#dropPending(sink, other);
    }
    return true;
  }

  /** Takes the waiting sets of template `id` out, in order. */
  release(exporter: FlowExporter, id: number): PendingSet[] {
    const released: PendingSet[] = [];
    if (exporter.pending.length === 0) return released;
    let kept = 0;
    for (const set of exporter.pending) {
      if (set.id === id) {
        released.push(set);
        this.#addPending(exporter, -set.bytes.length);
      } else exporter.pending[kept++] = set;
    }
    exporter.pending.length = kept;
    return released;
  }

  /** At the end of the input: what never could be decoded, and open gaps. */
  finish(sink: RowSink): void {
    for (const exporter of this.#all.values()) {
      exporter.reportLoss(sink);
      while (exporter.pending.length > 0) this.#dropPending(sink, exporter);
    }
  }

  #addFields(exporter: FlowExporter, fields: number): void {
    exporter.fields += fields;
    this.#fields += fields;
  }

  #addPending(exporter: FlowExporter, bytes: number): void {
    exporter.pendingBytes += bytes;
    this.#pending += bytes;
  }

  #dropPending(sink: RowSink, exporter: FlowExporter): void {
    const set = exporter.pending.shift();
    if (set === undefined) return;
    this.#addPending(exporter, -set.bytes.length);
    sink.skip('data whose template never came', set.record, 0, 0);
  }

  #dropOldest(sink: RowSink, except?: FlowExporter): void {
    for (const [key, exporter] of this.#all) {
      if (exporter === except) continue;
      this.#all.delete(key);
      exporter.reportLoss(sink);
      while (exporter.pending.length > 0) this.#dropPending(sink, exporter);
      this.#fields -= exporter.fields;
      if (--exporter.host.users === 0) this.#hosts.delete(key.slice(0, key.indexOf('/')));
      if (this.#last === exporter) this.#last = undefined;
      sink.note('exporters forgotten: more than the limit');
      return;
    }
  }
}
