import { regexFault } from '../sigma/regex.ts';

// Lucene's regular expressions match whole values and know few constructs. A rule's expression (RE2/PCRE, searched for
// anywhere) is read here and written again for Lucene; what has no equal there is refused.
// https://www.elastic.co/docs/reference/query-languages/query-dsl/regexp-syntax

interface LuceneOptions {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const classes: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: ' \t-\r' };
const controls: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  a: '\u0007',
};

/** A literal text for Lucene: all its operators escaped, the optional ones too. */
function escapeLucene(text: string): string {
  return text.replaceAll(/[.?+*|{}[\]()"\\#@&<>~]/g, String.raw`\$&`);
}

/**
 * The expression for Lucene, or why there is none.
 *
 * Case is folded by writing all forms of a letter; a range of letters beyond ASCII without case is refused.
 */
export function luceneRegex(
  source: string,
  options: LuceneOptions,
): { text: string; note?: string } | { reason: string } {
  try {
    // Flags in front of the whole expression are those of the modifiers.
    const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(source) ?? [];
    const text = new Translator(rest, {
      ignoreCase: options.ignoreCase || flags.includes('i'),
      multiline: options.multiline || flags.includes('m'),
      dotAll: options.dotAll || flags.includes('s'),
    }).translate();
    const fault = regexFault({ source, ...options });
    if (fault !== undefined) return { reason: fault };
    return /\\s/i.test(source) ? { text, note: verticalTab } : { text };
  } catch (thrown) {
    if (thrown instanceof Untranslatable) return { reason: thrown.message };
    throw thrown;
  }
}

/** A form feed alone cannot be written in ES|QL; the range that holds it has one character more. */
const verticalTab = 'White space in regular expressions holds the vertical tab as well.';

class Untranslatable extends Error {}

class Translator {
  readonly #source: string;
  readonly #options: LuceneOptions;
  #at = 0;

  constructor(source: string, options: LuceneOptions) {
    this.#source = source;
    this.#options = options;
  }

  translate(): string {
    // Anchors are free at the ends of each alternative of the outermost level, and impossible elsewhere.
    const text = this.#alternatives(true);
    if (this.#at < this.#source.length) throw new Untranslatable('an unbalanced parenthesis');
    return text;
  }

  #alternatives(outermost: boolean): string {
    const found = [this.#sequence(outermost)];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      found.push(this.#sequence(outermost));
    }
    // Nothing is written () there: a bare bar would take what follows for a character.
    return found.length === 1 ? found[0] : found.map((each) => (each === '' ? '()' : each)).join('|');
  }

  #sequence(outermost: boolean): string {
    let text = '';
    let start = false;
    let end = false;
    if (outermost && this.#source[this.#at] === '^') {
      start = true;
      this.#at++;
    }
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at])) {
      if (end) throw new Untranslatable('an anchor in the middle');
      if (outermost && this.#source[this.#at] === '$') {
        end = true;
        this.#at++;
      } else text += this.#repeated();
    }
    if (!outermost) return text;
    if ((start || end) && this.#options.multiline) throw new Untranslatable('anchors at lines');
    return `${start ? '' : '(.|\n)*'}${text}${end ? '' : '(.|\n)*'}`;
  }

  #repeated(): string {
    const atom = this.#atom();
    const rest = this.#source.slice(this.#at);
    const quantifier = /^(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})/.exec(rest)?.[0] ?? '';
    this.#at += quantifier.length;
    // Lazy or greedy is the same to a test; possessive is not.
    if (quantifier !== '' && this.#source[this.#at] === '?') this.#at++;
    if (quantifier !== '' && '+*?{'.includes(this.#source[this.#at] ?? ' '))
      throw new Untranslatable('nested or possessive quantifiers');
    return `${atom}${quantifier}`;
  }

  #atom(): string {
    const char = this.#source[this.#at];
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    if (char === '.') {
      this.#at++;
      return this.#options.dotAll ? '(.|\n)' : '[^\n]';
    }
    if (char === '\\') return this.#escape();
    if (char === '^' || char === '$') throw new Untranslatable('an anchor in the middle');
    if ('*+?'.includes(char)) throw new Untranslatable('a quantifier without anything before it');
    this.#at += (this.#source.codePointAt(this.#at) ?? 0) > 0xffff ? 2 : 1;
    return this.#literal(
      char === this.#source[this.#at - 1] ? char : this.#source.slice(this.#at - 2, this.#at),
    );
  }

  #literal(char: string): string {
    const forms = this.#options.ignoreCase ? casesOf(char) : [char];
    return forms.length > 1 ? `[${forms.join('')}]` : escapeLucene(char);
  }

  #group(): string {
    this.#at++;
    if (this.#source.startsWith('?', this.#at)) {
      if (!this.#source.startsWith('?:', this.#at))
        throw new Untranslatable('look-around, inline flags or named groups');
      this.#at += 2;
    }
    const inner = this.#alternatives(false);
    if (this.#source[this.#at] !== ')') throw new Untranslatable('an unbalanced parenthesis');
    this.#at++;
    return inner === '' ? '()' : `(${inner})`;
  }

  #escape(): string {
    const char = this.#source[this.#at + 1] ?? '';
    this.#at += 2;
    if (char in classes) return `[${classes[char]}]`;
    if (/^[DWS]$/.test(char)) return `[^${classes[char.toLowerCase()]}]`;
    if (char in controls) return controls[char];
    if (/^[!-/:-@[-`{-~]$/.test(char)) return this.#literal(char);
    throw new Untranslatable(`the escape \\${char}`);
  }

  #class(): string {
    const match = /^\[(\^?)((?:\\.|[^\]\\[])+)\]/s.exec(this.#source.slice(this.#at));
    if (match === null) throw new Untranslatable('this character class');
    this.#at += match[0].length;
    const items = [...match[2].matchAll(/\\?.(?:-\\?[^\]])?/gsu)].map(([item]) => this.#classItem(item));
    return `[${match[1]}${items.join('')}]`;
  }

  #classItem(item: string): string {
    const [from, to] =
      item.length > 2 && item.slice(1).includes('-') && !item.startsWith('\\-')
        ? rangeOf(item)
        : [item, undefined];
    const letter = (written: string): string => {
      if (!written.startsWith('\\')) return written;
      if (written[1] in controls) return controls[written[1]];
      if (/^[!-/:-@[-`{-~]$/.test(written[1])) return written[1];
      throw new Untranslatable(`${written} in a character class`);
    };
    const escape = (char: string): string => (/[\\\]^[-]/.test(char) ? `\\${char}` : escapeLucene(char));
    if (to === undefined) {
      if (/^\\[dws]$/.test(from)) return classes[from[1]];
      const char = letter(from);
      const forms = this.#options.ignoreCase ? casesOf(char) : [char];
      return forms.length > 1 ? forms.join('') : escape(char);
    }
    const [low, high] = [letter(from), letter(to)];
    const range = `${escape(low)}-${escape(high)}`;
    if (!this.#options.ignoreCase) return range;
    const lower = /^[a-z]$/.test(low) && /^[a-z]$/.test(high);
    const upper = /^[A-Z]$/.test(low) && /^[A-Z]$/.test(high);
    if (lower || upper)
      return `${low.toLowerCase()}-${high.toLowerCase()}${low.toUpperCase()}-${high.toUpperCase()}`;
    if (/[^\x00-\x7f]/.test(high) || (low <= 'z' && high >= 'A'))
      throw new Untranslatable('a range across letters without case');
    return range;
  }
}

/** All that a letter is equal to without case, itself alone when it is no letter: s and k have a third form each. */
function casesOf(char: string): string[] {
  const forms = new Set([char.toLowerCase(), char.toUpperCase(), ...(others[char.toLowerCase()] ?? [])]);
  const single = [...forms].filter((form) => /^.$/su.test(form));
  return single.length > 1 ? single : [char];
}

const others: Readonly<Record<string, readonly string[]>> = {
  s: ['ſ'],
  k: ['\u212a'],
  å: ['\u212b'],
  σ: ['ς'],
  ς: ['σ'],
};

function rangeOf(item: string): [string, string] {
  const dash = item.indexOf('-', item.startsWith('\\') ? 2 : 1);
  return [item.slice(0, dash), item.slice(dash + 1)];
}
