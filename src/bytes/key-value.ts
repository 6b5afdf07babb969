import { apostrophe, backslash, equals, quote, space, tab } from './codes.ts';

/**
 * Walks 'key=value key="two words" …' one pair a call. A key is what stands between blanks (or `separator`) and '='; words
 * without '=' are passed over. A value in double or single quotes ends at its unescaped closing quote.
 */
export class KeyValues {
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** The value stood in quotes and holds backslashes. */
  escaped = false;
  #at = 0;
  #end = 0;
  readonly #separator: number;

  /** `separator` parts the pairs besides blank and tab, for instance ',' or ';'. */
  constructor(separator = space) {
    this.#separator = separator;
  }

  begin(start: number, end: number): void {
    this.#at = start;
    this.#end = end;
  }

  /** The position of the next word; the line's end when there is none. */
  word(bytes: Uint8Array): number {
    const end = this.#end;
    const separator = this.#separator;
    let at = this.#at;
    while (at < end && isBlank(bytes[at], separator)) at++;
    this.#at = at;
    return at;
  }

  /** Moves to the next pair; false at the end of the line. */
  next(bytes: Uint8Array): boolean {
    const end = this.#end;
    const separator = this.#separator;
    for (;;) {
      const key = this.word(bytes);
      if (key >= end) return false;
      let at = key;
      while (at < end && bytes[at] !== equals && !isBlank(bytes[at], separator)) at++;
      this.#at = at;
      if (at >= end || bytes[at] !== equals) continue;
      this.keyStart = key;
      this.keyEnd = at;
      this.value(bytes, at + 1);
      return true;
    }
  }

  /** Moves to the pair whose value is known to begin at `from`. */
  value(bytes: Uint8Array, from: number): void {
    const end = this.#end;
    const separator = this.#separator;
    this.escaped = false;
    let at = from;
    const mark = at < end ? bytes[at] : 0;
    if (mark === quote || mark === apostrophe) {
      const close = this.#closing(bytes, at + 1, end, mark);
      this.valueStart = at + 1;
      this.valueEnd = close;
      at = close + 1;
    } else {
      this.valueStart = at;
      while (at < end && !isBlank(bytes[at], separator)) at++;
      this.valueEnd = at;
    }
    this.#at = at;
  }

  #closing(bytes: Uint8Array, from: number, end: number, mark: number): number {
    let at = from;
    while (at < end && bytes[at] !== mark) {
      if (bytes[at] === backslash) {
        this.escaped = true;
        at++;
      }
      at++;
    }
    return Math.min(at, end);
  }
}

function isBlank(code: number, separator: number): boolean {
  return code === space || code === tab || code === separator;
}
