// Types, lint (floating promises included), format. The architecture test runs with the tests too.
import { install, run } from './install.mjs';

install();
run('npx', ['--no-install', 'tsc', '--noEmit']);
run('npx', ['--no-install', 'oxlint', '--type-aware', '--deny-warnings']);
run('npx', ['--no-install', 'oxfmt', '--check']);
run('npx', ['--no-install', 'vitest', 'run', 'test/architecture.test.ts']);
