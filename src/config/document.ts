import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { faultOf, messageOf } from '../base/errors.ts';
import type { Path, Place } from './place.ts';

/** A YAML file that remembers where every key stands. */
export class ConfigDocument {
  readonly file: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  /** Syntax errors, duplicate keys included. */
  readonly errors: readonly { readonly place: Place; readonly message: string }[];
  /** Undefined when there are errors. */
  readonly value: unknown;

  constructor(file: string, text: string) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    this.errors = this.#document.errors.map(({ message, pos }) => ({
      place: this.#place(pos[0]),
      message: faultOf(message),
    }));
    if (this.errors.length > 0) return;
    try {
      // Aliases multiply: 100 of them are more than a configuration needs and less than an attack.
      this.value = this.#document.toJS({ maxAliasCount: 100 }) as unknown;
    } catch (error) {
      this.errors = [{ place: this.#place(0), message: messageOf(error) }];
    }
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** Where the value at `path` stands; of something absent, where its parent stands. */
  placeOf(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#place(node.range[0]);
    }
    return this.#place(0);
  }

  /** Where the key itself stands: for a key that should not be there. */
  placeOfKey(path: Path): Place {
    const parent =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
      if (pair && isScalar(pair.key) && pair.key.range) return this.#place(pair.key.range[0]);
    }
    return this.placeOf(path);
  }
}
