// Strict grammars of what the converters write for Splunk and Elasticsearch, no more: an unexpected token, an unknown
// command, function or clause throws. They stand in for the engines, which no test here runs.

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string, token: RegExp) {
    const tokens: string[] = [];
    let from = 0;
    for (const match of text.matchAll(token)) {
      if (text.slice(from, match.index).trim() !== '') throw new Error(`not a token: ${text.slice(from, match.index)}`);
      tokens.push(match[0]);
      from = match.index + match[0].length;
    }
    if (text.slice(from).trim() !== '') throw new Error(`not a token: ${text.slice(from)}`);
    this.#tokens = tokens;
  }

  get peek(): string {
    return this.#tokens[this.#at] ?? '';
  }
  get ahead(): string {
    return this.#tokens[this.#at + 1] ?? '';
  }
  get done(): boolean {
    return this.#at === this.#tokens.length;
  }
  take(wanted: string | RegExp): string {
    const token = this.peek;
    if (typeof wanted === 'string' ? token !== wanted : !wanted.test(token))
      throw new Error(`expected ${wanted}, found ${token} after ${this.#tokens.slice(Math.max(this.#at - 5, 0), this.#at).join(' ')}`);
    this.#at++;
    return token;
  }
  maybe(wanted: string): boolean {
    if (this.peek !== wanted) return false;
    this.#at++;
    return true;
  }
  list(item: () => void, separator = ','): void {
    item();
    while (this.maybe(separator)) item();
  }
}

const string = /^"(?:[^"\\]|\\.)*"$/s;
const number = /^-?[0-9]+(?:\.[0-9]+)?$/;

// ── SPL ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

