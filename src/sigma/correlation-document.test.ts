import { expect, test } from 'vitest';
import { readSigma } from './document.ts';
import { lint } from './lint.ts';

const base = 'group-by: [x]\n    timespan: 5m';

function read(correlation: string): { bounds: unknown } | { fault: string; refused: boolean } {
  const { documents, faults } = readSigma(
    `title: C\ncorrelation:\n    ${correlation.replaceAll('\n', '\n    ')}\n`,
    'c.yml',
  );
  const [fault] = faults;
  if (fault !== undefined) return { fault: fault.message, refused: fault.refused };
  const [rule] = documents;
  return { bounds: rule.kind === 'correlation' ? rule.bounds : undefined };
}
const temporal = (condition: string, type = 'temporal'): ReturnType<typeof read> =>
  read(`type: ${type}\nrules: [a, b-1, c]\n${base.replaceAll('    ', '')}\ncondition: ${condition}`);
const least = (value: number) => ({ bounds: [{ op: 'gte', value }] });

test('a condition over rule names is a number of rules, where it is one', () => {
  expect(temporal('a and b-1 and c')).toEqual(least(3));
  expect(temporal('a AND b-1 AND c')).toEqual(least(3));
  expect(temporal('all of them')).toEqual(least(3));
  expect(temporal('a or b-1 or c')).toEqual(least(1));
  expect(temporal('1 of them')).toEqual(least(1));
  expect(temporal('(a and b-1) or (a and c) or (b-1 and c)')).toEqual(least(2));
  expect(temporal('a AND b-1 AND c', 'temporal_ordered')).toEqual(least(3));
});

test('what tells the rules apart, or is true of nothing, is refused with its place', () => {
  for (const condition of ['a and (b-1 or c)', 'a and b-1', 'a and not c'])
    expect(temporal(condition)).toMatchObject({
      fault: expect.stringMatching(
        /^c\.yml:7:16: this condition tells its rules apart.*\(rule "C"\)$/,
      ) as string,
      refused: true,
    });
  expect(temporal('not (a or b-1 or c)')).toMatchObject({
    fault: expect.stringContaining('"not"') as string,
    refused: true,
  });
  expect(temporal('a and d')).toMatchObject({
    fault: 'c.yml:7:22: the condition names "d", which is not defined (rule "C")',
    refused: false,
  });
  expect(temporal('1 of them', 'temporal_ordered')).toMatchObject({
    fault: expect.stringContaining('an ordered correlation asks for all its rules') as string,
  });
  expect(read('type: event_count\nrules: [a]\ntimespan: 5m\ncondition: a')).toMatchObject({
    fault: 'c.yml:6:16: the condition of event_count is a map such as "gte: 2" (rule "C")',
  });
});

test('lint says of a correlation that it never holds', () => {
  const said = (condition: string): string[] => {
    const reading = readSigma(
      `title: C\ncorrelation: {type: temporal, rules: [a, b], timespan: 5m, condition: ${condition}}\n`,
      'c.yml',
    );
    return lint({ ...reading, rules: [], files: ['c.yml'] }).map(({ fault }) => fault.reason);
  };
  for (const condition of ['{gt: 2}', '{gte: 3}', '{eq: 3}'])
    expect(said(condition)).toContain('the condition asks for more rules than the 2 it has: it never holds');
  for (const condition of ['{gt: 1}', '{gte: 2}', '{eq: 2}', '{lt: 9}'])
    expect(said(condition).filter((reason) => reason.includes('never holds'))).toEqual([]);
});
