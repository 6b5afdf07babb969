import { isoMicros } from '../base/iso-time.ts';
import type { AllowEntry } from './context.ts';

/** Why an entry of the allowlist does not hold at a time (µs); undefined when it does. */
export function lackAt(entry: AllowEntry, time: number): string | undefined {
  if (time < entry.from) return `Entry ${entry.name} holds from ${isoMicros(entry.from)} on.`;
  if (time > entry.until) return `Entry ${entry.name} ended ${isoMicros(entry.until)}.`;
  return inSchedule(entry, time) ? undefined : `Outside the schedule of entry ${entry.name}.`;
}

const minuteMicros = 60_000_000;
const dayMinutes = 1440;

/** A window that ends before it starts runs over midnight and belongs to the day it started on. */
function inSchedule({ schedule }: AllowEntry, time: number): boolean {
  if (!schedule) return true;
  const minutes = Math.floor(time / minuteMicros);
  const minute = ((minutes % dayMinutes) + dayMinutes) % dayMinutes;
  // 1 January 1970 was a Thursday.
  const weekday = (((Math.floor(minutes / dayMinutes) + 4) % 7) + 7) % 7;
  const on = (day: number): boolean => schedule.days.length === 0 || schedule.days.includes(day);
  if (schedule.start <= schedule.end) {
    return on(weekday) && minute >= schedule.start && minute < schedule.end;
  }
  return minute >= schedule.start ? on(weekday) : minute < schedule.end && on((weekday + 6) % 7);
}
