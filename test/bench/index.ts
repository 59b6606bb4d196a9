// `npm run bench`: what loopscope costs, bare against wrapped, side by side in one run. `--only NAME` runs one part.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchPrimitives } from './primitives.ts';
import { judge, printTable, type Result } from './result.ts';
import { benchServer } from './server.ts';
import { benchStartUp } from './start-up.ts';
import { benchTasks } from './tasks.ts';

// The primitives come first: the tasks start the registry, and then nobody could measure without a subscriber.
const parts: Readonly<Record<string, { readonly title: string; readonly run: () => Promise<Result[]> | Result[] }>> = {
  primitives: { title: 'primitives while nobody listens, against the same without channels', run: benchPrimitives },
  tasks: { title: 'tasks with the registry, against bare async functions', run: benchTasks },
  server: { title: 'an HTTP server under loopscope run, against the same without', run: benchServer },
  startup: { title: 'node --import loopscope/register, against node', run: benchStartUp },
};

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = Object.entries(parts).filter(([name]) => values.only === undefined || values.only === name);
if (chosen.length === 0) throw new Error(`--only must be one of ${Object.keys(parts).join(', ')}`);
if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');

console.log(`node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`);
const all: Result[] = [];
for (const [, { title, run }] of chosen) {
  console.log(`\n${title}`);
  const results = await run();
  printTable(results);
  all.push(...results);
}

const missed = all.filter((result) => ['missed', 'far off'].includes(judge(result))).map(({ name }) => name);
const farOff = all.filter((result) => judge(result) === 'far off').map(({ name }) => name);
const budgets = all.filter(({ budget }) => budget !== null).length;
if (farOff.length > 0) {
  console.log(`\nFAR OFF: ${farOff.join(', ')}: no noise explains that`);
  process.exitCode = 1;
} else if (missed.length > 0) {
  console.log(`\n${budgets - missed.length} of ${budgets} budgets met; missed: ${missed.join(', ')}`);
} else {
  console.log(`\nall ${budgets} budgets met`);
}
