/** A mistake of the user's that a message can mend: a bad option, a bad configuration. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that went wrong while running: a file that cannot be read, a full disk. Exit code 1. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** The message of anything thrown, in words: 'no such file or directory' for "ENOENT: no such file or directory, open 'x'". */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const system = 'syscall' in thrown ? /^[A-Z0-9_]+: ([^,]+)/.exec(thrown.message) : null;
  return system ? system[1] : faultOf(thrown.message);
}

/** A parser that recursed too far says so in the engine's words. */
export function faultOf(message: string): string {
  return message.startsWith('Maximum call stack') ? 'nested too deeply' : message;
}
