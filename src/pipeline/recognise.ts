import { newline } from '../bytes/codes.ts';
import type { Format, Sample } from '../model/format.ts';

/** Bytes of an input that recognition sees. */
export const sampleSize = 65_536;
const sampleLines = 50;
const sampleLineLength = 4096;
/** Below this score an input is not read at all. */
const acceptable = 0.3;
/** Below this score, or with a runner-up this close, the report says that the guess is a guess. */
const sureScore = 0.6;
const sureLead = 0.1;

interface Recognised {
  /** undefined: no format claims the input. */
  readonly format: Format | undefined;
  readonly score: number;
  readonly sure: boolean;
  /** Names of the other formats that claim it, best first. */
  readonly alternatives: readonly string[];
}

/** The head of an input as recognition wants it. */
function sampleOf(head: Uint8Array, name: string): Sample {
  const bytes = head.length > sampleSize ? head.subarray(0, sampleSize) : head;
  return { bytes, lines: isText(bytes) ? linesOf(bytes) : [], name };
}

/** Picks the format of an input from its first bytes. `options`: settings of formats by name. */
export function recognise(
  head: Uint8Array,
  name: string,
  formats: readonly Format[],
  options: Readonly<Record<string, unknown>> = {},
): Recognised {
  const sample = sampleOf(head, name);
  const scored = formats
    .map((format) => ({ format, score: format.recognise(sample, options[format.name]) }))
    .filter(({ score }) => score >= acceptable)
    .sort((x, y) => y.score - x.score || (x.format.name < y.format.name ? -1 : 1));
  const best = scored.at(0);
  const second = scored.at(1)?.score ?? 0;
  return {
    format: best?.format,
    score: best?.score ?? 0,
    sure: best !== undefined && best.score >= sureScore && best.score - second >= sureLead,
    alternatives: scored.slice(1).map(({ format }) => format.name),
  };
}

/** Few control bytes: UTF-8, Latin-1, terminal escapes and the odd NUL of a crashed writer are text. */
function isText(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, 4096);
  let control = 0;
  for (let i = 0; i < length; i++) {
    const code = bytes[i];
    if (code < 9 || (code > 13 && code < 32 && code !== 27)) control++;
  }
  return control * 20 <= length;
}

function linesOf(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && lines.length < sampleLines) {
    let stop = bytes.indexOf(newline, at);
    if (stop < 0) stop = bytes.length;
    const end = stop > at && bytes[stop - 1] === 13 ? stop - 1 : stop;
    const length = Math.min(end - at, sampleLineLength);
    lines.push(Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1'));
    at = stop + 1;
  }
  return lines;
}
