import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { messageOf, RunError } from '../base/errors.ts';
import type { ByteInput } from '../model/source.ts';
import { beginsCounted, CountedFrames } from './counted-frames.ts';

/** Bytes that one read asks for: they, and the kernel's copy of them, are still in the second-level cache when they are looked at. */
export const readSize = 1 << 18;
/** The same of a stream: a megabyte of gzip may be a minute's work, during which the progress bar would stand still. */
const streamedSize = 1 << 17;
/** What of a file is looked at to tell how it has to be read. */
const headSize = 1 << 13;

/**
 * The files that command-line arguments stand for: folders are walked, their files sorted by path, hidden ones left out;
 * '-' is stdin. Throws RunError for what does not exist. What cannot be read inside a folder goes to `leftOut`, a sentence each:
 * one private file in /var/log is no reason to read none.
 */
export function listInputs(paths: readonly string[], leftOut: (message: string) => void): string[] {
  return paths.flatMap((path) =>
    path !== '-' && statOf(path).isDirectory() ? filesBelow(path, leftOut) : [path],
  );
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function filesBelow(folder: string, leftOut: (message: string) => void): string[] {
  const found: string[] = [];
  const pending = [folder];
  const unlessRefused = (path: string, read: () => void): void => {
    try {
      read();
    } catch (error) {
      leftOut(`${cannotRead(path, error).message}; left out`);
    }
  };
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const here = path;
    unlessRefused(here, () => {
      for (const entry of readdirSync(here, { withFileTypes: true })) {
        if (entry.name.startsWith('.')) continue;
        const full = join(here, entry.name);
        if (entry.isDirectory()) pending.push(full);
        // Pipes, sockets and devices are passed over: they may never end.
        else if (entry.isFile() || entry.isSymbolicLink()) {
          unlessRefused(full, () => {
            if (!statSync(full).isFile()) return;
            accessSync(full, constants.R_OK);
            found.push(full);
          });
        }
      }
    });
  }
  return found.sort();
}

function cannotRead(path: string, error: unknown): RunError {
  return new RunError(`cannot read ${path === '-' ? 'standard input' : path}: ${messageOf(error)}`);
}

/** How files that begin so are unpacked; what is not gzip is not read as it is. */
const packings: readonly (readonly [magic: string, name: string, command: string])[] = [
  ['28b52ffd', 'zstd', 'zstd -dc'],
  ['fd377a585a00', 'xz', 'xz -dc'],
  ['425a68', 'bzip2', 'bzip2 -dc'],
  ['04224d18', 'lz4', 'lz4 -dc'],
  ['504b0304', 'zip', 'unzip -p'],
];

/** 'compressed with xz; try: xz -dc FILE | offtrail detect -' of a file that nothing could read; undefined: it is something else. */
export function packingOf(path: string): string | undefined {
  if (path === '-' || !statOf(path).isFile()) return undefined;
  const head = Buffer.alloc(262);
  const descriptor = openSync(path, 'r');
  const got = readSync(descriptor, head, 0, head.length, 0);
  closeSync(descriptor);
  const hex = head.toString('hex', 0, got);
  const tar = head.toString('latin1', 257, got) === 'ustar';
  const packing = packings.find(([magic]) => hex.startsWith(magic));
  const [, name, command] = tar ? ['', 'tar', 'tar -xOf'] : (packing ?? []);
  return name && `packed with ${name}; try: ${command} ${path} | offtrail detect -`;
}

/**
 * Opens a file, gzip or not, or stdin ('-'). UTF-16 with a byte order mark becomes UTF-8, counted syslog messages become
 * lines. Throws RunError.
 */
export async function openInput(path: string): Promise<ByteInput> {
  if (path === '-') return openStream('-', process.stdin, undefined, Date.now() * 1000);
  let descriptor: number;
  let size: number;
  let modified: number;
  let regular: boolean;
  const head = new Uint8Array(headSize);
  let got = 0;
  try {
    descriptor = openSync(path, 'r');
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new Error('it is a folder');
    ({ size } = stat);
    regular = stat.isFile();
    modified = Math.floor((regular ? stat.mtimeMs : Date.now()) * 1000);
    if (regular) got = readSync(descriptor, head, 0, headSize, 0);
  } catch (error) {
    throw cannotRead(path, error);
  }
  if (regular && !isGzip(head, got) && utf16Of(head, got) === undefined) {
    const file = new PlainFile(path, descriptor, size, modified);
    return beginsCounted(head.subarray(0, got)) ? new CountedFrames(file) : file;
  }
  const raw = createReadStream(path, { fd: descriptor, highWaterMark: streamedSize });
  return openStream(path, raw, regular ? size : undefined, modified);
}

async function openStream(
  name: string,
  raw: Readable,
  size: number | undefined,
  modified: number,
): Promise<ByteInput> {
  const input = await Streamed.open(name, raw, size, modified);
  return beginsCounted(input.head) ? new CountedFrames(input) : input;
}

