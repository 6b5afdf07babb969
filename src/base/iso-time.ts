/** '2026-01-02T03:04:05.678901Z' of integer microseconds UTC; years 0000–9999. */
export function isoMicros(time: number): string {
  const seconds = Math.floor(time / 1_000_000);
  const micros = time - seconds * 1_000_000;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}
