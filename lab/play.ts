// Plays every actor of the lab in its own namespace: the whole-length ones beside the rest; network scans one after another, so
// that no two of them look like one with decoys; web and DNS scans likewise, beside them. Writes played.json: what ran, and when.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from '../src/model/finding.ts';
import type { Actor } from './actor.ts';
import { attacks } from './attacks.ts';
import { benign } from './benign.ts';

const out = process.argv[2];
const length = Number(process.argv[3] ?? 480);
const only = process.argv[4]?.split(',');
if (out === undefined) throw new Error('usage: play.ts FOLDER [SECONDS] [ID,ID…]');
const lab = import.meta.dirname;
const end = Math.floor(Date.now() / 1000) + length;
const cast = [...benign, ...attacks].filter((actor) => only === undefined || only.includes(actor.id));

interface Played extends Actor {
  from: number;
  to: number;
  exit: number | null;
}

/** Runs a program to its end. Its output goes to a log of the actor. */
function run(program: string, args: string[], log: string, seconds: number): Promise<number | null> {
  const fd = openSync(log, 'a');
  const child = spawn(program, args, {
    stdio: ['ignore', fd, fd],
    detached: true,
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin:' + join(process.execPath, '..'),
      HOME: join(out, 'tmp'),
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      BASH_ENV: join(lab, 'behaviour.sh'),
      LAB: lab,
      END: String(end),
      LENGTH: String(length),
      WORDS: join(out, 'words'),
      SITE_LISTS: join(out, 'site'),
      TMP: join(out, 'tmp', log.replace(/^.*\/|\.log$/g, '')),
    },
  });
  return new Promise((done, fail) => {
    // The whole process group, so that no tool outlives its turn.
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), seconds * 1000);
    child.once('error', fail);
    child.once('close', (code) => {
      clearTimeout(timer);
      closeSync(fd);
      done(code);
    });
  });
}

async function play(actor: Actor): Promise<Played> {
  const limit = actor.limit ?? (actor.whole === true ? length + 5 : 60);
  mkdirSync(join(out, 'tmp', actor.id), { recursive: true });
  const from = Date.now();
  const log = join(out, 'log', 'actors', `${actor.id}.log`);
  const exit = await run(
    'ip',
    ['netns', 'exec', `otlab-${actor.inside ?? actor.id}`, 'bash', '-c', actor.command],
    log,
    limit,
  );
  const to = Date.now();
  process.stderr.write(
    `  ${actor.id}: ${((to - from) / 1000).toFixed(1)} s${exit === 0 ? '' : `, exit ${exit}`}\n`,
  );
  return { ...actor, from, to, exit };
}

mkdirSync(join(out, 'log', 'actors'), { recursive: true });
const played: Promise<Played>[] = cast.filter((actor) => actor.whole === true).map(play);
const queue = cast.filter((actor) => actor.whole !== true);
const APPLICATION = new Set<Kind>([
  'wordlist',
  'vulnerability',
  'web-fingerprint',
  'dns-enumeration',
  'zone-transfer',
  'reverse-sweep',
]);
const lanes = [true, false].map(async (application) => {
  for (const actor of queue) {
    if (actor.kinds.some((kind) => kind !== 'campaign' && !APPLICATION.has(kind)) === application) continue;
    played.push(Promise.resolve(await play(actor)));
  }
});
await Promise.all(lanes);
writeFileSync(join(out, 'played.json'), JSON.stringify(await Promise.all(played), null, 1));
