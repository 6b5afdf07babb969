/** Numbers and lists as people write them. English, and the same on every machine: nothing depends on the locale. */

/** '1,234,567'. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** '1 port', '2 ports', '1,000 addresses'. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}

/** A length of time in µs: '0.8 s', '12 s', '3 min', '2 h 5 min', '9 d 3 h'. */
export function spanOf(micros: number): string {
  const seconds = micros / 1_000_000;
  if (seconds < 1) return seconds < 0.05 ? 'an instant' : `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A window of seconds: '1 m', '5 m', '1 h', '30 d'. */
export function windowName(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} m`;
  return `${seconds} s`;
}

/** 'a', 'a and b', 'a, b and 3 more'. */
export function listed(items: readonly string[], limit = 5): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, items.length > limit ? limit : items.length);
  const rest = items.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${grouped(rest)} more`;
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Sorted numbers as ranges: [1, 2, 3, 7] → '1-3,7'. At most `limit` ranges, then '…'. */
export function ranges(sorted: readonly number[], limit = 40): string {
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (parts.length === limit) {
      parts.push('…');
      break;
    }
    const first = sorted[i];
    while (i + 1 < sorted.length && sorted[i + 1] === sorted[i] + 1) i++;
    parts.push(first === sorted[i] ? String(first) : `${first}-${sorted[i]}`);
  }
  return parts.join(',');
}

/** The first `limit` characters, with '…' when something was cut. */
export function capped(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(0, limit - 1))}…`;
}
