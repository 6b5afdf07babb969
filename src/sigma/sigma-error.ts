import { UsageError } from '../base/errors.ts';
import type { Place } from './tree.ts';

/** A fault of a rule: says the file, the line, the column and the rule's title. */
export class SigmaError extends UsageError {
  readonly reason: string;
  readonly place: Place;
  readonly title: string | undefined;
  /** The rule was understood and is not taken: what it asks for left Sigma, or lacks something that the site has to give. */
  readonly refused: boolean;

  constructor(reason: string, place: Place, title?: string, refused = false) {
    super(`${whereIs(place)}: ${reason}${title === undefined ? '' : ` (rule "${title}")`}`);
    this.reason = reason;
    this.place = place;
    this.title = title;
    this.refused = refused;
  }
}

/** `file:line:column`, as editors and compilers write it. */
export function whereIs(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** Runs `work`; a fault that does not know its rule yet learns the title. */
export function inRule<T>(title: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof SigmaError && thrown.title === undefined && title !== undefined)
      throw new SigmaError(thrown.reason, thrown.place, title, thrown.refused);
    throw thrown;
  }
}
