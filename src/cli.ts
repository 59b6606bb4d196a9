#!/usr/bin/env node
// The command `loopscope`. Everything else is loaded only on a version of Node that can load it.
import { unsupportedNode } from './runtime/node-version.ts';

const problem = unsupportedNode(process.versions.node);
if (problem === null) {
  const { main } = await import('./commands/main.ts');
  await main(process.argv.slice(2));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 3;
}
