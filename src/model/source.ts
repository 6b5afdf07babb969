/** One open input: bytes to pull. */
export interface ByteInput {
  /** As the user named it: a path, or '-'. */
  readonly name: string;
  /** µs UTC: the file's modification time, or when the stream was opened. */
  readonly modified: number;
  /** Bytes on disk (compressed ones for compressed files), for progress; undefined for streams. */
  readonly size: number | undefined;
  /** Bytes of `size` consumed so far. */
  readonly position: number;
  /** What is wrong with the input although it could be read in part ('gzip stream ends early'); '' when nothing is. */
  readonly warning: string;
  /**
   * Puts the next bytes into `buffer` from `at` on and returns how many; 0 is the end. A plain file answers at once, pipes
   * and compressed files with a promise: `const got = typeof n === 'number' ? n : await n`. Throws RunError.
   */
  next(buffer: Uint8Array, at: number): number | Promise<number>;
  close(): void;
}
