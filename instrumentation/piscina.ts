// piscina: which jobs its threads run, and which wait for one. The threads of loopscope's own executors are not shown twice.
import { isOwnFile } from '../src/runtime/call-site.ts';
import { ExecutorJobs, WrappedExecutor, type Asked, type TaskInfo } from './executor-record.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';

interface Piscina {
  readonly threads: readonly unknown[];
  readonly maxThreads: number;
  readonly options: { readonly maxQueue: number };
}

const pools = new Instances<Piscina, WrappedExecutor<Piscina>>('piscina', (pool, name, identity) => {
  return new WrappedExecutor('piscina', name, identity, pool, ({ threads, maxThreads, options }) => ({
    type: 'threads',
    workers: threads.length,
    mostWorkers: maxThreads,
    capacity: options.maxQueue === Infinity ? null : options.maxQueue,
  }));
});
const jobs = new ExecutorJobs();

export const piscina: Library = {
  name: 'piscina',
  versions: ['5'],
  files: [
    {
      path: 'dist/index.js',
      classes: ['Piscina'],
      constructed: (pool) => pools.note(pool as Piscina),
      edits: [
        { find: /\bconst(?= \{ promise: ret, resolve, reject \} =)/, replace: 'let  ' },
        {
          find: /\bif \(signal != null\) \{(?=\s+\/\/ If the AbortSignal)/,
          replace: '({ resolve, reject } = $call(ask, { task: taskInfo, resolve, reject }, this.publicInterface)); $&',
        },
        { find: /\bcandidate\[symbols_1\.kWorkerData\]\.postTask\(task\);/, replace: '$call(start, task); $&' },
      ],
      calls: {
        ask(asked: Asked, _module, pool: Piscina) {
          const executor = isOwnFile(asked.task.filename) ? null : pools.of(pool);
          return executor === null ? undefined : jobs.ask(executor, asked);
        },
        start: (task: TaskInfo) => jobs.start(task),
      },
    },
  ],
};
