/** A key that reaches further than this to its value, quotes and blanks counted, is read anew each time. */
const keyRoom = 64;
/** Unwanted keys that are remembered; when there are more, all of them are forgotten and learned again. */
const learnedLimit = 192;
/** Keys that are tried in turn behind a key; a power of two. */
const followers = 4;

/**
 * The keys of the objects that one reader meets. Programs write the same keys in the same order again and again. So of
 * each key is remembered which ones followed it, and what was written from its quote to its value ('"src_ip": '); the next
 * line is held against that, four bytes at a time ({@link next}). Only where the guess fails is a key read and looked up
 * ({@link find}). A guess is never believed uncompared, so keys in changing order cost time and nothing else.
 *
 * Keys are numbers from 1 on; 0 is one that is not kept. The beginning of an object and the first element of an array
 * have numbers too, as if they were keys.
 */
export class JsonKeys {
  /** By key: the field that its value fills, -1 for none. */
  readonly field: Int16Array;
  /** By key: the beginning of the object that is its value; 0 when nothing in there is wanted. */
  readonly inside: Int16Array;
  /** By key: the first element of the array that is its value; 0 when that is not wanted. */
  readonly element: Int16Array;
  /** By key: bytes from its quote to its value, as it was written last. */
  readonly length: Uint16Array;
  /** The beginning of the outermost object. */
  readonly root: number;
  /** By key: up to `followers` keys that followed it, then 0. */
  readonly #followers: Int16Array;
  /** What was written of every key; by key: where that begins (in words) and how much fits (in bytes). */
  readonly #words: Int32Array;
  readonly #written: DataView;
  readonly #from: Int32Array;
  readonly #room: Uint16Array;
  /** By key: the last four bytes in front of its value. */
  readonly #tail: Int32Array;
  /** By key: the bytes between its quotes, and the beginning of the object that it stands in. */
  readonly #size: Uint16Array;
  readonly #object: Int16Array;
  /** Open hash table of keys, and what it is with the wanted ones alone. */
  readonly #table: Int16Array;
  readonly #wantedTable: Int16Array;
  readonly #wanted: number;
  #count: number;
  /** Which of the followers makes room next. */
  #turn = 0;

  /** Paths name nested keys with '/'; '[0]' as a step is an array's first element. */
  constructor(paths: readonly string[]) {
    const root = newWanted('');
    for (const [field, path] of paths.entries()) addPath(root, path.split('/'), field);
    const wanted = [nothing];
    number(root, wanted);
    const limit = wanted.length + learnedLimit;
    const byKey = Array.from({ length: limit }, (_, key) => wanted.at(key) ?? nothing);
    this.root = root.inside;
    this.field = Int16Array.from(byKey, ({ field }) => field);
    this.inside = Int16Array.from(byKey, ({ inside }) => inside);
    this.element = Int16Array.from(byKey, ({ first }) => first?.number ?? 0);
    this.length = new Uint16Array(limit);
    this.#followers = new Int16Array(limit * followers);
    this.#tail = new Int32Array(limit);
    this.#size = new Uint16Array(limit);
    this.#object = new Int16Array(limit);
    // A wanted key may be longer than those that are learned.
    this.#room = Uint16Array.from(byKey, ({ key }) => Math.max(keyRoom, (key.length + 19) & ~3));
    this.#from = new Int32Array(limit);
    for (let key = 1; key < limit; key++) this.#from[key] = this.#from[key - 1] + (this.#room[key - 1] >> 2);
    this.#words = new Int32Array(this.#from[limit - 1] + (this.#room[limit - 1] >> 2));
    this.#written = new DataView(this.#words.buffer);
    let slots = 256;
    while (slots < limit * 4) slots *= 2;
    this.#table = new Int16Array(slots);
    for (const { number: key, object, key: name } of wanted) {
      if (object === 0) continue;
      const text = Buffer.concat([Buffer.from('"'), name, Buffer.from('":')]);
      this.#put(key, object, text, 0, name.length, text.length);
    }
    this.#wantedTable = this.#table.slice();
    this.#wanted = this.#count = wanted.length;
  }

