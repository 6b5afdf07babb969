// Scores a recording (default: samples/) against its truth and writes docs/accuracy.md.
import { build } from './build.mjs';
import { run } from './install.mjs';

await build();
run(process.execPath, ['--import', 'tsx', 'lab/accuracy.ts', ...process.argv.slice(2)]);
