// `npm start`: from a fresh clone to a report. Installs and builds what is missing, reads samples/ or the files named.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from './build.mjs';
import { install, root } from './install.mjs';

install();
const cli = join(root, 'dist', 'cli.js');
if (!existsSync(cli) || newest(['src', 'kernel', 'scripts', 'package-lock.json']) > statSync(cli).mtimeMs) {
  console.error('Building …');
  await build();
}

const own = process.argv.slice(2);
// npm runs scripts in the package's folder; what the user named is relative to where the user is.
const from = process.env.INIT_CWD ?? process.cwd();
const files = own.length > 0 ? own : samples();
const done = spawnSync(process.execPath, [cli, 'detect', ...files], {
  cwd: own.length > 0 ? from : root,
  stdio: 'inherit',
});
if (done.error) throw done.error;
if (done.status === 0 && own.length === 0) {
  console.log(`
These were the recordings in samples/. What to try next:

  npm start -- /var/log/ufw.log            the same with your own files or folders
  npx offtrail detect --json samples/      for other programs: one JSON object a line
  npx offtrail explain samples/firewall.log.gz:312
                                           what Offtrail makes of one line
  npx offtrail formats                     what it can read
  npx offtrail config dump                 what is in force, and what each setting does

The README has a tour of ten minutes.`);
}
process.exit(done.status ?? 1);

/** The recordings: everything but what describes them. */
function samples() {
  return readdirSync(join(root, 'samples'))
    .filter((name) => !name.startsWith('.') && !name.endsWith('.md') && name !== 'truth.json')
    .sort()
    .map((name) => join('samples', name));
}

/** The latest modification below the paths, milliseconds. */
function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const full = resolve(root, path);
    const stat = statSync(full);
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory())
      latest = Math.max(latest, newest(readdirSync(full).map((name) => join(full, name))));
  }
  return latest;
}
