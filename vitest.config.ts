import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Folders whose tests leave their own process as it was. The files of one share processes: the start of a process, and to
 * load the sources in it, takes longer than most of them.
 */
const sharing = {
  drawing: 'test/{doctor,report,reporters,rules}/**/*.test.ts',
  primitives: 'test/primitives/**/*.test.ts',
};
const shared = Object.entries(sharing).map(([name, include]) => ({
  extends: true as const,
  test: { name, include: [include], isolate: false },
}));

export default defineConfig({
  test: {
    projects: [
      ...shared,
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: Object.values(sharing) } },
    ],
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
