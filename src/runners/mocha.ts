// `mocha --require loopscope/mocha`: root hooks, from which the classes of mocha's are reached.
import { mochaTests } from './mocha-tests.ts';

export { expectNoPending, type ExpectOptions } from './expect-no-pending.ts';

export const mochaHooks = mochaTests();