  /** Call in front of every record: not within one, while keys are at hand, are the learned ones forgotten. */
  begin(): void {
    if (this.#count < this.length.length) return;
    this.#table.set(this.#wantedTable);
    this.#followers.fill(0);
    this.#count = this.#wanted;
  }

  /** The key whose quote is at `at`, if it is one of those that followed `last` before; else 0. */
  next(view: DataView, at: number, end: number, last: number): number {
    const follow = this.#followers;
    const words = this.#words;
    for (let i = last * followers; i < last * followers + followers; i++) {
      const key = follow[i];
      if (key === 0) return 0;
      const tail = at + this.length[key] - 4;
      if (tail + 4 > end || view.getInt32(tail, true) !== this.#tail[key]) continue;
      let word = this.#from[key];
      let from = at;
      while (from < tail && view.getInt32(from, true) === words[word]) {
        from += 4;
        word++;
      }
      if (from >= tail) return key;
    }
    return 0;
  }

  /**
   * The key in `bytes[at + 1, stop)`, between its quotes, with its value at `value`; remembers that it came behind `last`,
   * in the object that begins with `object`. 0 when it cannot be kept.
   */
  find(bytes: Uint8Array, at: number, stop: number, value: number, object: number, last: number): number {
    const size = stop - at - 1;
    let key = this.#lookUp(bytes, at + 1, size, object);
    if (key === 0) {
      if (value - at > keyRoom || size === 0 || this.#count === this.length.length) return 0;
      key = this.#count++;
      this.#followers.fill(0, key * followers, (key + 1) * followers);
      this.#put(key, object, bytes, at, size, value - at);
    } else if (value - at <= this.#room[key]) this.#write(key, bytes, at, value - at);
    else return key;
    if (size > 0) this.#follow(last, key);
    return key;
  }

  #lookUp(bytes: Uint8Array, start: number, size: number, object: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const written = this.#written;
    let slot = keyHash(bytes, start, size, object) & mask;
    for (;;) {
      const key = table[slot];
      if (key === 0) return 0;
      if (this.#size[key] === size && this.#object[key] === object) {
        const from = this.#from[key] * 4 + 1;
        let i = 0;
        while (i < size && written.getUint8(from + i) === bytes[start + i]) i++;
        if (i === size) return key;
      }
      slot = (slot + 1) & mask;
    }
  }

  #put(key: number, object: number, bytes: Uint8Array, at: number, size: number, length: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    this.#size[key] = size;
    this.#object[key] = object;
    this.#write(key, bytes, at, length);
    let slot = keyHash(bytes, at + 1, size, object) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = key;
  }

  #write(key: number, bytes: Uint8Array, at: number, length: number): void {
    const written = this.#written;
    const from = this.#from[key] * 4;
    for (let i = 0; i < length; i++) written.setUint8(from + i, bytes[at + i]);
    this.length[key] = length;
    if (length >= 4) this.#tail[key] = written.getInt32(from + length - 4, true);
  }

  #follow(last: number, key: number): void {
    const first = last * followers;
    for (let i = 0; i < followers; i++) {
      const known = this.#followers[first + i];
      if (known === key) return;
      if (known !== 0) continue;
      this.#followers[first + i] = key;
      return;
    }
    this.#followers[first + (this.#turn++ & (followers - 1))] = key;
  }
}

/** What is wanted of a value. */
interface Wanted {
  readonly key: Buffer;
  field: number;
  readonly children: Wanted[];
  first: Wanted | undefined;
  number: number;
  /** The beginnings of the object that it is in and of the one that it is. */
  object: number;
  inside: number;
}

function newWanted(key: string): Wanted {
  return {
    key: Buffer.from(key, 'utf8'),
    field: -1,
    children: [],
    first: undefined,
    number: 0,
    object: 0,
    inside: 0,
  };
}

const nothing = newWanted('');

function addPath(root: Wanted, steps: readonly string[], field: number): void {
  let at = root;
  for (const step of steps) {
    if (step === '[0]') {
      at.first ??= newWanted('');
      at = at.first;
      continue;
    }
    const key = Buffer.from(step, 'utf8');
    let child = at.children.find((existing) => key.equals(existing.key));
    if (child === undefined) {
      child = newWanted(step);
      at.children.push(child);
    }
    at = child;
  }
  at.field = field;
}

/** Gives `wanted` and all in it their numbers, which are their places in `list`. */
function number(wanted: Wanted, list: Wanted[]): void {
  wanted.number = list.push(wanted) - 1;
  if (wanted.children.length > 0) wanted.inside = list.push(newWanted('')) - 1;
  for (const child of wanted.children) {
    child.object = wanted.inside;
    number(child, list);
  }
  if (wanted.first !== undefined) number(wanted.first, list);
}

function keyHash(bytes: Uint8Array, start: number, size: number, object: number): number {
  if (size === 0) return object;
  const end = start + size;
  const middle = start + (size >> 1);
  return (
    object * 61 + size * 31 + bytes[start] * 7 + bytes[end - 1] * 13 + bytes[end - 2] * 3 + bytes[middle] * 17
  );
}
