import * as z from 'zod';
import { patternProblem } from '../wire/time-pattern.ts';
import { zone } from './values.ts';

/*
 * A mapping file says in YAML what the records of a log mean, so that Offtrail reads it without code. docs/inputs/mapping.md
 * has the whole of it with an example.
 */

const ends = ['sourcePort', 'target', 'targetPort', 'protocol'] as const;

/** What a record of each kind may say. `source` is always there. */
const mappedFields = {
  contact: [...ends, 'icmpType', 'icmpCode', 'size'],
  request: [
    'sourcePort',
    'target',
    'targetPort',
    'host',
    'method',
    'url',
    'path',
    'query',
    'request',
    'status',
    'size',
    'agent',
    'referer',
    'user',
    'forwardedFor',
    'realIp',
  ],
  query: [...ends, 'name', 'type', 'rcode', 'answer'],
  login: [...ends, 'user', 'service'],
  alert: [...ends, 'name', 'detail', 'severity'],
} as const;
type MappedKind = keyof typeof mappedFields;
const mappedKinds = Object.keys(mappedFields) as readonly MappedKind[];
export type MappedField = 'source' | (typeof mappedFields)[MappedKind][number];
export const allMappedFields: readonly MappedField[] = [
  ...new Set<MappedField>(['source', ...mappedKinds.flatMap((kind) => mappedFields[kind])]),
];

const contactResults = ['answered', 'refused', 'denied', 'unanswered', 'unknown', 'passed'] as const;
const loginResults = ['success', 'failure'] as const;

const key = z.string().min(1).max(200);
/** One key of the record, or several: the first that holds something counts. */
const keys = z.union([key, z.array(key).min(1).max(8)]);
const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);
const words = z.union([scalar, z.array(scalar).min(1).max(100)]);
const results = [...contactResults, ...loginResults] as const;

const timePattern = z.string().superRefine((text, context) => {
  const problem = ['auto', 'syslog'].includes(text) ? '' : patternProblem(text);
  if (problem !== '') {
    context.addIssue({
      code: 'custom',
      message: `expected auto, syslog or a strptime pattern such as "%d.%m.%Y %H:%M:%S" (${problem})`,
    });
  }
});

const time = z.union([
  key,
  z.strictObject({
    field: key.describe('The key that holds the stamp, or its date.'),
    clock: key.optional().describe('The key that holds the time of day, where that is another.'),
    format: timePattern.default('auto').describe('auto, syslog, or a pattern.'),
    zone: zone.optional().describe('Zone of stamps that carry none; else time.zone of the configuration.'),
  }),
]);

const rules = z.strictObject({
  field: keys.describe('The key that says how it ended.'),
  ...Object.fromEntries(results.map((result) => [result, words.optional()])),
  otherwise: z
    .enum(results)
    .optional()
    .describe('For words that stand nowhere; absent: such records are no events.'),
});

export const mappingSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected letters, digits and hyphens')
      .describe('What the log is called.'),
    lines: z.enum(['json', 'csv', 'key-value']).describe('How a line holds its fields.'),
    envelope: z
      .enum(['none', 'syslog'])
      .default('none')
      .describe('syslog: each line begins with a syslog header, whose time counts where `time` is absent.'),
    delimiter: z
      .string()
      .length(1)
      .optional()
      .describe(
        'What parts the fields of csv (a comma unless given), and besides blanks those of key-value.',
      ),
    columns: z
      .array(key)
      .min(1)
      .max(200)
      .optional()
      .describe('Names of csv columns; absent: the first line has them.'),
    event: z.enum(mappedKinds as [MappedKind, ...MappedKind[]]).describe('What a record is.'),
    when: z
      .record(key, words)
      .default({})
      .describe('Only records whose keys have one of these values are meant.'),
    time: time.optional(),
    fields: z
      .strictObject(
        Object.fromEntries(allMappedFields.map((field) => [field, keys.optional()])) as Record<
          MappedField,
          z.ZodOptional<typeof keys>
        >,
      )
      .describe('Field of the event: key of the record.'),
    constants: z
      .strictObject(
        Object.fromEntries(allMappedFields.map((field) => [field, scalar.optional()])) as Record<
          MappedField,
          z.ZodOptional<typeof scalar>
        >,
      )
      .prefault({})
      .describe('Field of the event: what it always is, where the record does not say.'),
    outcome: z
      .union([z.enum(results), rules])
      .optional()
      .describe('How a contact or a login ended.'),
  })
  .superRefine((mapping, context) => {
    const issue = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const { event } = mapping;
    const allowed: readonly string[] = ['source', ...mappedFields[event]];
    for (const part of ['fields', 'constants'] as const) {
      for (const [field, value] of Object.entries(mapping[part])) {
        if (value !== undefined && !allowed.includes(field))
          issue([part, field], `a ${event} has no ${field}; it has ${allowed.join(', ')}`);
      }
    }
    if (mapping.fields.source === undefined) issue(['fields'], 'expected source: the key of who began');
    if (event === 'query' && mapping.fields.name === undefined)
      issue(['fields'], 'expected name: the key of the name asked for');
    if (event === 'alert' && mapping.fields.name === undefined && mapping.constants.name === undefined)
      issue(['fields'], 'expected name: the key of the signature');
    if (mapping.time === undefined && mapping.envelope === 'none')
      issue([], 'expected time: the key of the time stamp');
    if (mapping.columns !== undefined && mapping.lines !== 'csv') issue(['columns'], 'only csv has columns');
    const meant: readonly string[] =
      event === 'login' ? loginResults : event === 'contact' ? contactResults : [];
    const { outcome } = mapping;
    if (event === 'login' && outcome === undefined)
      issue([], 'expected outcome: which words are success, which failure');
    if (outcome === undefined) return;
    const used =
      typeof outcome === 'string'
        ? [outcome]
        : [
            ...results.filter((result) => (outcome as Record<string, unknown>)[result] !== undefined),
            ...(outcome.otherwise === undefined ? [] : [outcome.otherwise]),
          ];
    for (const word of used) {
      if (!meant.includes(word))
        issue(
          ['outcome'],
          meant.length === 0
            ? `a ${event} has no outcome`
            : `a ${event} ends as ${meant.join(', ')}, not ${word}`,
        );
    }
  });

export type Mapping = z.output<typeof mappingSchema>;
/** The `outcome` of a mapping as rules. */
export type OutcomeRules = Exclude<Mapping['outcome'], string | undefined>;
