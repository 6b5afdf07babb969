import type { Output } from '../model/output.ts';

/** The JSON contract: one incident a line, then the summary. JSON escapes control characters by itself, bidi ones too here. */
export const ndjson: Output = {
  name: 'ndjson',
  title: 'One JSON object a line: incidents, then the summary',
  *render({ incidents, summary }) {
    for (const incident of incidents) yield `${jsonLine(incident)}\n`;
    yield `${jsonLine(summary)}\n`;
  },
};

// JSON leaves C1 controls, line separators and bidirectional controls as they are; a terminal obeys them.
const invisible = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON on one line that is safe to show on a terminal and reads back as the same value. */
function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    invisible,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