function isGzip(head: Uint8Array, length: number): boolean {
  return length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/** The UTF-16 byte order that a mark at the start announces. */
function utf16Of(head: Uint8Array, length: number): 'utf-16le' | 'utf-16be' | undefined {
  if (length >= 2 && head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return length >= 2 && head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

/** A regular file, read synchronously: twice as fast as a stream, and the caller's loop stays simple. */
class PlainFile implements ByteInput {
  readonly name: string;
  readonly modified: number;
  readonly size: number;
  readonly warning = '';
  position = 0;
  #descriptor: number;

  constructor(name: string, descriptor: number, size: number, modified: number) {
    this.name = name;
    this.#descriptor = descriptor;
    this.size = size;
    this.modified = modified;
  }

  next(buffer: Uint8Array, at: number): number {
    if (this.#descriptor < 0) return 0;
    try {
      const got = readSync(
        this.#descriptor,
        buffer,
        at,
        Math.min(readSize, buffer.length - at),
        this.position,
      );
      this.position += got;
      return got;
    } catch (error) {
      throw cannotRead(this.name, error);
    }
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}

/** Pipes, stdin, compressed and transcoded files: pieces come when they come. */
class Streamed implements ByteInput {
  readonly name: string;
  readonly modified: number;
  readonly size: number | undefined;
  position = 0;
  warning = '';
  readonly #raw: Readable;
  #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #used = 0;
  #yielded = 0;
  #compressed = false;

  private constructor(name: string, raw: Readable, size: number | undefined, modified: number) {
    this.name = name;
    this.#raw = raw;
    this.size = size;
    this.modified = modified;
    this.#pieces = this.#counted();
  }

  static async open(
    name: string,
    raw: Readable,
    size: number | undefined,
    modified: number,
  ): Promise<Streamed> {
    const input = new Streamed(name, raw, size, modified);
    if (!(await input.#fill())) return input;
    if (isGzip(input.#piece, input.#piece.length)) await input.#decompress();
    const encoding = utf16Of(input.#piece, input.#piece.length);
    if (encoding !== undefined) input.#transcode(encoding);
    return input;
  }

  /** What is at hand and was not yet asked for. */
  get head(): Uint8Array {
    return this.#piece.subarray(this.#used);
  }

  next(buffer: Uint8Array, at: number): number | Promise<number> {
    return this.#used < this.#piece.length ? this.#copy(buffer, at) : this.#nextPiece(buffer, at);
  }

  close(): void {
    this.#raw.destroy();
  }

  async #nextPiece(buffer: Uint8Array, at: number): Promise<number> {
    return (await this.#fill()) ? this.#copy(buffer, at) : 0;
  }

  #copy(buffer: Uint8Array, at: number): number {
    const length = Math.min(this.#piece.length - this.#used, buffer.length - at);
    buffer.set(this.#piece.subarray(this.#used, this.#used + length), at);
    this.#used += length;
    this.#yielded += length;
    return length;
  }

  /** Gets the next piece that is not empty; false at the end. */
  async #fill(): Promise<boolean> {
    try {
      for (;;) {
        const { done, value } = await this.#pieces.next();
        if (done === true) return false;
        if (value.length === 0) continue;
        this.#piece = value;
        this.#used = 0;
        return true;
      }
    } catch (error) {
      // A compressed file that was cut short still says what it says up to there.
      if (this.#compressed && (this.#yielded > 0 || this.#used < this.#piece.length)) {
        this.warning = `the gzip stream is damaged or cut short: ${messageOf(error)}`;
        return false;
      }
      throw cannotRead(this.name, error);
    }
  }

  async *#counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#raw) {
      const bytes = piece as Uint8Array;
      this.position += bytes.length;
      yield bytes;
    }
  }

  async #decompress(): Promise<void> {
    this.#compressed = true;
    const gunzip = createGunzip({ chunkSize: 1 << 18 });
    const first = this.#piece;
    const rest = this.#pieces;
    const feed = async (): Promise<void> => {
      try {
        await write(gunzip, first);
        for (let step = await rest.next(); step.done !== true; step = await rest.next()) {
          await write(gunzip, step.value);
        }
        gunzip.end();
      } catch (error) {
        gunzip.destroy(error instanceof Error ? error : new Error(messageOf(error)));
      }
    };
    void feed();
    this.#pieces = (gunzip as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    this.#piece = new Uint8Array(0);
    this.#used = 0;
    await this.#fill();
  }

  #transcode(encoding: 'utf-16le' | 'utf-16be'): void {
    const decoder = new TextDecoder(encoding);
    const first = this.#piece;
    const rest = this.#pieces;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(decoder.decode(first, { stream: true }), 'utf8');
      for (let step = await rest.next(); step.done !== true; step = await rest.next()) {
        yield Buffer.from(decoder.decode(step.value, { stream: true }), 'utf8');
      }
      yield Buffer.from(decoder.decode(), 'utf8');
    }
    this.#pieces = pieces();
    this.#piece = new Uint8Array(0);
    this.#used = 0;
  }
}

function write(gunzip: ReturnType<typeof createGunzip>, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    gunzip.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}
