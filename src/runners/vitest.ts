// `setupFiles: ['loopscope/vitest']`: vitest loads it anew for each file of tests, and by means of its own. All else is
// loaded by Node, once per thread.
import type { VitestApi, VitestSuite } from './vitest-tests.ts';

export type { ExpectOptions } from './expect-no-pending.ts';

// In contexts of their own (`vmThreads`, `vmForks`) an import of node:module leads back to vitest.
const { createRequire } = process.getBuiltinModule('node:module');
const tests = createRequire(import.meta.url)('./vitest-tests.js') as typeof import('./vitest-tests.ts');
/** See `expectNoPending` of loopscope/expect. */
export const { expectNoPending } = tests;
const { __vitest_index__: api } = globalThis as { readonly __vitest_index__?: VitestApi };

if (api !== undefined) tests.seeVitest(api, await olderSuite(), globalThis);

/** Vitest 3 and 4.0 have no hook around a test; there its function can be replaced. Null where it is not known how. */
async function olderSuite(): Promise<VitestSuite | null> {
  if (api?.aroundEach !== undefined) return null;
  const name = 'vitest/suite';
  try {
    return (await import(/* @vite-ignore */ createRequire(import.meta.url).resolve(name))) as VitestSuite;
  } catch {
    // vitest knows it where Node does not: of a link to loopscope
  }
  try {
    return (await import(/* @vite-ignore */ name)) as VitestSuite;
  } catch {
    return null;
  }
}
