import { once } from 'node:events';
import { messageOf } from '../base/errors.ts';

/** Where a command writes: data to `out`, messages to `err`. */
export interface Streams {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** A reader that has read enough (head, less) closes the pipe: that is no failure. A full disk is one. */
export function closeQuietly(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody listens to messages: what was asked for goes on.
    if (stream === process.stderr) return;
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    process.stderr.write(`offtrail: cannot write: ${messageOf(error)}\n`);
    process.exit(1);
  });
}

/** Writes the pieces as fast as the reader takes them. */
export async function writeAll(stream: NodeJS.WritableStream, pieces: Iterable<string>): Promise<void> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < 65_536) continue;
    const ready = stream.write(waiting);
    waiting = '';
    if (!ready) await once(stream, 'drain');
  }
  if (waiting !== '' && !stream.write(waiting)) await once(stream, 'drain');
}

/** Colour on a terminal or with FORCE_COLOR, unless NO_COLOR (https://no-color.org) or the option says no. */
export function wantsColor({ out, env }: Streams, option: boolean): boolean {
  if (!option || (env.NO_COLOR !== undefined && env.NO_COLOR !== '')) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0') return true;
  return out.isTTY && env.TERM !== 'dumb';
}

export function widthOf({ out, env }: Streams): number {
  return out.isTTY ? out.columns : Number(env.COLUMNS) || 100;
}
