import { kernel, reserve } from './kernel.ts';

/**
 * What of a JSON object is wanted, in the kernel's tables, and where the last object that was read had it. There is one per
 * list of paths and thread: lists are those of the formats and of the mapping files, so they are few, and their tables are
 * never given back.
 */
export class JsonPicker {
  static readonly #known = new Map<string, JsonPicker>();
  readonly kind: Uint8Array;
  /** The kinds, four at a time. */
  readonly kinds: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly #kernel = kernel();
  readonly #address: number;

  /** Paths name nested keys with '/'; '[0]' as a step is an array's first element. */
  static of(paths: readonly string[]): JsonPicker {
    const name = JSON.stringify(paths);
    let picker = JsonPicker.#known.get(name);
    if (picker === undefined) {
      picker = new JsonPicker(paths);
      JsonPicker.#known.set(name, picker);
    }
    return picker;
  }

  constructor(paths: readonly string[]) {
    const kernel = this.#kernel;
    const root = newWanted('');
    for (const [field, path] of paths.entries()) addPath(root, path.split('/'), field);
    const address = kernel.jsonPicker(paths.length, recordsOf(root));
    this.#address = address;
    kernel.jsonReady(address, this.#inside(root));
    const { buffer } = kernel.memory;
    this.kind = new Uint8Array(buffer, kernel.jsonKinds(address), paths.length);
    this.kinds = new Uint32Array(buffer, kernel.jsonKinds(address), (paths.length + 3) >> 2);
    this.start = new Uint32Array(buffer, kernel.jsonStarts(address), paths.length);
    this.end = new Uint32Array(buffer, kernel.jsonEnds(address), paths.length);
    reserve(0);
  }

  /** See JsonFields.readFrom; `base` is the kernel's address of position 0. */
  read(base: number, open: number, end: number): number {
    return this.#kernel.jsonRead(this.#address, base, open, end);
  }

  /** Tells the kernel of the keys of the object that is the value of `wanted`: the key that stands for its beginning. */
  #inside(wanted: Wanted): number {
    if (wanted.children.length === 0) return 0;
    const kernel = this.#kernel;
    const beginning = kernel.jsonKey(this.#address, 0, 0, 0, -1);
    for (const child of wanted.children) {
      const name = Buffer.from(child.key, 'utf8');
      const at = reserve(name.length);
      new Uint8Array(kernel.memory.buffer).set(name, at);
      this.#value(child, kernel.jsonKey(this.#address, beginning, at, name.length, child.field));
    }
    return beginning;
  }

  #value(wanted: Wanted, key: number): void {
    let element = 0;
    if (wanted.first) {
      element = this.#kernel.jsonKey(this.#address, 0, 0, 0, wanted.first.field);
      this.#value(wanted.first, element);
    }
    this.#kernel.jsonValue(key, this.#inside(wanted), element);
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
