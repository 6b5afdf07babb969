import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { parseCidr } from '../model/address.ts';
import { kinds } from '../model/finding.ts';

/** Values that people write in words: networks, sizes, zones, dates, hours. Each says what it expects. */

const network = z
  .string()
  .refine(
    (text) => parseCidr(text) !== undefined,
    'expected an address or a CIDR block such as 192.0.2.0/24',
  );

export const networks = z.array(network);

export const zone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'expected an IANA time zone such as UTC or Europe/Berlin');

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
};

/** Bytes of '512 MiB', '1.5g', 1073741824; NaN when it is no size. */
export function bytesOf(text: string | number): number {
  const match = /^\s*(\d{1,15}(?:\.\d{1,3})?)\s*([a-z]{0,3})\s*$/i.exec(String(text));
  const unit = match && units[match[2].toLowerCase()];
  return match && unit !== undefined && unit !== null ? Math.round(Number(match[1]) * unit) : Number.NaN;
}

export const size = z
  .union([z.string(), z.number()])
  .refine((text) => !Number.isNaN(bytesOf(text)), 'expected a size such as 512 MiB');

/** µs of '2026-06-30' (its begin, or with `end` the end of that day, UTC) or a full ISO 8601 time; NaN if neither. */
export function timeOf(text: string, end = false): number {
  // 'February 31st' would become March 3rd.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return Number.NaN;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const begin = Date.parse(`${text}T00:00:00Z`);
    return begin * 1000 + (end ? 86_400_000_000 - 1 : 0);
  }
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/.test(text)
    ? Date.parse(text) * 1000
    : Number.NaN;
}

export const time = z
  .string()
  .refine(
    (text) => !Number.isNaN(timeOf(text)),
    'expected a date such as 2026-06-30 or a time such as 2026-06-30T18:00:00Z',
  );

export const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Minutes of the day of '22:00-04:00'; undefined when it is something else. */
export function hoursOf(text: string): { start: number; end: number } | undefined {
  const match = /^(\d{2}):(\d{2})\s*-\s*(\d{2}):(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [startHour, startMinute, endHour, endMinute] = match.slice(1).map(Number);
  const start = startHour * 60 + startMinute;
  const end = endHour * 60 + endMinute;
  const fine = startMinute < 60 && endMinute < 60 && start < 1440 && end <= 1440 && start !== end;
  return fine ? { start, end } : undefined;
}

const allowFields = z.strictObject({
  name: z.string().min(1).describe('What the entry is called in reports.'),
  addresses: networks.min(1).describe('Who: addresses or networks of the scanner.'),
  owner: z.string().min(1).describe('Who answers for it: a person or a team.'),
  reason: z.string().min(1).describe('Why it may scan.'),
  kinds: z
    .array(z.enum(kinds))
    .default([])
    .describe('What it may do: kinds of scan. Empty: any. Other kinds are an incident.'),
  targets: networks
    .optional()
    .describe('What it may touch. Absent: anything. Other targets are an incident.'),
  from: time.optional().describe('First day or moment it holds, UTC.'),
  until: z
    .union([z.literal('never'), time])
    .describe(
      "Last day or moment it holds, UTC; 'never' has to be written out. After it the entry is reported and not applied.",
    ),
  schedule: z
    .strictObject({
      days: z.array(z.enum(days)).default([]).describe('Days of the week, UTC. Empty: every day.'),
      hours: z
        .string()
        .refine((text) => hoursOf(text) !== undefined, 'expected hours such as 22:00-04:00')
        .describe('Hours, UTC; a window over midnight belongs to the day it began on.'),
    })
    .optional()
    .describe('When it may scan. Absent: any time.'),
});
export const allowEntry = allowFields.refine(
  ({ from, until }) => from === undefined || until === 'never' || timeOf(from) <= timeOf(until, true),
  { error: 'ends before it begins (from)', path: ['until'] },
);
export type AllowEntryText = z.infer<typeof allowEntry>;

export const availableCores = (): number => Math.max(1, availableParallelism());
