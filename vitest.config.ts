import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { isMainVersion } from './test/support/main-version.ts';

/**
 * Where the version of Node makes no difference: in CI these run on the main version alone. What touches V8, the inspector,
 * hooks, memory, async_hooks, workers, signals or runners is not among them.
 */
const once = [
  // the sources and pages of this project; every command in the pages is tried on each version by tests of its own
  'test/{docs,docs-commands,lint}.test.ts',
  // a page, looked at in Chromium
  'test/reporters/html.test.ts',
  // what Jaeger and Prometheus make of what they get; what is sent, and how, is tested on each version
  'test/examples-jaeger.test.ts',
  'test/subscribers/export/jaeger-load.test.ts',
  'test/subscribers/metrics/prometheus.test.ts',
];
const exclude = process.env['CI'] === undefined || isMainVersion ? [] : once;

/**
 * Folders whose tests leave their own process as it was. The files of one share processes: the start of a process, and to
 * load the sources in it, takes longer than most of them.
 */
const sharing = {
  // plain data and texts
  drawing: 'test/{doctor,report,reporters,rules}/**/!(build|cycles|cycles-rwlock).test.ts',
  // each test expects that nothing is left pending; a clock of its own is for a process
  primitives: 'test/primitives/**/!(timeout).test.ts',
};

/** Tests that wait for programs of their own, and share nothing: two of a file are under way at once. */
const waiting = [
  'test/{docs-commands,examples-all}.test.ts',
  'test/commands/{profile,why}.test.ts',
  'test/subscribers/export/otlp.test.ts',
];

// Run in the order of their names: what takes longest first, that no worker is idle while another ends it.
const projects = [
  { name: 'at-once', include: waiting, exclude, sequence: { concurrent: true }, maxConcurrency: 2 },
  { name: 'by-itself', include: ['test/**/*.test.ts'], exclude: [...exclude, ...waiting, ...Object.values(sharing)] },
  ...Object.entries(sharing).map(([name, folders]) => ({ name, include: [folders], exclude, isolate: false })),
].map((test) => ({ extends: true as const, test }));

export default defineConfig({
  test: {
    projects,
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
