// `node --import loopscope/register app.js`, or --require: starts what the environment asks for, before the program.
// Everything else is loaded only on a version of Node that can load it.
import { createRequire } from 'node:module';
import { unsupportedNode } from './runtime/node-version.ts';

const problem = unsupportedNode(process.versions.node);
if (problem === null) {
  // require, not import: it works from --require too, where nothing may wait.
  const { start } = createRequire(import.meta.url)('./process/start.js') as typeof import('./process/start.ts');
  start();
} else {
  process.stderr.write(`${problem}; the program runs without it\n`);
}
