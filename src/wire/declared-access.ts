import * as z from 'zod';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader, Sample } from '../model/format.ts';
import { AddressSet } from '../model/address.ts';
import { FieldSteps } from './field-steps.ts';
import { compileLogFormat, LogFormatError } from './log-format.ts';
import { shareOf } from './recognition.ts';

const logFormat = z.string().superRefine((text, context) => {
  try {
    compileLogFormat(text, new Zone('UTC'));
  } catch (error) {
    if (!(error instanceof LogFormatError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** Settings of access logs: the layout that the site declared to its server. */
export const declaredAccessConfig = z.object({
  log_format: z
    .union([logFormat, z.array(logFormat)])
    .optional()
    .describe(
      "nginx's log_format or Apache's LogFormat of these logs, as it stands in the server's configuration or its bare string; several as a list. Absent: the common and combined forms.",
    ),
});

function layoutsOf(options: unknown): readonly string[] {
  const { log_format: declared } = (options ?? {}) as z.infer<typeof declaredAccessConfig>;
  return declared === undefined ? [] : typeof declared === 'string' ? [declared] : declared;
}

function stepsOf(info: InputInfo, texts: readonly string[]): FieldSteps {
  const zone = new Zone(info.zone);
  return new FieldSteps(
    info,
    texts.map((text) => compileLogFormat(text, zone)),
  );
}

/** A reader of the declared layouts that leaves other lines to `plain`; undefined when none is declared. */
export function declaredAccess(
  info: InputInfo,
  plain: (info: InputInfo) => LineReader,
): LineReader | undefined {
  const texts = layoutsOf(info.options);
  return texts.length === 0 ? undefined : new DeclaredReader(stepsOf(info, texts), plain(info));
}

class DeclaredReader implements LineReader {
  readonly #declared: LineReader;
  readonly #plain: LineReader;

  constructor(declared: LineReader, plain: LineReader) {
    this.#declared = declared;
    this.#plain = plain;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const reason = this.#declared.line(batch, bytes, start, end);
    if (reason === '' || this.#plain.line(batch, bytes, start, end) === '') return '';
    return reason;
  }
}

/** Compiled layouts by the settings they come from: recognition asks again for every odd line. */
const compiled = new WeakMap<object, FieldSteps>();

/** The share of the sample's lines that have a declared layout. */
export function shareOfDeclared(sample: Sample, options: unknown): number {
  const texts = layoutsOf(options);
  if (texts.length === 0) return 0;
  const key = options as object;
  let steps = compiled.get(key);
  if (steps === undefined) {
    const trustedProxies = new AddressSet([]);
    steps = stepsOf({ index: 0, name: '', modified: 0, zone: 'UTC', options, trustedProxies }, texts);
    compiled.set(key, steps);
  }
  const reader = steps;
  return shareOf(sample, (line) => {
    const bytes = Buffer.from(line, 'latin1');
    return reader.fits(bytes, 0, bytes.length);
  });
}
