import { defineConfig } from 'vitest/config';

// Tests stand beside the code. Threads without isolation: the suite is pure and starts in about a second.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'lab/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['scripts/kernel.mjs'],
    pool: 'threads',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
