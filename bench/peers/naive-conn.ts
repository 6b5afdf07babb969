// What one writes in an afternoon: readline, split, a Map per key. Same keys, windows and thresholds, static popularity.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fanOutThresholds } from '../fan-out-thresholds.ts';
import { popularPorts } from '../popular-ports.ts';

const answered = new Set(['SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR']);
const noProbe = new Set(['SHR', 'RSTRH', 'OTH']);
const popular = new Set(popularPorts);
const keys = new Map<string, Map<string, { time: number; worth: number }>>();
const crossed = new Set<string>();

function count(
  kind: 'vertical' | 'horizontal',
  actor: string,
  of: string,
  value: string,
  time: number,
  worth: number,
): void {
  const key = `${kind} ${actor} ${of}`;
  let values = keys.get(key);
  if (values === undefined) keys.set(key, (values = new Map()));
  values.set(value, { time, worth });
  if (values.size * 2 < 20) return;
  for (const [window, threshold] of Object.entries(fanOutThresholds[kind])) {
    let score = 0;
    for (const seen of values.values()) if (seen.time > time - Number(window) * 1e6) score += seen.worth;
    if (score >= threshold) crossed.add(`${key} ${window}`);
  }
}

createInterface({ input: createReadStream(process.argv[2]) })
  .on('line', read)
  .on('close', () => console.log(crossed.size));

function read(line: string): void {
  if (line.startsWith('#')) return;
  const f = line.split('\t');
  if (f[6] === 'icmp' || noProbe.has(f[11])) return;
  const port = `${f[6]}/${f[5]}`;
  const worth = (answered.has(f[11]) ? 1 : 2) - (popular.has(port) ? 1 : 0);
  if (worth === 0) return;
  const time = Math.round(Number(f[0]) * 1e6);
  const actor = f[2].includes(':') ? f[2].split(':').slice(0, 4).join(':') : f[2];
  count('vertical', actor, f[4], port, time, worth);
  count('horizontal', actor, port, f[4], time, worth);
}
