import { comma, minus, space } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { NamedFields } from './named-fields.ts';
import { readKeyValues } from './paired-fields.ts';

/** How the value of a key is written. */
export const Cell = { absent: 0, plain: 1, json: 2 } as const;

/** The values of chosen keys in a line of one kind; '-' and nothing count as absent. */
export abstract class MappedCells {
  readonly kind: Uint8Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;

  constructor(keys: readonly string[]) {
    this.kind = new Uint8Array(keys.length);
    this.start = new Uint32Array(keys.length);
    this.end = new Uint32Array(keys.length);
  }

  /** '' and the cells are filled; 'header' for a line that names columns; else why the line is none. */
  abstract read(bytes: Uint8Array, start: number, end: number): string;

  /** Fills the cells that {@link read} left for lines that turn out to be meant. */
  rest(_bytes: Uint8Array): void {}

  protected put(cell: number, bytes: Uint8Array, start: number, end: number, kind: number): void {
    const nothing = end <= start || (end - start === 1 && bytes[start] === minus);
    this.kind[cell] = nothing ? Cell.absent : kind;
    this.start[cell] = start;
    this.end[cell] = end;
  }
}

/** Reads a line's object once for several lists of keys. All of them have to be added before the first line. */
export class SharedJson {
  readonly #keys: string[] = [];
  #json: JsonFields | undefined;
  #whole = false;
  #read = false;

  /** Which field of {@link read}'s answer the key is. */
  add(key: string): number {
    const at = this.#keys.indexOf(key);
    return at >= 0 ? at : this.#keys.push(key) - 1;
  }

  /** The next {@link read} is of another line. */
  begin(): void {
    this.#read = false;
  }

  /** The line's fields; undefined when it is not one whole object. */
  read(bytes: Uint8Array, start: number, end: number): JsonFields | undefined {
    const json = (this.#json ??= new JsonFields(this.#keys));
    if (!this.#read) {
      this.#read = true;
      this.#whole = json.read(bytes, start, end);
    }
    return this.#whole ? json : undefined;
  }
}

/** Keys are paths as JsonFields takes them: 'a/b', 'list/[0]'. */
export class JsonCells extends MappedCells {
  readonly #shared: SharedJson;
  readonly #alone: boolean;
  readonly #early: number;
  readonly #field: Uint16Array;
  #json: JsonFields | undefined;

  /** `early`: so many cells are filled at once, the others by {@link rest}. `shared`: its holder begins its lines. */
  constructor(keys: readonly string[], early = keys.length, shared?: SharedJson) {
    super(keys);
    const reader = shared ?? new SharedJson();
    this.#shared = reader;
    this.#alone = shared === undefined;
    this.#early = early;
    this.#field = Uint16Array.from(keys, (key) => reader.add(key));
  }

  read(bytes: Uint8Array, start: number, end: number): string {
    if (this.#alone) this.#shared.begin();
    this.#json = this.#shared.read(bytes, start, end);
    if (this.#json === undefined) return 'not a whole JSON object';
    this.#fill(bytes, 0, this.#early);
    return '';
  }

  override rest(bytes: Uint8Array): void {
    this.#fill(bytes, this.#early, this.#field.length);
  }

  #fill(bytes: Uint8Array, from: number, to: number): void {
    const json = this.#json!;
    for (let i = from; i < to; i++) {
      const field = this.#field[i];
      const kind = json.kind[field];
      if (kind === Json.absent || kind >= Json.null) this.kind[i] = Cell.absent;
      else {
        const cell = kind === Json.escaped ? Cell.json : Cell.plain;
        this.put(i, bytes, json.start[field], json.end[field], cell);
      }
    }
  }
}

/** Columns by name. Without given ones, the first line names them, and so does every line that repeats it. */
export class CsvCells extends MappedCells {
  readonly #keys: readonly string[];
  readonly #csv = new CsvFields(256);
  readonly #delimiter: number;
  readonly #column: Int16Array;
  /** The first name of the line with the names; a row that begins with it may be that line again. */
  #header: Uint8Array | undefined;
  #named: boolean;

  constructor(
    keys: readonly string[],
    delimiter: string | undefined,
    columns: readonly string[] | undefined,
  ) {
    super(keys);
    this.#keys = keys;
    this.#delimiter = delimiter === undefined ? comma : delimiter.charCodeAt(0);
    this.#column = Int16Array.from(keys, (key) => columns?.indexOf(key) ?? -1);
    this.#named = columns !== undefined;
  }

  read(bytes: Uint8Array, start: number, end: number): string {
    const csv = this.#csv;
    if (csv.split(bytes, start, end, this.#delimiter) === 0) return 'a quote that never closes';
    if (!this.#named) {
      const names = Array.from({ length: csv.count }, (_, i) => csv.text(bytes, i).trim());
      for (const [i, key] of this.#keys.entries()) this.#column[i] = names.indexOf(key);
      if (this.#column.every((column) => column < 0)) return 'no line with the names of the columns yet';
      this.#header = bytes.slice(csv.start[0], csv.end[0]);
      this.#named = true;
      return 'header';
    }
    if (this.#header !== undefined && this.#beginsAsHeader(bytes, this.#header) && this.#isHeader(bytes))
      return 'header';
    for (let i = 0; i < this.#column.length; i++) {
      const column = this.#column[i];
      if (column < 0 || column >= csv.count) this.kind[i] = Cell.absent;
      else this.put(i, bytes, csv.start[column], csv.end[column], Cell.plain);
    }
    return '';
  }

  #beginsAsHeader(bytes: Uint8Array, header: Uint8Array): boolean {
    const start = this.#csv.start[0];
    if (this.#csv.end[0] - start !== header.length) return false;
    for (let i = 0; i < header.length; i++) if (bytes[start + i] !== header[i]) return false;
    return true;
  }

  #isHeader(bytes: Uint8Array): boolean {
    return this.#keys.every(
      (key, i) => this.#column[i] < 0 || this.#csv.text(bytes, this.#column[i]).trim() === key,
    );
  }
}

/** 'key=value key="two words"'; keys without regard to case. */
export class KeyValueCells extends MappedCells {
  readonly #separator: number;
  readonly #fields: NamedFields;

  constructor(keys: readonly string[], delimiter: string | undefined) {
    super(keys);
    const code = delimiter === undefined ? space : delimiter.charCodeAt(0);
    // No byte is any other.
    this.#separator = code < 256 ? code : space;
    this.#fields = new NamedFields(keys);
  }

  read(bytes: Uint8Array, start: number, end: number): string {
    const fields = this.#fields;
    const any = readKeyValues(fields, bytes, start, end, this.#separator);
    for (let i = 0; i < this.kind.length; i++) {
      if (fields.has(i)) this.put(i, bytes, fields.start[i], fields.end[i], Cell.plain);
      else this.kind[i] = Cell.absent;
    }
    return any ? '' : 'no key=value pairs';
  }
}
