/**
 * An event is one thing that a sensor saw. Events travel in batches of columns: no object and no string per event.
 *
 *   row        0        1        2   …
 *   time    [ µs  |   µs   |   µs   | … ]   Float64: integer microseconds UTC, the start of the activity
 *   source  [ ip  |   ip   |  slot  | … ]   Uint32: an IPv4 address, or with Flag.v6 an index into the batch's `wide`
 *   text    [ start, length ] per field     into the batch's own bytes: the chunk it was read from, or `scratch`
 *
 * A batch holds rows of one chunk of one input, so evidence (the raw record) is a slice of the chunk's bytes.
 */

export const EventKind = { contact: 1, request: 2, query: 3, alert: 4, login: 5 } as const;
export type EventKindName = keyof typeof EventKind;

/** How a contact ended; ascending strength: of two sensors that saw one probe, the higher value wins. */
export const Outcome = { unknown: 0, unanswered: 1, denied: 2, refused: 3, answered: 4 } as const;
export type OutcomeName = keyof typeof Outcome;
export const outcomeNames: readonly OutcomeName[] = [
  'unknown',
  'unanswered',
  'denied',
  'refused',
  'answered',
];

/**
 * Who began. `unpaired`: the sensor cannot tell by itself; the pairing stage looks for the reversed five-tuple and
 * decides. Only an originator's row can be a probe.
 */
export const Role = { unknown: 0, originator: 1, responder: 2, unpaired: 3 } as const;
export type RoleName = keyof typeof Role;
export const roleNames: readonly RoleName[] = ['unknown', 'originator', 'responder', 'unpaired'];

/** Bits of the `flags` column. The low byte is the TCP flags as they stand in the header, when `tcpFlags` is set. */
export const Flag = {
  fin: 1 << 0,
  syn: 1 << 1,
  rst: 1 << 2,
  psh: 1 << 3,
  ack: 1 << 4,
  urg: 1 << 5,
  ece: 1 << 6,
  cwr: 1 << 7,
  /** The low byte says which TCP flags the originator showed (first packet; flows: all of them or-ed). */
  tcpFlags: 1 << 8,
  /** `source` and `target` are indexes into the batch's `wide` addresses (IPv6). */
  v6: 1 << 9,
  /** The target's address is not known (a web log names a host, not an address). */
  noTarget: 1 << 10,
  /** One of N packets or flows was seen: counts are lower bounds. */
  sampled: 1 << 11,
  /** A packet of impossible or stealth shape: FIN alone, no flags, FIN-PSH-URG, FIN-ACK or ACK out of the blue. */
  stealth: 1 << 12,
  /** A fragment, its ports read from the first one or unknown (port 0). */
  fragment: 1 << 13,
  /** Another sensor saw the same probe within five seconds and its word is stronger: shown, not counted. */
  echo: 1 << 14,
  /** The flow began longer ago than the lateness, or the row came too late: context and long memory, no window. */
  late: 1 << 15,
  /** The originator sent payload / the target sent payload: what a banner grab or a fingerprint needs. */
  sentData: 1 << 16,
  gotData: 1 << 17,
  /** A SYN without any TCP option: raw-socket scanners (masscan and old ZMap) send those. */
  noOptions: 1 << 18,
  /** `size` and `status` of this row are known (0 otherwise means: not logged). */
  hasSize: 1 << 19,
  /** The address is that of a trusted proxy's client (X-Forwarded-For and the like, taken from a trusted peer). */
  forwarded: 1 << 20,
  /** The `ttl`, `window`, `ipId` or `sequence` columns of this row are known. */
  header: 1 << 21,
  /** The sensor logs only what it refused: successes are invisible to it. */
  dropsOnly: 1 << 22,
  /** Only one direction of the flow was seen. */
  oneSided: 1 << 23,
  /** A firewall let it through: no answer is known, but it was not refused there. */
  passed: 1 << 24,
} as const;

/** IP protocol numbers that the code names; ARP has none, so 255 (reserved by IANA) stands for it here. */
export const Proto = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132, arp: 255 } as const;

