import { expect, test } from 'vitest';
import { EventBatch, Text } from '../model/event.ts';
import type { LineReader } from '../model/format.ts';
import { ContainerLines, outOfContainers } from './container-lines.ts';

/** Makes a row of every line that does not begin with '!'. */
const plain: LineReader = {
  line(batch, bytes, start, end) {
    if (start >= end) return '';
    if (bytes[start] === 33) return 'a line that begins so';
    const row = batch.length++;
    batch.setText(row, Text.path, start, end);
    return '';
  },
};

/** The rows' texts when all is read, and why lines were refused. */
function read(lines: readonly string[]): { texts: string[]; reasons: string[] } {
  const reader = new ContainerLines(plain);
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const batch = new EventBatch();
  batch.bytes = bytes;
  const reasons: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    const reason = reader.line(batch, bytes, start, end);
    if (reason !== '') reasons.push(reason);
    start = end + 1;
  }
  return { texts: Array.from({ length: batch.length }, (_, row) => batch.text(row, Text.path)), reasons };
}

const docker = (log: string, stream = 'stdout'): string =>
  JSON.stringify({ log, stream, time: '2026-11-22T00:32:11.25Z' });
const cri = (text: string, tag = 'F', stream = 'stdout'): string =>
  `2026-11-22T00:32:11.250000000Z ${stream} ${tag} ${text}`;

test('lines of Docker and of CRI are handed on as they were written, others as they are', () => {
  const lines = [
    docker('"one" \\ é\n'),
    cri('"two" \\ é'),
    '2026-11-22T00:32:11.250000000+01:00 stderr F three',
    cri('four', 'F:x'),
    docker('five', 'stderr'),
    docker('\n'),
    cri(''),
    'six',
    '2026-11-22T00:32:11.25Z host six: stdout F',
    '{"seven":1}',
    '{"log":"eight"}',
    docker('!nine\n'),
    '{"log":"ten',
  ];
  expect(read(lines)).toEqual({
    texts: [
      '"one" \\ é',
      '"two" \\ é',
      'three',
      'four',
      'five',
      'six',
      '2026-11-22T00:32:11.25Z host six: stdout F',
      '{"seven":1}',
      '{"log":"eight"}',
    ],
    reasons: ['a line that begins so', 'not a whole JSON object'],
  });
});

test('pieces of a line are put together, those of the other stream are not', () => {
  const long = 'x'.repeat(16_384);
  const lines = [
    cri('a1', 'P'),
    cri('b1', 'P', 'stderr'),
    cri('a2', 'P'),
    cri('b2', 'F', 'stderr'),
    cri('a3'),
    cri('c'),
    docker(long),
    docker('other\n', 'stderr'),
    docker(long),
    docker('end\n'),
    docker('alone\n'),
  ];
  expect(read(lines)).toEqual({
    texts: ['b1b2', 'a1a2a3', 'c', 'other', `${long}${long}end`, 'alone'],
    reasons: [],
  });
});

test('a line of more pieces than are kept is counted once and costs no other', () => {
  const piece = cri('x'.repeat(16_384), 'P');
  const { texts, reasons } = read([...Array.from({ length: 5000 }, () => piece), cri('end'), cri('next')]);
  expect(texts).toEqual(['next']);
  expect(reasons).toEqual(['a container’s line of more than 128 KiB']);
});

test('recognition sees what is inside', () => {
  const lines = [docker('GET "x"\n'), cri('GET "y"', 'P'), '{"log":"cut', 'z', ''];
  const sample = { bytes: new Uint8Array(0), lines, name: '' };
  expect(outOfContainers(sample).lines).toEqual(['GET "x"', 'GET "y"', '{"log":"cut', 'z', '']);
  const bare = { ...sample, lines: ['z'] };
  expect(outOfContainers(bare)).toBe(bare);
});
