import { fold } from './fold.ts';

// What a matcher sees of an event. Sigma tells a missing field from one that is null and from one that is empty:
// undefined, null and '' here.

export type FieldScalar = string | number | null;
export type FieldValue = FieldScalar | undefined | readonly FieldScalar[];

/** An event by field name. Integers above 2^53 come as text, so that no digit is lost. */
export interface FieldSource {
  get(field: string): FieldValue;
  /** What the field counts as in a correlation, when that is not all of its values. */
  identity?(field: string): FieldValue;
  /** What keywords are looked for in: the whole message, or several texts of it. */
  message(): string | undefined;
}

/**
 * One event while rules look at it: every field is fetched and folded once, however many rules ask. Reused from event
 * to event.
 */
export class EventView {
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #values: FieldValue[] = [];
  readonly #folded: (string | undefined)[] = [];
  readonly #fetched: number[] = [];
  #generation = 0;
  #source: FieldSource | undefined;

  /** The number of a field, given out while rules are compiled. Slot names may not change afterwards. */
  slot(field: string | undefined): number {
    const name = field ?? '';
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = this.#names.length;
      this.#slots.set(name, slot);
      this.#names.push(name);
      this.#values.push(undefined);
      this.#folded.push(undefined);
      this.#fetched.push(0);
    }
    return slot;
  }

  /** Field names by slot; '' is the message. */
  get names(): readonly string[] {
    return this.#names;
  }

  show(source: FieldSource): void {
    this.#source = source;
    this.#generation++;
  }

  value(slot: number): FieldValue {
    if (this.#fetched[slot] !== this.#generation) {
      const name = this.#names[slot];
      this.#values[slot] = name === '' ? this.#source?.message() : this.#source?.get(name);
      this.#folded[slot] = undefined;
      this.#fetched[slot] = this.#generation;
    }
    return this.#values[slot];
  }

  /** The folded text of a value that is one string. */
  folded(slot: number, text: string): string {
    return (this.#folded[slot] ??= fold(text));
  }
}

/** An event given as a plain object; for tests of rules and small uses. Only own properties are fields. */
export function objectSource(fields: Readonly<Record<string, FieldValue>>, message?: string): FieldSource {
  return {
    get: (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined),
    message: () =>
      message ??
      Object.values(fields)
        .flat()
        .filter((value) => value !== null && value !== undefined)
        .join(' '),
  };
}

/** Some fields and nothing else. */
export function fieldsSource(fields: ReadonlyMap<string, FieldValue>): Pick<FieldSource, 'get'> {
  return { get: (field) => fields.get(field) };
}