/** TCP, UDP, DCCP, SCTP, UDP-Lite. */
export function hasPorts(proto: number): boolean {
  return proto === Proto.tcp || proto === Proto.udp || proto === 33 || proto === Proto.sctp || proto === 136;
}

/** Text fields of an event. Which kind fills which: requests method…user, host; queries name; alerts name, detail. */
export const Text = {
  method: 0,
  /** HTTP host (virtual host), without port, as logged. */
  host: 1,
  /** Path of the request target, without the query. */
  path: 2,
  /** What followed '?' in the request target. */
  query: 3,
  agent: 4,
  referer: 5,
  user: 6,
  /** DNS name asked for, an alert's signature, a login's service. */
  name: 7,
  /** Banner, server product, TLS SNI, alert category, answer: what the target said or the sensor added. */
  detail: 8,
  /** Fingerprint of the client: JA3/JA4, HASSH, as logged or computed. */
  fingerprint: 9,
} as const;
export type TextName = keyof typeof Text;
export const textNames = Object.keys(Text) as readonly TextName[];
const textFields = textNames.length;

/** Rows of a batch at most, where nothing says otherwise. */
export const batchCapacity = 16_384;
/** Texts longer than this are cut to it. */
export const textLimit = 65_535;
/** Text starts at or past this value point into `scratch`. */
const scratchBase = 0x8000_0000;
const noBytes = new Uint8Array(0);
/** Bytes of all columns but texts. */
const bytesPerRow = 3 * 8 + 6 * 4 + 7 * 2 + 5;

export class EventBatch {
  length = 0;
  /** Grows each time the batch is cleared: whoever remembers a row can tell that it is gone. */
  serial = 0;
  input = 0;
  /** The bytes that `rawStart` and the texts point into. */
  bytes: Uint8Array = noBytes;
  /** Text that had to be decoded (JSON escapes, percent-free copies) and so does not stand in `bytes`. */
  scratch: Uint8Array = noBytes;
  scratchLength = 0;
  /** IPv6 addresses of this batch, four big-endian words each. */
  wide = new Uint32Array(0);
  wideLength = 0;

  readonly kind: Uint8Array;
  readonly time: Float64Array;
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  readonly sourcePort: Uint16Array;
  /** Target port; for ICMP and ICMPv6: type · 256 + code. */
  readonly targetPort: Uint16Array;
  readonly proto: Uint8Array;
  readonly outcome: Uint8Array;
  readonly role: Uint8Array;
  readonly flags: Uint32Array;
  /** HTTP status, DNS rcode (255: no answer seen), login result (1 success, 0 failure), alert severity (1 high … 4). */
  readonly status: Uint16Array;
  /** Bytes of the HTTP response body, or payload bytes from the target of a contact; see Flag.hasSize. */
  readonly size: Float64Array;
  /** DNS query type; else 0. */
  readonly queryType: Uint16Array;
  readonly ttl: Uint8Array;
  readonly window: Uint16Array;
  readonly ipId: Uint16Array;
  readonly sequence: Uint32Array;
  /** Line or packet number in the input, from 1. */
  readonly record: Float64Array;
  readonly rawStart: Uint32Array;
  readonly rawLength: Uint32Array;
  /** The engine's: which detectors asked to look at the row (one bit each). Formats leave it alone. */
  readonly marks: Uint16Array;
  /** Empty until the first text is set: contacts mostly have none. */
  textStart = new Uint32Array(0);
  textLength = new Uint16Array(0);

  /** The memory of all columns but texts, so that a batch changes threads by moving two buffers. */
  readonly buffer: ArrayBuffer;

  /** Rows at most. */
  readonly capacity: number;

