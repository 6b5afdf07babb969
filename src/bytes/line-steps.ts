import { kernel, reserve } from './kernel.ts';

/** What the kernel takes a step for. */
export const StepKind = { field: 0, literal: 1, blanks: 2, other: 3 } as const;

export interface LineStep {
  readonly kind: number;
  /** What a literal is; what ends a field, '' for the end of the line. */
  readonly text: string;
  /** A field may hold blanks. */
  readonly blank: boolean;
  /** The next step is a literal, and what ends the field. */
  readonly joined: boolean;
}

/**
 * A line as a list of steps, taken from left to right, never back, in the kernel's tables. Field i is `bytes[start[i], end[i])`.
 * There is one list of the same steps for all readers; lists are those of formats and of the configuration, and are never
 * given back.
 */
export class LineSteps {
  static readonly #known = new Map<string, LineSteps>();
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly #kernel = kernel();
  readonly #list: number;
  readonly #stopped: Uint32Array;

  /** `required`: so many steps have to be there; a line that ends where a later one begins is whole. */
  static of(steps: readonly LineStep[], required: number): LineSteps {
    const name = JSON.stringify([required, ...steps]);
    let list = LineSteps.#known.get(name);
    if (list === undefined) {
      list = new LineSteps(steps, required);
      LineSteps.#known.set(name, list);
    }
    return list;
  }

  private constructor(steps: readonly LineStep[], required: number) {
    const kernel = this.#kernel;
    const { buffer } = kernel.memory;
    const list = kernel.stepsList(steps.length, required);
    this.#list = list;
    for (const [i, { kind, text, blank, joined }] of steps.entries()) {
      const bytes = Buffer.from(text, 'utf8');
      const at = reserve(bytes.length + 16);
      new Uint8Array(buffer).set(bytes, at);
      kernel.stepsPut(list, i, kind, blank ? 1 : 0, joined ? 1 : 0, at, bytes.length);
    }
    this.start = new Uint32Array(buffer, kernel.stepsStarts(list), steps.length);
    this.end = new Uint32Array(buffer, kernel.stepsEnds(list), steps.length);
    this.#stopped = new Uint32Array(buffer, kernel.stepsStopped.value, 1);
  }

  /** Where the last walk stopped, if not for a line that is not like that. */
  get stopped(): number {
    return this.#stopped[0];
  }

  /**
   * Walks `[from, end)` behind the kernel's address `base` from step `step` on. Returns how many steps the whole line has; -1 when
   * it is not like that; -2 - s at a step s that is neither field nor literal nor blanks.
   */
  walk(base: number, from: number, end: number, step: number): number {
    return this.#kernel.stepsWalk(this.#list, base, from, end, step);
  }
}
