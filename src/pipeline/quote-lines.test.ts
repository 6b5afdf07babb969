import { expect, test } from 'vitest';
import type { Incident } from '../model/incident.ts';
import type { ByteInput } from '../model/source.ts';
import { quoteLines } from './quote-lines.ts';

const incidentOf = (address: string, ...lines: number[]): Incident =>
  ({
    actor: { addresses: [address] },
    evidence: lines.map((line) => ({ source: 'fw.log', line, raw: '', time: '' })),
  }) as unknown as Incident;

/** Hands the text out in pieces of `size` bytes. */
function inputOf(text: string, size: number): ByteInput {
  const bytes = Buffer.from(text);
  let position = 0;
  return {
    name: 'fw.log',
    modified: 0,
    size: bytes.length,
    warning: '',
    get position() {
      return position;
    },
    next(buffer, at) {
      const piece = bytes.subarray(position, position + size);
      buffer.set(piece, at);
      position += piece.length;
      return piece.length;
    },
    close() {
      position = bytes.length;
    },
  };
}

const log = 'SRC=192.0.2.1 a\r\nSRC=192.0.2.2 b\n\nSRC=192.0.2.1 c\nSRC=192.0.2.1 the last';

async function quoted(incident: Incident, text = log, size = 1024): Promise<string[]> {
  await quoteLines(
    [incident],
    async (source) => source === 'fw.log',
    async () => inputOf(text, size),
  );
  return incident.evidence.map(({ raw }) => raw);
}

test.each([1, 2, 7, 1024])('lines are quoted, in pieces of %i bytes', async (size) => {
  expect(await quoted(incidentOf('192.0.2.1', 1, 4, 5, 6), log, size)).toEqual([
    'SRC=192.0.2.1 a',
    'SRC=192.0.2.1 c',
    'SRC=192.0.2.1 the last',
    '',
  ]);
});

test('not: a line that names somebody else, what was quoted already, binary inputs, files that are gone', async () => {
  expect(await quoted(incidentOf('192.0.2.1', 2))).toEqual(['']);
  const known = incidentOf('192.0.2.1', 1);
  known.evidence[0].raw = 'as it was';
  expect(await quoted(known)).toEqual(['as it was']);
  const binary = incidentOf('192.0.2.1', 1);
  binary.evidence[0].source = 'capture.pcap';
  expect(await quoted(binary)).toEqual(['']);
  const gone = incidentOf('192.0.2.1', 1);
  await quoteLines(
    [gone],
    async () => true,
    async () => {
      throw new Error('no such file');
    },
  );
  expect(gone.evidence[0].raw).toBe('');
});

test('an endless line is cut', async () => {
  const [raw] = await quoted(incidentOf('192.0.2.1', 1), `192.0.2.1 ${'x'.repeat(10_000)}\n`, 700);
  expect(raw).toHaveLength(1024);
});
