import { braceOpen, colon, minus, newline, space, upperT } from '../bytes/codes.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { decodedLine } from '../bytes/kernel.ts';
import { find, hasText } from '../bytes/numbers.ts';
import { textNames } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { LineReader, Sample } from '../model/format.ts';

/*
 * What container runtimes keep of a program's output, a line each:
 *
 *   {"log":"192.0.2.7 - - […] \"GET / HTTP/1.1\" 404 153\n","stream":"stdout","time":"2026-11-22T00:32:11.25Z"}
 *   2026-11-22T00:32:11.250000000Z stdout F 192.0.2.7 - - […] "GET / HTTP/1.1" 404 153
 *
 * The first is Docker's driver json-file (Docker documentation, "JSON File logging driver"), the second the format of the
 * Container Runtime Interface (Kubernetes design proposals, "CRI: Log management for container stdout/stderr streams").
 * Both cut a long line into pieces: the tag 'P' says that more of it follows, in Docker's file that the piece is as long as
 * the buffer it came from and has no line break.
 */

const dockerStart = '{"log":"';
const Field = { log: 0, stream: 1 } as const;
/** Docker's buffer (moby, daemon/logger/copier.go, defaultBufSize). */
const dockerPiece = 16_384;
/** A line that was cut into pieces is put together up to this length. */
const joinedLimit = 131_072;
/** A CRI stamp is no longer than this. */
const stampLimit = 40;
const tooLong = 'a container’s line of more than 128 KiB';

/** Lines out of containers for a reader of plain ones; other lines go to it as they are. The time is that of the line itself. */
export class ContainerLines implements LineReader {
  readonly #lines: LineReader;
  readonly #json = new JsonFields(['log', 'stream']);
  readonly #output = new Pieces();
  readonly #errors = new Pieces();

  constructor(lines: LineReader) {
    this.#lines = lines;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (bytes[start] === braceOpen) {
      if (hasText(bytes, start, end, dockerStart)) return this.#docker(batch, bytes, start, end);
    } else if (bytes[start + 4] === minus && bytes[start + 10] === upperT) {
      const stream = criStream(bytes, start, end);
      if (stream > 0) return this.#cri(batch, bytes, stream, end);
    }
    return this.#lines.line(batch, bytes, start, end);
  }

  #cri(batch: EventBatch, bytes: Uint8Array, stream: number, end: number): string {
    const tag = stream + 7;
    const body = Math.min(find(bytes, tag, end, space) + 1, end);
    const pieces = this.#piecesOf(bytes, stream);
    if (bytes[tag] === partial) {
      pieces.add(bytes, body, end);
      return '';
    }
    if (pieces.length === 0) return this.#lines.line(batch, bytes, body, end);
    pieces.add(bytes, body, end);
    return this.#joined(batch, pieces);
  }

  #docker(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    // A record of some program's own that happens to begin so.
    if (!json.isString(Field.log) || json.kind[Field.stream] !== Json.string)
      return this.#lines.line(batch, bytes, start, end);
    const from = json.start[Field.log];
    const decoded = decodedLine(bytes);
    let length = unescapeJson(bytes, from, json.end[Field.log], decoded, 0);
    const ends = length > 0 && decoded[length - 1] === newline;
    if (ends) length--;
    const pieces = this.#piecesOf(bytes, json.start[Field.stream]);
    if (!ends && length >= dockerPiece) {
      pieces.add(decoded, 0, length);
      return '';
    }
    if (pieces.length > 0) {
      pieces.add(decoded, 0, length);
      return this.#joined(batch, pieces);
    }
    return this.#elsewhere(batch, decoded, length);
  }

  #piecesOf(bytes: Uint8Array, stream: number): Pieces {
    return hasText(bytes, stream, stream + 6, 'stderr') ? this.#errors : this.#output;
  }

  #joined(batch: EventBatch, pieces: Pieces): string {
    const length = pieces.take();
    return length > joinedLimit ? tooLong : this.#elsewhere(batch, pieces.bytes, length);
  }

  /** Reads a line that does not stand in the chunk: the texts of its rows are copied. */
  #elsewhere(batch: EventBatch, bytes: Uint8Array, length: number): string {
    const before = batch.length;
    const reason = this.#lines.line(batch, bytes, 0, length);
    for (let row = before; row < batch.length; row++) {
      for (let field = 0; field < textNames.length; field++) {
        const size = batch.textLengthOf(row, field);
        if (size === 0 || batch.textBytesOf(row, field) !== batch.bytes) continue;
        const start = batch.textStartOf(row, field);
        batch.setScratchText(row, field, bytes, start, start + size);
      }
    }
    return reason;
  }
}

const partial = 80;

/** Where 'stdout' or 'stderr' stands in a line of CRI, with a tag behind it; 0 when it is no such line. */
function criStream(bytes: Uint8Array, start: number, end: number): number {
  const stream = find(bytes, start, Math.min(end, start + stampLimit), space) + 1;
  const tag = stream + 7;
  if (tag >= end || bytes[tag - 1] !== space) return 0;
  if (!hasText(bytes, stream, end, 'stdout') && !hasText(bytes, stream, end, 'stderr')) return 0;
  // One letter; more tags may follow it, with colons between them.
  const behind = bytes[tag + 1];
  return tag + 1 >= end || behind === space || behind === colon ? stream : 0;
}

/** A line that comes in pieces. */
class Pieces {
  /** Bytes so far; past the limit they are counted and not kept. */
  length = 0;
  bytes = new Uint8Array(0);

  add(from: Uint8Array, start: number, end: number): void {
    const at = this.length;
    this.length += end - start;
    if (this.length > joinedLimit) return;
    if (this.bytes.length <= this.length) {
      const grown = new Uint8Array(Math.min(joinedLimit, this.length * 2) + 1);
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
    }
    this.bytes.set(from.subarray(start, end), at);
    this.bytes[this.length] = newline;
  }

  /** Its length; then it is empty. */
  take(): number {
    const { length } = this;
    this.length = 0;
    return length;
  }
}

const criLine = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) std(?:out|err) [A-Z](?::\S*)? /;

/** The sample as {@link ContainerLines} would hand its lines on, for recognition. */
export function outOfContainers(sample: Sample): Sample {
  const { lines } = sample;
  if (!lines.some((line) => line.startsWith(dockerStart) || criLine.test(line.slice(0, 80)))) return sample;
  return { ...sample, lines: lines.map(innerLine) };
}

function innerLine(line: string): string {
  if (!line.startsWith(dockerStart)) return line.replace(criLine, '');
  try {
    const { log, stream } = JSON.parse(line) as { readonly log: unknown; readonly stream: unknown };
    return typeof log === 'string' && typeof stream === 'string' ? log.replace(/\n$/, '') : line;
  } catch {
    // Cut, or no such record.
    return line;
  }
}
