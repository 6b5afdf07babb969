import { reserve } from './kernel.ts';
import { PickedFields, readerOf } from './picked-fields.ts';

/**
 * What of a JSON object is wanted, in the kernel's tables, and where the last object that was read had it. There is one per
 * list of paths and thread, never given back.
 */
export class JsonPicker extends PickedFields {
  static readonly #known = new Map<string, JsonPicker>();

  /** Paths name nested keys with '/'; '[0]' as a step is an array's first element. */
  static of(paths: readonly string[]): JsonPicker {
    return readerOf(JsonPicker.#known, paths, () => new JsonPicker(paths));
  }

  /** Fields whose path an earlier one has too, and that one. */
  readonly #repeated: readonly (readonly [field: number, first: number])[];

  private constructor(paths: readonly string[]) {
    const root = newWanted('');
    const repeated: [number, number][] = [];
    for (const [field, path] of paths.entries()) {
      const first = paths.indexOf(path);
      if (first < field) repeated.push([field, first]);
      else addPath(root, path.split('/'), field);
    }
    super(paths.length, recordsOf(root));
    this.kernel.pickerReady(this.pointer, this.#inside(root));
    reserve(0);
    this.#repeated = repeated;
  }

  /** See JsonFields.readFrom; `base` is the kernel's address of position 0. */
  read(base: number, open: number, end: number): number {
    const behind = this.kernel.jsonRead(this.pointer, base, open, end);
    for (const [field, first] of this.#repeated) {
      this.kind[field] = this.kind[first];
      this.start[field] = this.start[first];
      this.end[field] = this.end[first];
    }
    return behind;
  }

  /** Tells the kernel of the keys of the object that is the value of `wanted`: the key that stands for its beginning. */
  #inside(wanted: Wanted): number {
    if (wanted.children.length === 0) return 0;
    const { kernel } = this;
    const beginning = kernel.jsonKey(this.pointer, 0, 0, 0, -1);
    for (const child of wanted.children) {
      const name = Buffer.from(child.key, 'utf8');
      const at = this.nameAt(name);
      this.#value(child, kernel.jsonKey(this.pointer, beginning, at, name.length, child.field));
    }
    return beginning;
  }

  #value(wanted: Wanted, key: number): void {
    let element = 0;
    if (wanted.first) {
      element = this.kernel.jsonKey(this.pointer, 0, 0, 0, wanted.first.field);
      this.#value(wanted.first, element);
    }
    this.kernel.jsonValue(key, this.#inside(wanted), element);
  }
}

/** What is wanted of a value. */
interface Wanted {
  readonly key: string;
  field: number;
  readonly children: Wanted[];
  first: Wanted | undefined;
}

function newWanted(key: string): Wanted {
  return { key, field: -1, children: [], first: undefined };
}

function addPath(root: Wanted, steps: readonly string[], field: number): void {
  let at = root;
  for (const step of steps) {
    if (step === '[0]') {
      at.first ??= newWanted('');
      at = at.first;
      continue;
    }
    let child = at.children.find(({ key }) => key === step);
    if (child === undefined) {
      child = newWanted(step);
      at.children.push(child);
    }
    at = child;
  }
  at.field = field;
}

/** Keys, beginnings of objects and first elements, which are all kept alike. */
function recordsOf(wanted: Wanted): number {
  let count = wanted.children.length > 0 ? 1 : 0;
  for (const child of wanted.children) count += 1 + recordsOf(child);
  return wanted.first ? count + 1 + recordsOf(wanted.first) : count;
}