  /** `buffer`, `texts`: memory of a batch that came from another thread; absent: new. */
  constructor(buffer = new ArrayBuffer(bytesPerRow * batchCapacity), texts?: ArrayBuffer) {
    const n = Math.floor(buffer.byteLength / bytesPerRow);
    this.buffer = buffer;
    this.capacity = n;
    let at = 0;
    const room = (bytes: number): number => {
      const start = at;
      at += bytes * n;
      return start;
    };
    // Widest columns first, so that each is aligned.
    this.time = new Float64Array(buffer, room(8), n);
    this.size = new Float64Array(buffer, room(8), n);
    this.record = new Float64Array(buffer, room(8), n);
    this.source = new Uint32Array(buffer, room(4), n);
    this.target = new Uint32Array(buffer, room(4), n);
    this.flags = new Uint32Array(buffer, room(4), n);
    this.sequence = new Uint32Array(buffer, room(4), n);
    this.rawStart = new Uint32Array(buffer, room(4), n);
    this.rawLength = new Uint32Array(buffer, room(4), n);
    this.sourcePort = new Uint16Array(buffer, room(2), n);
    this.targetPort = new Uint16Array(buffer, room(2), n);
    this.status = new Uint16Array(buffer, room(2), n);
    this.queryType = new Uint16Array(buffer, room(2), n);
    this.window = new Uint16Array(buffer, room(2), n);
    this.ipId = new Uint16Array(buffer, room(2), n);
    this.marks = new Uint16Array(buffer, room(2), n);
    this.kind = new Uint8Array(buffer, room(1), n);
    this.proto = new Uint8Array(buffer, room(1), n);
    this.outcome = new Uint8Array(buffer, room(1), n);
    this.role = new Uint8Array(buffer, room(1), n);
    this.ttl = new Uint8Array(buffer, room(1), n);
    if (texts) this.#addTexts(texts);
  }

  /** A new batch of so many rows at most, a multiple of eight. */
  static ofRows(rows: number): EventBatch {
    return new EventBatch(new ArrayBuffer(bytesPerRow * rows));
  }

  /** The memory of the texts; undefined while there are none. */
  get texts(): ArrayBuffer | undefined {
    return this.textStart.length > 0 ? this.textStart.buffer : undefined;
  }

