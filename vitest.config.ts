import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Node itself loads the files: call sites are those of the source, and await costs what it costs.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Tests wait for processes more than they compute: two at once also on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Real processes on a shared machine: further tries in CI, which the output names (`retry x1`).
    retry: process.env['CI'] === undefined ? 0 : 2,
  },
});
