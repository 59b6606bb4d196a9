// `node --test --import loopscope/node-test`: sees the tests of Node's own runner.
import { createRequire } from 'node:module';
import type { ExpectOptions } from './expect-no-pending.ts';

export type { ExpectOptions } from './expect-no-pending.ts';

const require = createRequire(import.meta.url);

// The process that starts one for each file has no tests of its own, but with --test-isolation=none: it loads nothing.
const { execArgv } = process;
const isParent = execArgv.includes('--test') && !/--(?:experimental-)?test-isolation[= ]none/.test(execArgv.join(' '));
if (!isParent) (require('./node-tests.js') as typeof import('./node-tests.ts')).seeNodeTests();

/** See `expectNoPending` of loopscope/expect. */
export async function expectNoPending(options?: ExpectOptions): Promise<void> {
  await (require('./expect-no-pending.js') as typeof import('./expect-no-pending.ts')).expectNoPending(options);
}
