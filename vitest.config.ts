import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Node itself loads the files: call sites are those of the source, and await costs what it costs.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 30_000,
  },
});
