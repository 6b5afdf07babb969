import * as z from 'zod';
import { assetsSection, contextSection } from './context-schema.ts';
import { allowEntry, networks, size, zone } from './values.ts';

/** What a plugin brings to the configuration: its part of the tree. */
export interface Section {
  readonly name: string;
  readonly config: z.ZodType;
}

const coresWanted = 'expected a number from 1 to 64, or all';

/**
 * The whole tree of offtrail.yaml: a few settings of the program, below `formats` one section per format that has settings,
 * and below `detectors` one per detector, built from its own schema. Every key has a description; `config dump` and docs/configuration.md print them.
 */
export function configSchema(detectors: readonly Section[], formats: readonly Section[] = []): z.ZodObject {
  const sections = Object.fromEntries(
    detectors.map(({ name, config }) => [
      name,
      z
        .union([z.literal(false), config])
        .prefault({})
        .describe(`Thresholds of the detector ${name}; false switches it off.`),
    ]),
  );
  return z.strictObject({
    home: networks
      .optional()
      .describe(
        'The networks that you defend. Too small: scans of the rest look outbound. Too large: outsiders count as insiders. Absent: guessed from the first events, and the report says how.',
      ),
    time: z
      .strictObject({
        zone: zone
          .default('UTC')
          .describe('Zone of time stamps that carry none, as an IANA name. Wrong: sensors do not line up.'),
        year: z
          .int()
          .min(1970)
          .max(9999)
          .optional()
          .describe(
            'Year of the newest stamp in logs that carry no year. Absent: taken from the modification time of the file.',
          ),
      })
      .prefault({})
      .describe('How time stamps are read.'),
    proxies: z
      .strictObject({
        trusted: networks
          .default([])
          .describe(
            'Proxies whose X-Forwarded-For is believed. A wrong entry lets anyone choose the address that is blamed.',
          ),
      })
      .prefault({})
      .describe('Who may speak for somebody else.'),
    memory: size
      .default('512 MiB')
      .describe(
        'Ceiling of the process. Lower: long scans lose their oldest traces sooner, which is counted.',
      ),
    cores: z
      .union([z.literal('all'), z.int(coresWanted).min(1, coresWanted).max(64, coresWanted)], coresWanted)
      .default('all')
      .describe('Threads at most. The findings are the same with any number.'),
    ...(formats.length > 0 && {
      formats: z
        .strictObject(
          Object.fromEntries(
            formats.map(({ name, config }) => [
              name,
              config.prefault({}).describe(`Settings of the format ${name}.`),
            ]),
          ),
        )
        .prefault({})
        .describe('One section per format that has settings.'),
    }),
    detectors: z.strictObject(sections).prefault({}).describe('One section per detector.'),
    assets: assetsSection,
    context: contextSection,
    allowlist: z
      .array(allowEntry)
      .default([])
      .describe(
        'Authorised scanners. They stay visible, labelled with owner and end; what an entry does not cover is an incident.',
      ),
  });
}

/** What stands at one key of the tree: walked by the dump, the environment and the suggestions. */
interface Node {
  readonly schema: z.ZodType;
  readonly description: string;
  /** Keys below, when it is an object. */
  readonly children: ReadonlyMap<string, z.ZodType> | undefined;
  readonly list: boolean;
}

interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly element?: z.ZodType;
}

/** Takes off defaults, optionals, pipes and `false | …` until something with a shape is left. */
export function nodeOf(schema: z.ZodType): Node {
  let description = schema.description ?? '';
  let inner = schema;
  for (;;) {
    const def = inner.def as unknown as Def;
    let next: z.ZodType | undefined = def.innerType ?? def.in;
    if (def.type === 'union') next = def.options?.find((option) => nodeOf(option).children !== undefined);
    if (!next) break;
    inner = next;
    description ||= inner.description ?? '';
  }
  const children = inner instanceof z.ZodObject ? new Map(Object.entries(inner.shape)) : undefined;
  return { schema, description, children, list: inner instanceof z.ZodArray };
}

/** The element schema of a list; undefined for anything else. */
export function elementOf(schema: z.ZodType): z.ZodType | undefined {
  let inner: z.ZodType | undefined = schema;
  while (inner && !(inner instanceof z.ZodArray)) {
    const def = inner.def as unknown as Def;
    inner = def.innerType ?? def.in;
  }
  return inner?.element as z.ZodType | undefined;
}

/** Every key that takes a value (not a section), with its path. */
export function* leaves(
  schema: z.ZodType,
  path: readonly string[] = [],
): Generator<{ path: readonly string[]; node: Node }> {
  const node = nodeOf(schema);
  if (!node.children) {
    yield { path, node };
    return;
  }
  for (const [key, child] of node.children) yield* leaves(child, [...path, key]);
}
