// `setupFilesAfterEnv: ['loopscope/jest']`: jest loads it in the context of each file of tests, with its own `require`. All
// else is loaded by Node itself, once per process.
import type * as JestTests from './jest-tests.js';
import type NodeModule from 'node:module';

const Module = require('node:module') as typeof NodeModule;

// What jest gives for Node's Module is a class made from it, whose `createRequire` leads back to jest.
const native = Object.getPrototypeOf(Module) as typeof NodeModule;
const { createRequire } = typeof native.createRequire === 'function' ? native : Module;
const { seeJest, expectNoPending } = createRequire(__filename)('./jest-tests.js') as typeof JestTests;
seeJest(globalThis);

module.exports = { expectNoPending };
