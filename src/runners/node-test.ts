// `node --test --import loopscope/node-test`: sees the tests of Node's own runner.
import { createRequire } from 'node:module';
import { isTestParent } from '../runtime/test-parent.ts';
import type { ExpectOptions } from './expect-no-pending.ts';

export type { ExpectOptions } from './expect-no-pending.ts';

const require = createRequire(import.meta.url);

// It loads nothing where there are no tests.
if (!isTestParent()) (require('./node-tests.js') as typeof import('./node-tests.ts')).seeNodeTests();

/** See `expectNoPending` of loopscope/expect. */
export async function expectNoPending(options?: ExpectOptions): Promise<void> {
  await (require('./expect-no-pending.js') as typeof import('./expect-no-pending.ts')).expectNoPending(options);
}
