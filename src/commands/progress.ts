import { grouped, spanOf } from '../base/plain-words.ts';
import { fitCells } from '../base/safe-text.ts';

/** One line on a terminal's standard error that is drawn over: how much, how fast, how long still. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #started: number;
  #drawn = 0;
  #shown = false;

  /** `now`: milliseconds. */
  constructor(stream: NodeJS.WriteStream, now: number) {
    this.#stream = stream;
    this.#started = now;
    this.#drawn = now;
  }

  /** At most ten times a second, and not before a third of a second has passed. */
  show(
    done: { readonly bytes: number; readonly totalBytes: number | undefined; readonly records: number },
    now: number,
  ): void {
    if (now - this.#drawn < 100 || now - this.#started < 300) return;
    this.#drawn = now;
    this.#shown = true;
    this.#stream.write(
      `\r${fitCells(progressLine(done, now - this.#started), this.#stream.columns - 1)}\u001b[K`,
    );
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K');
    this.#shown = false;
  }
}

const barCells = 24;

export function progressLine(
  {
    bytes,
    totalBytes,
    records,
  }: { readonly bytes: number; readonly totalBytes: number | undefined; readonly records: number },
  milliseconds: number,
): string {
  const seconds = Math.max(0.001, milliseconds / 1000);
  const rate = bytes / seconds;
  const speed = `${grouped(Math.round(bytes / 1e6))} MB, ${grouped(records)} records, ${(rate / 1e6).toFixed(1)} MB/s`;
  if (totalBytes === undefined || totalBytes === 0) return speed;
  const share = Math.min(1, bytes / totalBytes);
  const filled = Math.round(share * barCells);
  const left = rate > 0 ? spanOf(((totalBytes - bytes) / rate) * 1e6) : '?';
  const bar = '█'.repeat(filled) + '░'.repeat(barCells - filled);
  return `${bar} ${Math.floor(share * 100)} %  ${speed}, ${left} left`;
}
