// `setupFiles: ['loopscope/vitest']`: vitest loads it anew for each file of tests, and by means of its own. All else is
// loaded by Node, once per thread.
import { createRequire } from 'node:module';
import type { VitestApi, VitestSuite } from './vitest-tests.ts';

export type { ExpectOptions } from './expect-no-pending.ts';

const tests = createRequire(import.meta.url)('./vitest-tests.js') as typeof import('./vitest-tests.ts');
/** See `expectNoPending` of loopscope/expect. */
export const { expectNoPending } = tests;
const { __vitest_index__: api } = globalThis as { readonly __vitest_index__?: VitestApi };

// Vitest 3 and 4.0 have no hook around a test; there its function can be replaced.
const older = 'vitest/suite';
const suite = api?.aroundEach === undefined ? ((await import(/* @vite-ignore */ older)) as VitestSuite) : null;
if (api !== undefined) tests.seeVitest(api, suite, globalThis);
