import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where generated files are kept between runs; never committed. */
export const dataFolder = join(process.env.OFFTRAIL_BENCH_DATA ?? join(process.cwd(), 'bench', 'data'));

/** What a generator put into a file on purpose, so that a run can be checked against it. */
export interface Plant {
  readonly name: string;
  /** Sources as written in the file. */
  readonly sources: readonly string[];
  readonly rows: number;
  /** Crossings that must be found, windows in seconds. */
  readonly crosses: readonly { kind: string; key: readonly string[]; window: number }[];
  /** Crossings that must not be found: the same scan one step below its threshold. */
  readonly silent: readonly { kind: string; key: readonly string[]; window: number }[];
  readonly note?: string;
}

export interface Dataset {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly plants: readonly Plant[];
}

export interface Generator {
  readonly name: string;
  /** Raised whenever the same seed would give another file. */
  readonly version: number;
  readonly suffix: string;
  write(out: LineWriter, rows: number, seed: number): readonly Plant[];
}

/** Writes ASCII lines through one large buffer: a write call per line would dominate the generators. */
export class LineWriter {
  private readonly buffer = Buffer.allocUnsafe(8 << 20);
  private used = 0;
  private readonly descriptor: number;
  bytes = 0;

  constructor(file: string) {
    this.descriptor = openSync(file, 'w');
  }

  /** `text` is ASCII, ends with a newline, and is shorter than the buffer. */
  write(text: string): void {
    if (this.used + text.length > this.buffer.length) this.flush();
    this.used += this.buffer.write(text, this.used, 'latin1');
  }

  private flush(): void {
    for (let at = 0; at < this.used;) at += writeSync(this.descriptor, this.buffer, at, this.used - at);
    this.bytes += this.used;
    this.used = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }
}

/** The file of this generator, seed and size: from the cache, or written now (by way of a temporary name). */
export function dataset(generator: Generator, rows: number, seed = 1): Dataset {
  const base = join(dataFolder, `${generator.name}-v${generator.version}-s${seed}-${rows}`);
  const file = `${base}.${generator.suffix}`;
  const about = `${base}.json`;
  if (existsSync(file) && existsSync(about)) return JSON.parse(readFileSync(about, 'utf8')) as Dataset;
  mkdirSync(dataFolder, { recursive: true });
  rmSync(about, { force: true });
  const out = new LineWriter(`${file}.part`);
  const plants = generator.write(out, rows, seed);
  out.close();
  renameSync(`${file}.part`, file);
  const made: Dataset = { file, rows, bytes: out.bytes, plants };
  writeFileSync(about, `${JSON.stringify(made, null, 1)}\n`);
  return made;
}
