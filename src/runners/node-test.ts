// `node --test --import loopscope/node-test`: sees the tests of Node's own runner.
import { seeNodeTests } from './node-tests.ts';

export { expectNoPending, type ExpectOptions } from './expect-no-pending.ts';

// The process that starts one for each file has no tests of its own, but with --test-isolation=none.
const { execArgv } = process;
const isParent = execArgv.includes('--test') && !/--(?:experimental-)?test-isolation[= ]none/.test(execArgv.join(' '));
if (!isParent) seeNodeTests();
