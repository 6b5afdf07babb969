/** YAML of correlations of any type and bound, called c0, c1, …, later ones over earlier ones too. */
export function anyCorrelations(
  random: () => number,
  count: number,
  /** Base rules, and three fields of each: to group by, to group by or count, to count. */
  fields: Readonly<Record<string, readonly string[]>>,
): string {
  // What a correlation hands on is its group: all of these group by `a`, some by `b` as well.
  const all = new Map(Object.entries(fields));
  const bodies = Array.from({ length: count }, (_, index) => {
    const name = `c${index}`;
    const { group, body } = anyCorrelation(random, all);
    all.set(name, group);
    return `---\ntitle: ${name}\nname: ${name}\ncorrelation: {${body}}\n`;
  });
  return bodies.join('');
}

function anyCorrelation(
  random: () => number,
  all: ReadonlyMap<string, readonly string[]>,
): { group: readonly string[]; body: string } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const type = pick([
    'event_count',
    'value_count',
    'temporal',
    'temporal_ordered',
    'temporal_ordered',
    'value_sum',
    'value_avg',
    'value_percentile',
  ]);
  const many = (type.startsWith('temporal') ? 2 : 1) + Math.floor(random() * 2);
  const rules = [...new Set(Array.from({ length: many }, () => pick([...all.keys()])))];
  const fieldsOf = (rule: string): readonly string[] => all.get(rule)!;
  const group = rules.every((rule) => fieldsOf(rule).length > 1) && random() < 0.5 ? ['a', 'b'] : ['a'];
  const alias = (of: string, place: number): string => {
    const named = rules.map((rule) => `${rule}: ${fieldsOf(rule)[Math.min(place, fieldsOf(rule).length - 1)]}`);
    return `${of}: {${named.join(', ')}}`;
  };
  const aliases = [...group.map((of, place) => alias(of, place)), alias('value', pick([0, 1, 2]))];
  const bound = pick(['gte: 2', 'gte: 3', 'gt: 1', 'gte: 2, lt: 5', 'eq: 2', 'lte: 3', 'neq: 2']);
  const number = pick(['gt: 9', 'gte: 300', 'gte: 4, lte: 400', 'lt: 7']);
  const condition: Readonly<Record<string, string>> = {
    event_count: `, condition: {${bound}}`,
    value_count: `, condition: {${bound}, field: value}`,
    temporal: random() < 0.5 ? '' : `, condition: {gte: ${pick([1, 2])}}`,
    temporal_ordered: '',
    value_sum: `, condition: {${number}, field: value}`,
    value_avg: `, condition: {${number}, field: value}`,
    value_percentile: `, condition: {${number}, field: value, percentile: ${pick([10, 50, 95])}}`,
  };
  const body = [
    `type: ${type}, rules: [${rules.join(', ')}], group-by: [${group.join(', ')}]`,
    `aliases: {${aliases.join(', ')}}, timespan: ${pick(['3s', '9s', '20s', '2m'])}, generate: true${condition[type]}`,
  ].join(', ');
  return { group, body };
}
