import { safeJson } from '../base/safe-text.ts';
import type { Output } from '../model/output.ts';

/** The JSON contract: one incident a line, then the summary. JSON escapes control characters by itself, bidi ones too here. */
export const ndjson: Output = {
  name: 'ndjson',
  title: 'One JSON object a line: incidents, then the summary',
  *render({ incidents, summary }) {
    for (const incident of incidents) yield `${safeJson(incident)}\n`;
    yield `${safeJson(summary)}\n`;
  },
};
