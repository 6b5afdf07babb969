import { type Collection, type Linked, link } from './collection.ts';
import { readSigma } from './document.ts';
import { type FieldValue, objectSource } from './field-source.ts';
import { compileMatcher } from './matcher.ts';

/** A rule with one selection called `sel`, given as YAML lines below `detection:`. */
export function ruleOf(detection: string, head = 'logsource: {category: test}'): string {
  const lines = detection.split('\n').map((line) => `    ${line}`);
  return `title: T\n${head}\ndetection:\n${lines.join('\n')}\n`;
}

/** Links documents that must be free of faults. */
export function linked(text: string, placeholders?: ReadonlyMap<string, readonly string[]>): readonly Linked[] {
  const collection = tryLink(text, placeholders);
  const [fault] = collection.faults;
  if (fault !== undefined) throw fault;
  return collection.rules;
}

export function tryLink(text: string, placeholders?: ReadonlyMap<string, readonly string[]>): Collection {
  const { documents, faults } = readSigma(text, 'rule.yml');
  const collection = link(documents, placeholders);
  return { rules: collection.rules, faults: [...faults, ...collection.faults] };
}

/** The first fault's text, or `no fault`. */
export function faultOf(text: string): string {
  return tryLink(text).faults[0]?.message ?? 'no fault';
}

/** Whether the one rule of a text matches an event. */
export function matches(rule: string, fields: Readonly<Record<string, FieldValue>>, message?: string): boolean {
  const [first] = linked(rule);
  if (first.kind !== 'detection') throw new Error('not a detection');
  return compileMatcher(first.rule.condition)(objectSource(fields, message));
}

/** Whether `item` (a line of a selection) matches. */
export function fits(item: string, fields: Readonly<Record<string, FieldValue>>): boolean {
  return matches(ruleOf(`sel:\n    ${item.replaceAll('\n', '\n    ')}\ncondition: sel`), fields);
}

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
