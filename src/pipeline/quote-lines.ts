import type { Incident } from '../model/incident.ts';
import type { ByteInput } from '../model/source.ts';

/*
 * Evidence of what many sources did together names lines whose records were gone by the time that anybody suspected them.
 * The files still hold them: they are read again, as far as the limit, and quoted. Only a line that names one of the
 * actor's addresses is: a file that was rotated meanwhile says something else on it.
 */

/** Bytes of one input that are read again at most, after decompression. */
const readAgain = 256 << 20;
const bufferSize = 1 << 20;
const rawLimit = 1024;
const newline = 10;

/** Fills the empty `raw` of evidence whose input `isText`; what cannot be read again stays empty. */
export async function quoteLines(
  incidents: readonly Incident[],
  isText: (source: string) => Promise<boolean>,
  open: (source: string) => Promise<ByteInput>,
): Promise<void> {
  const wanted = new Map<string, Map<number, Incident[]>>();
  for (const incident of incidents) {
    for (const { source, line, raw } of incident.evidence) {
      if (raw !== '' || source === '-' || source === '') continue;
      const lines = wanted.get(source) ?? new Map<number, Incident[]>();
      wanted.set(source, lines);
      lines.set(line, [...(lines.get(line) ?? []), incident]);
    }
  }
  for (const [source, lines] of wanted) {
    if (!(await isText(source))) continue;
    try {
      await quote(source, lines, await open(source));
    } catch {
      // It could be read before; that it cannot now takes nothing from the finding.
    }
  }
}

async function quote(
  source: string,
  wanted: ReadonlyMap<number, readonly Incident[]>,
  input: ByteInput,
): Promise<void> {
  const buffer = Buffer.alloc(bufferSize);
  const last = Math.max(...wanted.keys());
  let line = 1;
  /** The beginning of a wanted line, carried over from the piece before. */
  let held = '';
  let total = 0;
  const put = (text: string): void => {
    for (const incident of wanted.get(line) ?? []) fill(incident, source, line, text);
  };
  try {
    while (line <= last && total < readAgain) {
      const got = await input.next(buffer, 0);
      if (got === 0) break;
      total += got;
      let at = 0;
      for (let end = buffer.indexOf(newline, at); end >= 0 && end < got; end = buffer.indexOf(newline, at)) {
        if (wanted.has(line)) put(held + textOf(buffer, at, end));
        held = '';
        line++;
        at = end + 1;
        if (line > last) return;
      }
      if (wanted.has(line) && held.length < rawLimit) held += textOf(buffer, at, got);
    }
    if (held !== '') put(held);
  } finally {
    input.close();
  }
}

const textOf = (buffer: Buffer, from: number, to: number): string =>
  buffer.toString('utf8', from, Math.min(to, from + rawLimit));

function fill(incident: Incident, source: string, line: number, text: string): void {
  if (!incident.actor.addresses.some((address) => text.includes(address))) return;
  for (const evidence of incident.evidence) {
    if (evidence.source === source && evidence.line === line && evidence.raw === '')
      evidence.raw = text.slice(0, rawLimit).replace(/\r$/, '');
  }
}
