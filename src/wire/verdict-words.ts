import { LearnedWords } from '../bytes/learned-words.ts';

/** What a word of a firewall says it did. */
export const VerdictWord = { none: 0, denied: 1, passed: 2 } as const;

/*
 * The words, by their beginnings, in lower case. Denied: what did not get through, whoever was told. 'monitor', 'detect' and
 * 'alert' are words of sensors that only looked: none.
 */
const deniedStems = [
  'deny',
  'deni',
  'drop',
  'block',
  'reject',
  'discard',
  'prevent',
  'refus',
  'reset',
  'quarantin',
  'failure',
  'would-deny',
] as const;
const passedStems = ['accept', 'allow', 'pass', 'permit', 'trust', 'success', 'encrypt', 'decrypt'] as const;

/** 1 where a denied, 2 where a passed stem begins with the letter: most words are neither, after one look-up. */
const initials = new Uint8Array(256);
for (const [bit, stems] of [
  [1, deniedStems],
  [2, passedStems],
] as const) {
  for (const stem of stems) {
    const code = stem.charCodeAt(0);
    initials[code] |= bit;
    initials[code - 32] |= bit;
  }
}

/** What the first word of `bytes[start, end)` says, any case. */
export function verdictWord(bytes: Uint8Array, start: number, end: number): number {
  const initial = start < end ? initials[bytes[start]] : 0;
  if ((initial & 1) !== 0) {
    for (const stem of deniedStems) if (beginsWith(bytes, start, end, stem)) return VerdictWord.denied;
  }
  if ((initial & 2) !== 0) {
    for (const stem of passedStems) if (beginsWith(bytes, start, end, stem)) return VerdictWord.passed;
  }
  return VerdictWord.none;
}

/** {@link verdictWord} of a field's value. */
export const verdictWords = new LearnedWords(verdictWord);

/** What the words in `bytes[start, end)` say, a denial before anything else: for rule names and log prefixes. */
export function verdictWithin(bytes: Uint8Array, start: number, end: number): number {
  let verdict: number = VerdictWord.none;
  let inWord = false;
  for (let at = start; at < end; at++) {
    const letter = bytes[at] | 32;
    const isLetter = letter >= 97 && letter <= 122;
    if (isLetter && !inWord) {
      const word = verdictWord(bytes, at, end);
      if (word === VerdictWord.denied) return word;
      if (word !== VerdictWord.none) verdict = word;
    }
    inWord = isLetter;
  }
  return verdict;
}

/** Whether `bytes[start, end)` begins with the lower-case `text`, any case. */
export function beginsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const { length } = text;
  if (end - start < length) return false;
  for (let i = 0; i < length; i++) {
    const code = bytes[start + i];
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== text.charCodeAt(i)) return false;
  }
  return true;
}