const splToken = /"(?:[^"\\]|\\.)*"|'[^']*'|==|>=|<=|!=|[<>=()[\],|.+]|-(?=[0-9_a-z])|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*|[0-9]+(?:\.[0-9]+)?|\*/gs;
const splName = /^(?:[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*|"[^"\\]*")$/;
const evalName = /^(?:[A-Za-z_][A-Za-z0-9_]*|'[^']*')$/;
const evalFunctions: Readonly<Record<string, number>> = {
  lower: 1, match: 2, cidrmatch: 2, tonumber: 1, isnull: 1, isnotnull: 1, len: 1, strftime: 2, if: 3, null: 0,
};

/** Throws unless the text is of the subset of SPL that splunk-spl.ts writes. */
export function checkSpl(text: string): void {
  const reader = new Reader(text, splToken);
  if (reader.maybe('|')) {
    reader.take('multisearch');
    let searches = 0;
    while (reader.maybe('[')) {
      reader.take('search');
      splSearch(reader);
      while (reader.maybe('|')) splCommand(reader, ['where', 'eval']);
      reader.take(']');
      searches++;
    }
    if (searches < 2) throw new Error('multisearch needs two searches');
  } else splSearch(reader);
  while (reader.maybe('|')) splCommand(reader, ['where', 'eval', 'sort', 'streamstats']);
  if (!reader.done) throw new Error(`left over: ${reader.peek}`);
}

function splSearch(reader: Reader): void {
  do splTerm(reader);
  while (!reader.done && !['|', ']', ')', 'OR'].includes(reader.peek));
}

function splTerm(reader: Reader): void {
  if (reader.maybe('NOT')) return splTerm(reader);
  if (reader.maybe('(')) {
    splSearch(reader);
    while (reader.maybe('OR')) splSearch(reader);
    reader.take(')');
    return;
  }
  const name = reader.take(splName);
  if (reader.maybe('IN')) {
    reader.take('(');
    reader.list(() => reader.take(string));
    reader.take(')');
  } else if (reader.maybe('=')) reader.take(/^(?:"(?:[^"\\])*"|\*|[A-Za-z0-9_]+)$/);
  // The one bare word is the test's own source.
  else if (name !== 'SRC') throw new Error(`bare word ${name}`);
}

function splCommand(reader: Reader, allowed: readonly string[]): void {
  const command = reader.take(/^[a-z]+$/);
  if (!allowed.includes(command)) throw new Error(`command ${command}`);
  if (command === 'where') splExpression(reader);
  else if (command === 'eval') {
    reader.take(evalName);
    reader.take('=');
    splExpression(reader);
  } else if (command === 'sort') {
    reader.take('0');
    reader.list(() => reader.take(splName));
  } else {
    reader.take('time_window');
    reader.take('=');
    reader.take(/^[0-9]+$/);
    reader.take(/^[smhd]$/);
    do {
      const aggregation = reader.take(/^(?:count|dc|max)$/);
      if (reader.maybe('(')) {
        if (reader.maybe('eval')) {
          reader.take('(');
          splExpression(reader);
          reader.take(')');
        } else reader.take(splName);
        reader.take(')');
      } else if (aggregation !== 'count') throw new Error(`${aggregation} of what`);
      reader.take('as');
      reader.take(splName);
    } while (['count', 'dc', 'max'].includes(reader.peek));
    if (reader.maybe('by')) while (splName.test(reader.peek) && !reader.done) reader.take(splName);
  }
}

function splExpression(reader: Reader): void {
  do splOperand(reader);
  while (['AND', 'OR', '==', '!=', '>', '>=', '<', '<=', '.', '+', '-'].some((operator) => reader.maybe(operator)));
}

function splOperand(reader: Reader): void {
  if (reader.maybe('(')) {
    splExpression(reader);
    reader.take(')');
  } else if (reader.maybe('-')) reader.take(number);
  else if (string.test(reader.peek) || number.test(reader.peek)) reader.take(/./s);
  else {
    const name = reader.take(evalName);
    if (reader.maybe('(')) {
      if (reader.peek === ')' && evalFunctions[name] === 0) return void reader.take(')');
      let count = 0;
      reader.list(() => {
        splExpression(reader);
        count++;
      });
      reader.take(')');
      const allowed =
        name === 'case' ? count >= 2 && count % 2 === 0 : name === 'substr' ? count === 2 || count === 3 : evalFunctions[name] === count;
      if (!allowed) throw new Error(`${name} with ${count} arguments`);
    }
  }
}

// ── ES|QL ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const esqlToken = /"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|==|>=|<=|!=|[<>=(),|+]|-(?= )|-?[0-9]+(?:\.[0-9]+)?|[A-Za-z_@][A-Za-z0-9_@.*-]*/gs;
const esqlName = /^(?:[A-Za-z_@][A-Za-z0-9_@.]*|`(?:[^`]|``)*`)$/;
const esqlFunctions: Readonly<Record<string, readonly number[]>> = {
  TO_LOWER: [1], TO_STRING: [1], TO_IP: [1], TO_DOUBLE: [1], TO_DATETIME: [1], CIDR_MATCH: [2], COALESCE: [2], DATE_EXTRACT: [2],
  LOCATE: [2], STARTS_WITH: [2], ENDS_WITH: [2], DATE_TRUNC: [2], MV_APPEND: [2], COUNT: [1], SUM: [1], MIN: [1], MAX: [1],
};

/** Throws unless the text is of the subset of ES|QL that elastic-esql.ts writes. */
export function checkEsql(text: string): void {
  const reader = new Reader(text.replaceAll('COUNT(*)', 'COUNT(1)'), esqlToken);
  reader.take('FROM');
  reader.list(() => reader.take(/^[A-Za-z][A-Za-z0-9_.*-]*$/));
  if (reader.maybe('METADATA')) reader.list(() => reader.take(/^_[a-z]+$/));
  const assignment = (): void => {
    reader.take(esqlName);
    reader.take('=');
    esqlExpression(reader);
  };
  while (reader.maybe('|')) {
    const command = reader.take(/^[A-Z_]+$/);
    if (command === 'WHERE') esqlExpression(reader);
    else if (command === 'EVAL') reader.list(assignment);
    else if (command === 'MV_EXPAND' || command === 'SORT') reader.take(esqlName);
    else if (command === 'LIMIT') reader.take(/^[0-9]+$/);
    else if (command === 'STATS') {
      reader.list(assignment);
      reader.take('BY');
      reader.list(() => reader.take(esqlName));
    } else throw new Error(`command ${command}`);
  }
  if (!reader.done) throw new Error(`left over: ${reader.peek}`);
}

function esqlExpression(reader: Reader): void {
  do {
    while (reader.maybe('NOT'));
    esqlOperand(reader);
    if (reader.maybe('IS')) {
      reader.maybe('NOT');
      reader.take('NULL');
    } else if (reader.maybe('IN')) {
      reader.take('(');
      reader.list(() => esqlOperand(reader));
      reader.take(')');
    } else if (reader.maybe('LIKE') || reader.maybe('RLIKE')) reader.take(string);
  } while (['AND', 'OR', '==', '!=', '>', '>=', '<', '<=', '+', '-'].some((operator) => reader.maybe(operator)));
}

function esqlOperand(reader: Reader): void {
  if (reader.maybe('(')) {
    esqlExpression(reader);
    reader.take(')');
  } else if (number.test(reader.peek)) {
    reader.take(number);
    // A span: 5 minutes.
    if (/^(?:second|minute|hour|day)s$/.test(reader.peek)) reader.take(/s$/);
  } else if (string.test(reader.peek)) reader.take(string);
  else if (['false', 'NULL'].includes(reader.peek)) reader.take(/./);
  else {
    const name = reader.take(esqlName);
    if (!reader.maybe('(')) return;
    let count = 0;
    reader.list(() => {
      esqlExpression(reader);
      count++;
    });
    reader.take(')');
    const allowed = name === 'CASE' ? count >= 3 && count % 2 === 1 : (esqlFunctions[name] ?? []).includes(count);
    if (!allowed) throw new Error(`${name} with ${count} arguments`);
  }
}

// ── Query DSL ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function keys(value: unknown, required: readonly string[], optional: readonly string[] = []): Json {
  if (!isObject(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  for (const key of required) if (!(key in value)) throw new Error(`no ${key} in ${JSON.stringify(value)}`);
  for (const key of Object.keys(value))
    if (!required.includes(key) && !optional.includes(key)) throw new Error(`${key} in ${JSON.stringify(value)}`);
  return value;
}
function only(value: unknown): [string, unknown] {
  const entries = isObject(value) ? Object.entries(value) : [];
  if (entries.length !== 1) throw new Error(`not one key: ${JSON.stringify(value)}`);
  return entries[0];
}
function each(value: unknown, check: (item: unknown) => void): void {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`not a list: ${JSON.stringify(value)}`);
  for (const item of value) check(item);
}
function scalar(value: unknown): void {
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`not a scalar: ${JSON.stringify(value)}`);
}

/** Throws unless the text is of the subset of the Query DSL that elastic-query-dsl.ts writes. */
export function checkDsl(text: string): void {
  const body = keys(JSON.parse(text), ['query'], ['size', 'aggs']);
  dslQuery(body.query);
  if (body.aggs === undefined) return;
  if (body.size !== 0) throw new Error('an aggregation wants no hits');
  dslAggregations(body.aggs, ['group']);
}

function dslQuery(value: unknown): void {
  const [kind, inner] = only(value);
  if (kind === 'bool') {
    const [clause] = Object.keys(isObject(inner) ? inner : {});
    const bool = keys(inner, [clause ?? 'filter'], ['minimum_should_match']);
    if (!['filter', 'should', 'must_not'].includes(clause)) throw new Error(`clause ${clause}`);
    if ((clause === 'should') !== (bool.minimum_should_match === 1)) throw new Error('should without minimum');
    each(bool[clause], dslQuery);
  } else if (kind === 'exists') scalar(keys(inner, ['field']).field);
  else if (kind === 'terms') each(only(inner)[1], scalar);
  else if (kind === 'term' || kind === 'wildcard' || kind === 'prefix') scalar(keys(only(inner)[1], ['value'], ['case_insensitive']).value);
  else if (kind === 'regexp') scalar(keys(only(inner)[1], ['value', 'flags']).value);
  else if (kind === 'range') Object.values(keys(only(inner)[1], [], ['lt', 'lte', 'gt', 'gte'])).forEach(scalar);
  else throw new Error(`query ${kind}`);
}

function dslAggregations(value: unknown, names?: readonly string[]): void {
  if (!isObject(value)) throw new Error('no aggregations');
  if (names !== undefined) keys(value, names);
  for (const aggregation of Object.values(value)) {
    if (!isObject(aggregation)) throw new Error('no aggregation');
    const { aggs, ...rest } = aggregation;
    if (aggs !== undefined) dslAggregations(aggs);
    const [kind, inner] = only(rest);
    if (kind === 'filter') dslQuery(inner);
    else if (kind === 'filters') keys(inner, ['filters']);
    else if (kind === 'terms') keys(inner, ['field', 'size']);
    else if (kind === 'multi_terms') each(keys(inner, ['terms', 'size']).terms, (term) => keys(term, ['field']));
    else if (kind === 'min' || kind === 'max') keys(inner, ['field']);
    else if (kind === 'bucket_selector') dslScript(keys(inner, ['buckets_path', 'script']));
    else throw new Error(`aggregation ${kind}`);
  }
}

function dslScript({ buckets_path: paths, script }: Json): void {
  if (!isObject(paths) || typeof script !== 'string') throw new Error('no script');
  for (const [, name] of script.matchAll(/params\.([a-z0-9]+)/g)) if (!(name in paths)) throw new Error(`params.${name}`);
  if (!/^(?:params\.[a-z0-9]+|[0-9.]+|>=|<=|==|[>?:+()]|&&|\s)+$/.test(script)) throw new Error(script);
}