  #addTexts(buffer = new ArrayBuffer(6 * this.capacity * textFields)): void {
    const texts = this.capacity * textFields;
    this.textStart = new Uint32Array(buffer, 0, texts);
    this.textLength = new Uint16Array(buffer, 4 * texts, texts);
  }

  /** Forgets all rows. Optional columns read 0 in every row that does not set them. */
  clear(): void {
    const n = this.length;
    this.serial++;
    this.length = 0;
    this.scratchLength = 0;
    this.wideLength = 0;
    this.kind.fill(0, 0, n);
    this.sourcePort.fill(0, 0, n);
    this.targetPort.fill(0, 0, n);
    this.source.fill(0, 0, n);
    this.target.fill(0, 0, n);
    this.proto.fill(0, 0, n);
    this.outcome.fill(0, 0, n);
    this.role.fill(0, 0, n);
    this.flags.fill(0, 0, n);
    this.status.fill(0, 0, n);
    this.size.fill(0, 0, n);
    this.queryType.fill(0, 0, n);
    this.ttl.fill(0, 0, n);
    this.window.fill(0, 0, n);
    this.ipId.fill(0, 0, n);
    this.sequence.fill(0, 0, n);
    this.marks.fill(0, 0, n);
    if (this.textLength.length > 0) this.textLength.fill(0, 0, n * textFields);
  }

  /** Appends what row `row` holds once more, but for `record`, `rawStart`, `rawLength` and `marks`; returns the new row. */
  repeat(row: number): number {
    const copy = this.length++;
    this.time[copy] = this.time[row];
    this.size[copy] = this.size[row];
    this.source[copy] = this.source[row];
    this.target[copy] = this.target[row];
    this.flags[copy] = this.flags[row];
    this.sourcePort[copy] = this.sourcePort[row];
    this.targetPort[copy] = this.targetPort[row];
    this.status[copy] = this.status[row];
    this.queryType[copy] = this.queryType[row];
    this.kind[copy] = this.kind[row];
    this.proto[copy] = this.proto[row];
    this.outcome[copy] = this.outcome[row];
    this.role[copy] = this.role[row];
    if ((this.flags[row] & Flag.header) !== 0) {
      this.ttl[copy] = this.ttl[row];
      this.window[copy] = this.window[row];
      this.ipId[copy] = this.ipId[row];
      this.sequence[copy] = this.sequence[row];
    }
    if (this.textLength.length === 0) return copy;
    const from = row * textFields;
    const to = copy * textFields;
    for (let field = 0; field < textFields; field++) {
      this.textStart[to + field] = this.textStart[from + field];
      this.textLength[to + field] = this.textLength[from + field];
    }
    return copy;
  }

  /** Row `row`'s text `field` is `bytes[start, end)`; longer than {@link textLimit} is cut. */
  setText(row: number, field: number, start: number, end: number): void {
    if (this.textLength.length === 0) this.#addTexts();
    const at = row * textFields + field;
    const length = end - start;
    this.textStart[at] = start;
    this.textLength[at] = length > textLimit ? textLimit : length;
  }

  /** Copies `from[start, end)` into the scratch bytes and makes it row `row`'s text `field`. */
  setScratchText(row: number, field: number, from: Uint8Array, start = 0, end = from.length): void {
    const length = Math.min(end - start, textLimit);
    const at = this.reserveScratch(length);
    for (let i = 0; i < length; i++) this.scratch[at + i] = from[start + i];
    this.finishScratch(row, field, at, length);
  }

  /** Room for `length` more scratch bytes; returns where they start. Write them, then call {@link finishScratch}. */
  reserveScratch(length: number): number {
    const need = this.scratchLength + length;
    if (need > this.scratch.length) {
      const grown = new Uint8Array(Math.max(need, this.scratch.length * 2, 65_536));
      grown.set(this.scratch.subarray(0, this.scratchLength));
      this.scratch = grown;
    }
    return this.scratchLength;
  }

  finishScratch(row: number, field: number, start: number, length: number): void {
    if (this.textLength.length === 0) this.#addTexts();
    const at = row * textFields + field;
    this.textStart[at] = start + scratchBase;
    this.textLength[at] = Math.min(length, textLimit);
    this.scratchLength = start + length;
  }

  textLengthOf(row: number, field: number): number {
    return this.textLength.length === 0 ? 0 : this.textLength[row * textFields + field];
  }

  /** Where the text's bytes are: pair with {@link textStartOf}. Allocation-free, for hot loops. */
  textBytesOf(row: number, field: number): Uint8Array {
    return this.textStart[row * textFields + field] >= scratchBase ? this.scratch : this.bytes;
  }

  textStartOf(row: number, field: number): number {
    const start = this.textStart[row * textFields + field];
    return start >= scratchBase ? start - scratchBase : start;
  }

  /** The text as a string (UTF-8, wrong bytes as U+FFFD), '' when absent. For reports and matched rows, not hot loops. */
  text(row: number, field: number): string {
    const length = this.textLengthOf(row, field);
    if (length === 0) return '';
    const start = this.textStartOf(row, field);
    const bytes = this.textBytesOf(row, field);
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('utf8');
  }

  /** The raw record of the row as it was read, cut to `limit` bytes; '' for records that are not text. */
  raw(row: number, limit = 1024): string {
    const length = Math.min(this.rawLength[row], limit);
    if (length === 0) return '';
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.rawStart[row], length).toString(
      'utf8',
    );
  }

  /** Adds an IPv6 address as four big-endian words; returns its index for `source` or `target`. */
  pushWide(a: number, b: number, c: number, d: number): number {
    const at = this.wideLength * 4;
    if (at + 4 > this.wide.length) {
      const grown = new Uint32Array(Math.max(1024, this.wide.length * 2));
      grown.set(this.wide);
      this.wide = grown;
    }
    this.wide[at] = a;
    this.wide[at + 1] = b;
    this.wide[at + 2] = c;
    this.wide[at + 3] = d;
    return this.wideLength++;
  }
}
