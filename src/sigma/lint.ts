import { messageOf } from '../base/errors.ts';
import type { RuleSet } from './rule-files.ts';
import { taxonomiesOf, unboundReason } from './event-fields.ts';
import { compileRegex } from './regex.ts';
import { SigmaError } from './sigma-error.ts';
import { tagFault } from './tags.ts';
import { type Bound, type Expression, type Place, type SigmaDocument, predicatesOf } from './tree.ts';

interface Finding {
  readonly severity: 'error' | 'warning';
  readonly fault: SigmaError;
}

const statuses = new Set(['stable', 'test', 'experimental', 'deprecated', 'unsupported']);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Everything that is wrong with some rules, and what could be better, in the order of the files. */
export function lint({ documents, faults, files }: RuleSet): Finding[] {
  const found: Finding[] = faults.map((fault) => ({ severity: 'error', fault }));
  const heard = new Set([...documents, ...faults].map(({ place }) => place.file));
  for (const file of files)
    if (!heard.has(file))
      found.push({
        severity: 'warning',
        fault: new SigmaError('the file holds no document', { file, line: 1, column: 1 }),
      });
  for (const document of documents) found.push(...lintDocument(document));
  const order = (place: Place): string =>
    `${place.file}\n${String(place.line).padStart(8)}${String(place.column).padStart(8)}`;
  return found.toSorted((a, b) => (order(a.fault.place) < order(b.fault.place) ? -1 : 1));
}

function lintDocument(document: SigmaDocument): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Finding['severity'], reason: string, place = document.place): void => {
    found.push({ severity, fault: new SigmaError(reason, place, document.title) });
  };
  for (const { text, place } of document.tags) {
    const fault = tagFault(text);
    if (fault !== undefined) say('error', fault, place);
  }
  if (document.title.length > 256) say('error', 'the title is longer than 256 characters');
  if (document.id === undefined) say('warning', 'the rule has no id');
  else if (!uuid.test(document.id)) say('warning', `the id "${document.id}" is no UUID`);
  if (document.status !== undefined && !statuses.has(document.status))
    say('warning', `"${document.status}" is no status of the specification`);
  if (document.kind === 'filter') {
    if (!hasNot(document.condition))
      say('warning', 'the filter’s condition is added with AND: to take events out it needs a "not"');
    return found;
  }
  if (document.description === undefined) say('warning', 'the rule has no description');
  if (document.level === undefined) say('warning', 'the rule has no level');
  if (document.falsepositives.length === 0) say('warning', 'the rule names no false positives');
  if (document.kind === 'correlation') {
    const { type, rules, bounds } = document;
    const asks = ({ op, value }: Bound): boolean =>
      (op === 'gt' && value >= rules.length) || (['gte', 'eq'].includes(op) && value > rules.length);
    if (type === 'temporal' && bounds.some(asks))
      say('warning', `the condition asks for more rules than the ${rules.length} it has: it never holds`);
    return found;
  }
  for (const name of document.unused) say('warning', `no condition mentions "${name}"`);
  const unbound = unboundReason(document.logsource);
  if (unbound !== undefined) say('warning', unbound);
  const bound = taxonomiesOf(document.logsource);
  // A field may have hundreds of values: what is wrong with it is said at the first.
  const said = new Set<string>();
  const once = (reason: string, place: Place): void => {
    if (!said.has(reason)) say('warning', reason, place);
    said.add(reason);
  };
  for (const { field, test, place } of predicatesOf(document.condition)) {
    const other = test.kind === 'field' ? test.other : undefined;
    for (const name of [field, other])
      if (name !== undefined && bound.length > 0 && !bound.some(({ fields }) => fields.has(name)))
        once(
          `${bound.map(({ title }) => title).join(' and ')} have no field "${name}": it is always missing`,
          place,
        );
    if (test.kind === 'null')
      once('null is an explicit null here; a missing field is asked for with |exists: false', place);
    if (test.kind === 'regex') {
      try {
        compileRegex(test);
      } catch (thrown) {
        say('error', `this regular expression cannot be run: ${messageOf(thrown)}`, place);
      }
    }
  }
  return found;
}

function hasNot(expression: Expression): boolean {
  if (expression.kind === 'predicate') return false;
  return expression.kind === 'not' || expression.of.some(hasNot);
}
