/** A mistake of the user's that a message can mend: a bad option, a bad configuration. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that went wrong while running: a file that cannot be read, a full disk. Exit code 1. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
