// The runners of tests that are installed here, as people set them up.
import { fileURLToPath } from 'node:url';
import type { Runner } from './runner-suites.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

function vitestOf(folder: string): Runner {
  return {
    entry: 'loopscope/vitest',
    ending: '.test.ts',
    imports: `import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';`,
    isModule: true,
    files: { 'vitest.config.js': `export default { test: { setupFiles: ['loopscope/vitest'] } };` },
    linked: { vitest: path(folder) },
    command: (...files) => [path(`${folder}/vitest.mjs`), 'run', ...files],
    test: (name, run, milliseconds) => `test('${name}', ${run}, ${milliseconds});`,
    hook: (kind, run, milliseconds) => `${kind}(${run}, ${milliseconds});`,
  };
}

export const vitest = vitestOf('node_modules/vitest');
export const vitest4 = vitestOf('test/vitest-4/node_modules/vitest');
export const vitest3 = vitestOf('test/vitest-3/node_modules/vitest');

function jestOf(folder: string): Runner {
  return {
    entry: 'loopscope/jest',
    ending: '.test.js',
    imports: '',
    isModule: false,
    files: { 'jest.config.json': '{ "setupFilesAfterEnv": ["loopscope/jest"], "transform": {} }' },
    command: (...files) => [path(`node_modules/${folder}/bin/jest.js`), '--forceExit', ...files],
    test: (name, run, milliseconds) => `test('${name}', ${run}, ${milliseconds});`,
    hook: (kind, run, milliseconds) => `${kind}(${run}, ${milliseconds});`,
  };
}

// As transformers of TypeScript do: the lines that run are not those that were written.
const transform = `const { transformSync } = require('${path('node_modules/esbuild')}');
module.exports = {
  process(source, sourcefile, { supportsStaticESM }) {
    const format = supportsStaticESM ? 'esm' : 'cjs';
    return transformSync(source, { loader: 'ts', format, target: 'node22', sourcemap: 'external', sourcefile });
  },
};
`;

function compiled(runner: Runner, config: object, flags: readonly string[]): Runner {
  const compiling = {
    setupFilesAfterEnv: ['loopscope/jest'],
    transform: { [String.raw`\.ts$`]: '<rootDir>/transform.cjs' },
  };
  return {
    ...runner,
    ending: '.test.ts',
    files: { 'jest.config.json': JSON.stringify({ ...compiling, ...config }), 'transform.cjs': transform },
    command: (...files) => [...flags, ...runner.command(...files)],
  };
}

export const jest = jestOf('jest');
export const jestTypes = compiled(jest, {}, []);
export const jestModules: Runner = {
  ...compiled(jest, { extensionsToTreatAsEsm: ['.ts'] }, ['--experimental-vm-modules']),
  isModule: true,
};
export const jest29 = jestOf('jest-29');

function mochaOf(folder: string): Runner {
  return {
    entry: 'loopscope/mocha',
    ending: '.mjs',
    imports: '',
    isModule: true,
    command: (...files) => [
      path(`node_modules/${folder}/bin/mocha.js`),
      '--require',
      path('dist/src/runners/mocha.js'),
      ...files,
    ],
    test: (name, run, milliseconds) => `it('${name}', ${run}).timeout(${milliseconds});`,
    hook: (kind, run, milliseconds) =>
      `${kind.replace('All', '')}(function () { this.timeout(${milliseconds}); return (${run})(); });`,
  };
}

export const mocha = mochaOf('mocha');
export const mocha11 = mochaOf('mocha-11');
export const mocha10 = mochaOf('mocha-10');

export const nodeTest: Runner = {
  entry: 'loopscope/node-test',
  ending: '.ts',
  // Node 22 cancels all tests as soon as nothing else keeps the process alive.
  imports: `import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
const alive = setInterval(() => {}, 1000);
after(() => clearInterval(alive));`,
  isModule: true,
  command: (...files) => ['--test', '--import', 'loopscope/node-test', ...files],
  test: (name, run, milliseconds) => `test('${name}', { timeout: ${milliseconds} }, ${run});`,
  hook: (kind, run, milliseconds) => `${kind.replace('All', '')}(${run}, { timeout: ${milliseconds} });`,
};

/** Runs all files of node:test in one process. */
export const oneProcess = process.version.startsWith('v22.')
  ? '--experimental-test-isolation=none'
  : '--test-isolation=none';
