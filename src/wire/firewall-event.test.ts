import { expect, test } from 'vitest';
import { outcomeNames, Proto } from '../model/event.ts';
import { closedOutcome, severityOf } from './firewall-event.ts';
import { verdictWithin, verdictWord } from './verdict-words.ts';
import { zoneNameOffset } from './zone-names.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  // protocol, packets back, bytes back, reset by the target
  [Proto.tcp, 0, 0, false, 'unanswered'],
  [Proto.tcp, -1, 0, false, 'unanswered'],
  [Proto.tcp, -1, -1, false, 'unknown'],
  [Proto.tcp, 1, 40, true, 'refused'],
  [Proto.tcp, -1, 40, true, 'refused'],
  [Proto.tcp, -1, 44, false, 'answered'],
  [Proto.tcp, 7, 900, true, 'answered'],
  [Proto.tcp, -1, 900, true, 'answered'],
  [Proto.udp, 1, 40, true, 'answered'],
  [Proto.udp, 0, -1, false, 'unanswered'],
] as const)(
  'protocol %d, %d packets and %d bytes back, reset %s: %s',
  (proto, packets, bytes, reset, outcome) => {
    expect(outcomeNames[closedOutcome(proto, packets, bytes, reset)]).toBe(outcome);
  },
);

test('words of firewalls', () => {
  const names = ['none', 'denied', 'passed'];
  const word = (text: string): string => names[verdictWord(bytesOf(text), 0, text.length)];
  const within = (text: string): string => names[verdictWithin(bytesOf(text), 0, text.length)];
  expect(['Deny', 'DROPPED', 'blocked', 'Reject', 'Prevent', 'reset-both', 'discard'].map(word)).toEqual(
    Array.from({ length: 7 }, () => 'denied'),
  );
  expect(['Accept', 'allowed', 'PASS', 'permitted', 'Trust'].map(word)).toEqual(
    Array.from({ length: 5 }, () => 'passed'),
  );
  expect(['', 'd', 'alert', 'Detect', 'Monitor', 'forward', 'undropped', 'close'].map(word)).toEqual(
    Array.from({ length: 8 }, () => 'none'),
  );
  expect(within('fwd-drop invalid')).toBe('denied');
  expect(within('WAN_ACCEPT')).toBe('passed');
  expect(within('accept, then drop')).toBe('denied');
  expect(within('raindrops')).toBe('none');
});

test('severities and zones by name; what means several things is none', () => {
  const severity = (text: string): number => severityOf(bytesOf(text), 0, text.length);
  expect(['critical', 'High', 'medium', 'LOW', 'informational', 'notice', '?'].map(severity)).toEqual([
    1, 1, 2, 3, 4, 4, 0,
  ]);
  const hours = (text: string): number => zoneNameOffset(bytesOf(text), 0, text.length) / 3_600_000_000;
  expect(['UTC', 'EST', 'CEST', 'NZDT'].map(hours)).toEqual([0, -5, 2, 13]);
  expect(['IST', 'BST', 'CST', 'utc', ''].map(hours)).toEqual([NaN, NaN, NaN, NaN, NaN]);
});
