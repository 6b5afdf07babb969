import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announce, forget, place, placed } from './kernel.ts';
import { LineSteps, StepKind } from './line-steps.ts';
import type { LineStep } from './line-steps.ts';

interface Walk {
  readonly reached: number;
  /** Start and end of the fields. */
  readonly fields: (readonly [number, number, number])[];
}

/** One character after the other. */
function walked(steps: readonly LineStep[], required: number, line: string): Walk {
  const fields: [number, number, number][] = [];
  const no = { reached: -1, fields };
  let at = 0;
  let i = 0;
  for (; i < steps.length; i++) {
    if (at >= line.length && i >= required) break;
    const { kind, text, blank, joined } = steps[i];
    if (kind === StepKind.field) {
      let to = fieldEnd(line, at, text, blank);
      if (to < 0 && i + 1 === required) to = fieldEnd(line, at, '', blank);
      if (to < 0) return no;
      fields.push([i, at, to]);
      at = to;
      if (joined && at < line.length) at += steps[++i].text.length;
    } else if (kind === StepKind.literal) {
      if (!line.startsWith(text, at)) {
        if (i >= required && at >= line.length - 1) break;
        return no;
      }
      at += text.length;
    } else if (kind === StepKind.blanks) {
      if (line[at] !== ' ') return no;
      while (line[at] === ' ') at++;
    } else return { reached: -2 - i, fields };
  }
  return line.slice(at).trim() === '' ? { reached: i, fields } : no;
}

function fieldEnd(line: string, from: number, stop: string, blank: boolean): number {
  for (let at = from; at < line.length; at++) {
    if (stop !== '' && line.startsWith(stop, at)) return at;
    if (line[at] === ' ' && !blank) return -1;
    if (line[at] === '\\' && stop.startsWith('"')) at++;
  }
  return stop === '' ? line.length : -1;
}

/** Walks the line as the kernel does, other text in front of it and behind it. */
function kernelWalk(steps: readonly LineStep[], required: number, line: string, held: boolean): Walk {
  const list = LineSteps.of(steps, required);
  const bytes = Buffer.from(`" ${line}" "x`, 'latin1');
  if (held) announce(bytes, 0, bytes.length);
  const base = place(bytes, 2, bytes.length - 4);
  const reached = list.walk(base, 2, placed, 0);
  forget();
  const done = reached < -1 ? -2 - reached : reached;
  const fields = steps.flatMap(({ kind }, step) =>
    kind === StepKind.field && step < done ? [[step, list.start[step] - 2, list.end[step] - 2] as const] : [],
  );
  return { reached, fields };
}

const literal = fc.constantFrom(' ', '" "', '" ', ' "', ':', '] [', '", "', ' - a rather long literal - ');
const field = fc.record({ blank: fc.boolean(), own: fc.option(fc.constantFrom('/', '"')) });
const filling = fc.stringMatching(/^(?:[a-z\-/:]{0,9}|\\"|"| |[a-z]{30})$/);
const layout = fc.array(
  fc.oneof({ arbitrary: literal, weight: 4 }, { arbitrary: field, weight: 4 }, fc.constantFrom(1, 2)),
  {
    minLength: 1,
    maxLength: 12,
  },
);

test('walks a line as one would character by character', () => {
  const lines = { whole: 0, broken: 0, other: 0 };
  fc.assert(
    fc.property(
      layout,
      fc.array(filling, { minLength: 12, maxLength: 12 }),
      fc.nat(14),
      fc.option(fc.stringMatching(/^[ "a\\]{0,20}$/)),
      fc.boolean(),
      (pieces, fillings, missing, random, held) => {
        const steps = pieces.map((piece, i): LineStep => {
          const next = pieces.at(i + 1);
          if (typeof piece === 'string')
            return { kind: StepKind.literal, text: piece, blank: false, joined: false };
          if (piece === 1) return { kind: StepKind.blanks, text: '', blank: false, joined: false };
          if (piece === 2) return { kind: StepKind.other, text: '', blank: false, joined: false };
          const { own, blank } = piece;
          const joined = own === null && typeof next === 'string';
          const text = own ?? (i + 1 === pieces.length ? '' : typeof next === 'string' ? next : ' ');
          return { kind: StepKind.field, text, blank, joined };
        });
        const required = Math.max(0, Math.min(steps.length, steps.length + 6 - missing));
        // Mostly a line that the steps were made for, or its beginning.
        const line =
          random ??
          pieces
            .slice(0, missing > 9 ? required : 12)
            .map((piece, i) => (typeof piece === 'string' ? piece : piece === 1 ? '  ' : fillings[i]))
            .join('');
        const expected = walked(steps, required, line);
        const { reached, fields } = kernelWalk(steps, required, line, held);
        expect(reached).toBe(expected.reached);
        if (reached === -1) lines.broken++;
        else expect(fields).toEqual(expected.fields);
        if (reached >= 0) lines.whole++;
        else if (reached < -1) lines.other++;
      },
    ),
    { numRuns: 6000 },
  );
  // All three have been met often enough to mean something.
  expect(Math.min(lines.whole, lines.broken, lines.other)).toBeGreaterThan(300);
});
