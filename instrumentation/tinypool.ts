// tinypool (the pool of vitest): which jobs its workers run, and which wait for one.
import { ExecutorJobs, WrappedExecutor, type Asked, type TaskInfo } from './executor-record.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';

interface Tinypool {
  readonly threads: readonly unknown[];
  readonly options: { readonly maxThreads: number; readonly maxQueue: number; readonly runtime: string };
}

const pools = new Instances<Tinypool, WrappedExecutor<Tinypool>>('tinypool', (pool, name, identity) => {
  return new WrappedExecutor('tinypool', name, identity, pool, ({ threads, options }) => ({
    type: options.runtime === 'child_process' ? 'processes' : 'threads',
    workers: threads.length,
    mostWorkers: options.maxThreads,
    capacity: options.maxQueue === Infinity ? null : options.maxQueue,
  }));
});
const jobs = new ExecutorJobs();

export const tinypool: Library = {
  name: 'tinypool',
  versions: ['2'],
  files: [
    {
      path: 'dist/index.js',
      edits: [
        {
          find: /\bvar Tinypool = class extends EventEmitterAsyncResource \{/,
          replace: '$& #loopscope = $call(made, this);',
        },
        {
          find: /\bif \(this\.taskQueue\.size > 0\) \{(?=\s+const totalCapacity\b)/,
          replace: '({ resolve, reject } = $call(ask, { task: taskInfo, resolve, reject }, this.publicInterface)); $&',
        },
        {
          find: /\breturn Promise\.reject\(Errors\.(NoTaskQueueAvailable|TaskQueueAtLimit)\(\)\)/g,
          replace: 'return ($call(refuse, taskInfo), Promise.reject(Errors.$1()))',
        },
        { find: /\bworkerInfo\.postTask\((taskInfo|task)\);/g, replace: '$call(start, $1); $&' },
      ],
      calls: {
        made: (pool: Tinypool) => pools.note(pool),
        ask(asked: Asked, _module, pool: Tinypool) {
          const executor = pools.of(pool);
          return executor === null ? undefined : jobs.ask(executor, asked);
        },
        refuse: (task: TaskInfo) => jobs.refuse(task),
        start: (task: TaskInfo) => jobs.start(task),
      },
    },
  ],
};
