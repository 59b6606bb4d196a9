// `npm run bench`: what loopscope costs, bare against wrapped, side by side in one run. `--only NAME` runs one part,
// `--large` with a heap of 2 GB.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchDatabases } from './databases.ts';
import { benchHandles } from './handles.ts';
import { benchHeap } from './heap.ts';
import { benchLibraries } from './libraries.ts';
import { benchLocks } from './locks.ts';
import { benchLoop } from './loop.ts';
import { benchMetrics } from './metrics.ts';
import { benchNode } from './node.ts';
import { benchPools } from './pools.ts';
import { benchPrimitives } from './primitives.ts';
import { benchQueues } from './queues.ts';
import { benchResilience } from './resilience.ts';
import { judge, printTable, type Result, type Verdict } from './result.ts';
import { benchRunners } from './runners.ts';
import { benchSafety } from './safety.ts';
import { benchDoctor, benchServer } from './server.ts';
import { benchSpanKinds } from './span-kinds.ts';
import { benchSpans } from './spans.ts';
import { benchStartUp } from './start-up.ts';
import { benchStreams } from './streams.ts';
import { benchTasks } from './tasks.ts';

interface Part {
  readonly title: string;
  readonly run: (options: { readonly large: boolean }) => Promise<Result[]> | Result[];
  /** Runs only when it is named: it takes minutes. */
  readonly onWish?: boolean;
}

const parts: Readonly<Record<string, Part>> = {
  primitives: { title: 'primitives while nobody listens, against the same without channels', run: benchPrimitives },
  queues: { title: 'queues against others (bare), without and with the registry; and how they grow', run: benchQueues },
  locks: { title: 'locks and semaphores, against those of others', run: benchLocks },
  tasks: { title: 'tasks with the registry, against bare async functions: the fastest of 7 rounds', run: benchTasks },
  streams: { title: 'calls of the loop, lines and iteration, against those of Node', run: benchStreams },
  resilience: {
    title: 'retry, breaker and rate limiter while nobody listens, against those of others',
    run: benchResilience,
  },
  pools: { title: 'pools, caches and threads while nobody listens, against those of others', run: benchPools },
  node: { title: 'servers of Node and Fastify, and fetch, under the hook against the same without', run: benchNode },
  libraries: { title: 'libraries under the hook, against the same without', run: benchLibraries },
  databases: { title: 'libraries of databases under the hook, against the same without', run: benchDatabases },
  doctor: { title: 'an HTTP server under loopscope doctor, against the same without', run: benchDoctor, onWish: true },
  server: { title: 'an HTTP server under loopscope run, against the same without', run: benchServer },
  handles: {
    title: 'loopscope run --handles, against the same without; and timers, against none of it',
    run: benchHandles,
    onWish: true,
  },
  startup: { title: 'node --import loopscope/register, against node', run: benchStartUp },
  runners: {
    title: 'a healthy suite of 500 tests, against the same without loopscope',
    run: benchRunners,
    onWish: true,
  },
  metrics: { title: 'metrics in an SDK, against the registry alone', run: benchMetrics },
  loop: { title: 'watchLoop in a process, against the same without', run: benchLoop },
  spans: { title: 'spans of tasks, and an order service that makes them, with the OpenTelemetry SDK', run: benchSpans },
  'span-kinds': { title: 'spans of queues, locks, breakers and jobs', run: benchSpanKinds },
  heap: { title: 'loopscope ps of a process with a heap of small objects', run: benchHeap },
  'safety-memory': { title: 'a thousand reads of a loaded server', run: () => benchSafety('memory'), onWish: true },
  'safety-inspector': { title: 'the same by its inspector', run: () => benchSafety('inspector'), onWish: true },
  'safety-snapshot': { title: 'the same by heap snapshots', run: () => benchSafety('snapshot'), onWish: true },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, large: { type: 'boolean' } } });
const large = values.large === true;
const chosen = Object.keys(parts).filter((name) =>
  values.only === undefined ? parts[name]?.onWish !== true : values.only === name,
);
if (chosen.length === 0) throw new Error(`--only must be one of ${Object.keys(parts).join(', ')}`);
if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');

if (process.send === undefined) {
  console.log(`node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`);
  const all: Result[] = [];
  for (const name of chosen) all.push(...(await runApart(name)));
  printVerdict(all);
} else {
  for (const name of chosen) {
    const { title, run } = parts[name] as Part;
    console.log(`\n${title}`);
    const results = await run({ large });
    printTable(results);
    process.send(results);
  }
  process.disconnect();
}

/** Each part has a process of its own: what one has optimized, loaded or started changes no other. */
async function runApart(name: string): Promise<Result[]> {
  const child = fork(fileURLToPath(import.meta.url), ['--only', name, ...(large ? ['--large'] : [])], {
    execArgv: ['--expose-gc'],
  });
  let results: Result[] | null = null;
  child.on('message', (message) => {
    results = message as Result[];
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 || results === null) throw new Error(`the part ${name} failed`);
  return results;
}

function printVerdict(all: readonly Result[]): void {
  const judged = (...verdicts: Verdict[]): string[] =>
    all.filter((result) => verdicts.includes(judge(result))).map(({ name }) => name);
  const farOff = judged('far off');
  const missed = judged('missed', 'far off');
  const budgets = all.filter(({ budget }) => budget !== null).length;
  if (farOff.length > 0) {
    console.log(`\nFAR OFF: ${farOff.join(', ')}: no noise explains that`);
    process.exitCode = 1;
  } else if (missed.length > 0) {
    console.log(`\n${budgets - missed.length} of ${budgets} budgets met; missed: ${missed.join(', ')}`);
  } else {
    console.log(`\nall ${budgets} budgets met`);
  }
}
