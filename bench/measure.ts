import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './dataset.ts';

/** A program to time: whole processes, from start to exit. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  /** Pinned to the first so many of the cores that this process may use. */
  readonly cores: 1 | 2;
  /** Exit codes that mean it did its work. */
  readonly codes?: readonly number[];
}

export interface Timing {
  readonly name: string;
  readonly seconds: readonly number[];
  /** User and system time, all threads; tells how far others disturbed a run. NaN where it is not known. */
  readonly cpuSeconds: readonly number[];
  /** Largest of all runs. */
  readonly peakBytes: number;
  /** Where the last run's standard output is. */
  readonly output: string;
}

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
export const pinned = process.platform === 'linux' && has('taskset');
/** '0-3,8' → 0, 1, 2, 3, 8. */
const allowed = ((): number[] => {
  if (!pinned) return [];
  const list = /Cpus_allowed_list:\s+(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
})();
const gnuTime = '/usr/bin/time';
/** How peak memory was read: GNU time asks the kernel at exit, /proc is polled and may miss the last milliseconds. */
export const memoryBy = existsSync(gnuTime) ? 'wait4 (GNU time)' : '/proc/PID/status VmHWM, every 10 ms';

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly output: string;
}

/** Runs a contender once; throws when it fails. */
export async function runOnce(contender: Contender): Promise<Run> {
  const folder = join(dataFolder, 'out');
  mkdirSync(folder, { recursive: true });
  const output = join(folder, `${contender.name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.txt`);
  const report = `${output}.time`;
  const withTime = existsSync(gnuTime);
  const argv = [
    ...(withTime ? [gnuTime, '-q', '-f', '%M %U %S', '-o', report] : []),
    ...(pinned ? ['taskset', '-c', allowed.slice(0, contender.cores).join(',')] : []),
    ...contender.command,
  ];
  const out = openSync(output, 'w');
  const errors = openSync(`${output}.err`, 'w');
  const start = process.hrtime.bigint();
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', out, errors] });
  let polled = 0;
  const poll = withTime
    ? undefined
    : setInterval(() => {
        try {
          const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
          polled = Math.max(polled, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
        } catch {
          // It has just ended.
        }
      }, 10);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  clearInterval(poll);
  closeSync(out);
  closeSync(errors);
  if (!(contender.codes ?? [0]).includes(code ?? -1)) {
    const said = readFileSync(`${output}.err`, 'utf8').slice(0, 2000);
    throw new Error(`${contender.name} ended with ${code}: ${argv.join(' ')}\n${said}`);
  }
  if (!withTime) return { seconds, cpuSeconds: Number.NaN, peakBytes: polled, output };
  const [kilobytes, user, system] = (readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return { seconds, cpuSeconds: user + system, peakBytes: kilobytes * 1024, output };
}

/** All contenders once, then again, `runs` times: what disturbs the machine disturbs them alike. */
export async function interleave(contenders: readonly Contender[], runs: number): Promise<Timing[]> {
  const timings = contenders.map(({ name }) => ({
    name,
    seconds: [] as number[],
    cpuSeconds: [] as number[],
    peakBytes: 0,
    output: '',
  }));
  for (let run = 0; run < runs; run += 1) {
    for (const [i, contender] of contenders.entries()) {
      const { seconds, cpuSeconds, peakBytes, output } = await runOnce(contender);
      timings[i].cpuSeconds.push(cpuSeconds);
      timings[i].seconds.push(seconds);
      timings[i].peakBytes = Math.max(timings[i].peakBytes, peakBytes);
      timings[i].output = output;
      process.stderr.write(`  run ${run + 1}/${runs}  ${contender.name}: ${seconds.toFixed(2)} s\n`);
    }
  }
  return timings;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
