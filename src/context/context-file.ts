import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { messageOf } from '../base/errors.ts';
import type { FileProblem } from '../model/updated-list.ts';

export function fileProblemText({ file, line, message }: FileProblem): string {
  return line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`;
}

/** Collects problems: the first ones in full, the rest as a number. */
export class Problems {
  readonly #list: FileProblem[] = [];
  #more = 0;

  add(file: string, line: number, message: string): void {
    if (this.#list.length < 100) this.#list.push({ file, line, message });
    else this.#more++;
  }

  get list(): readonly FileProblem[] {
    if (this.#more === 0) return this.#list;
    return [...this.#list, { file: 'context', line: 0, message: `and ${this.#more} more problems` }];
  }
}

/** Larger files are refused: they are read as a whole. */
export const contextFileBytes = 256 << 20;

/** The bytes of a file, unpacked if it is gzip; undefined, and a problem, when that is not possible. */
export function readContextFile(path: string, problems: Problems): Buffer | undefined {
  try {
    if (statSync(path).size > contextFileBytes) throw new Error('larger than 256 MiB');
    const bytes = readFileSync(path);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return packed ? gunzipSync(bytes, { maxOutputLength: contextFileBytes }) : bytes;
  } catch (error) {
    problems.add(path, 0, `cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}
