// bullmq: jobs that a worker processes, attempt n of m; who waits until a job is added or done. Its commands of Redis are
// those of its client; with which an idle worker waits for jobs is left out there.
import type { Hold, ResourceRecord } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { Outcome } from '../src/channels/task.ts';
import type { WaitKind, WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, parentForNew } from '../src/runtime/context.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { WrappedExecutor } from './executor-record.ts';
import { WrappedQueue } from './queue-record.ts';
import { CallRecord, follow, guard } from './record.ts';
import { ResourceJob } from './resource-record.ts';

interface Queue {
  readonly name: string;
}

interface Worker extends Queue {
  readonly concurrency: number;
  readonly childPool?: unknown;
  readonly opts: { readonly useWorkerThreads?: boolean };
}

interface Job {
  readonly name: string;
  readonly attemptsMade: number;
  readonly opts?: { readonly attempts?: number };
  readonly failedReason?: string;
  readonly queue: Queue;
}

/** A worker and where the program made it: its jobs begin there. */
interface Processing {
  readonly executor: WrappedExecutor<Worker>;
  readonly site: Site | null;
}

/** The queues of this process, whose jobs workers of this process may run. */
const byName = new Map<string, WeakRef<WrappedQueue>>();
const mostNames = 1000;
const queues = new Instances<Queue, WrappedQueue>('bullmq', (queue, _name, identity) => {
  const record = new WrappedQueue(`bullmq ${queue.name}`, null, queue, identity, true);
  if (byName.size >= mostNames) byName.clear();
  byName.set(queue.name, new WeakRef(record));
  return record;
});
const workers = new Instances<Worker, Processing>('bullmq', (worker, _name, identity) => {
  const executor = new WrappedExecutor('bullmq', `bullmq ${worker.name}`, identity, worker, (own) => ({
    type: own.childPool === undefined ? 'tasks' : own.opts.useWorkerThreads === true ? 'threads' : 'processes',
    workers: own.concurrency,
    mostWorkers: own.concurrency,
    capacity: null,
  }));
  return { executor, site: identity.site };
});

/** The processor is called for a job. */
function jobOf({ name, attemptsMade, opts, failedReason }: Job, { executor, site }: Processing): ResourceJob {
  const progress = {
    attempt: attemptsMade + 1,
    limit: opts?.attempts ?? 1,
    lastError: attemptsMade > 0 ? failedReason : undefined,
    nextAt: null,
  };
  const record = new CallRecord({ kind: 'job', name, site }, now(), parentForNew(), false, progress);
  return new ResourceJob(executor.resource, record);
}

/**
 * The current task waits until what a method returned has settled: the promise of an async function, which nobody else has.
 * @param parked told the wait; returns what ends it
 */
function waitFor(
  run: () => unknown,
  kind: WaitKind,
  on: ResourceRecord | undefined,
  milliseconds: number | null = null,
  parked: (wait: WaitRecord) => (outcome: Outcome) => void = (wait) => (outcome) => unpark(wait, outcome),
): unknown {
  const end = on === undefined ? null : guard(() => parked(park(kind, on, null, milliseconds)), null);
  const result = run();
  if (end === null) return result;
  return follow(
    result,
    (value) => {
      end('fulfilled');
      return value;
    },
    (error) => end(outcomeOf(error)),
  );
}

/** Jobs are put into the queue when Redis has them. */
function patchQueue(module: LoadedModule): void {
  module.wrapMethods(module.getClass('Queue').prototype, ['add', 'addBulk'], (method, self, args) => {
    const queue = queues.of(self as Queue);
    const task = currentOrRoot();
    const counted = (wait: WaitRecord) => {
      const end = queue?.parked(wait);
      return (outcome: Outcome): void => {
        end?.(outcome);
        const [jobs] = args;
        const count = outcome !== 'fulfilled' ? 0 : Array.isArray(jobs) ? jobs.length : 1;
        for (let index = 0; index < count; index++) queue?.countPut(task);
      };
    };
    return waitFor(() => Reflect.apply(method, self, args), 'put', queue ?? undefined, null, counted);
  });
}

function patchJob(module: LoadedModule): void {
  module.wrapMethod(module.getClass('Job').prototype, 'waitUntilFinished', (method, self, args) => {
    const queue = queues.of((self as Job).queue);
    const limit = typeof args[1] === 'number' && args[1] > 0 ? args[1] : null;
    const counted = (wait: WaitRecord) => {
      if (queue !== null) queue.unfinished++;
      return (outcome: Outcome): void => {
        if (queue !== null) queue.unfinished--;
        unpark(wait, outcome);
      };
    };
    return waitFor(() => Reflect.apply(method, self, args), 'join', queue ?? undefined, limit, counted);
  });
}

/** The job is what the queue is busy with. */
function note({ record }: ResourceJob, { name }: Worker, result: unknown): unknown {
  const queue = byName.get(name)?.deref();
  if (queue === undefined || record.settlement !== null) return result;
  const hold: Hold = { resource: queue, task: record, since: now(), site: record.origin.site };
  queue.running.set(hold, null);
  queue.lastTaker = record;
  const end = (): void => void queue.running.delete(hold);
  return follow(result, end, end, true);
}

function patchWorker(module: LoadedModule): void {
  const { prototype } = module.getClass('Worker');
  module.wrapMethod(prototype, 'callProcessJob', (method, self, args) => {
    const processing = workers.of(self as Worker);
    const job = processing === null ? null : guard(() => jobOf(args[0] as Job, processing), null);
    if (job === null) return Reflect.apply(method, self, args);
    const result = job.runToEnd(method, self, args);
    return guard(() => note(job, self as Worker, result), result);
  });
  module.wrapMethod(prototype, 'close', (method, self, args) => {
    const executor = workers.of(self as Worker)?.executor.resource;
    return waitFor(() => Reflect.apply(method, self, args), 'join', executor);
  });
}

export const bullmq: Library = {
  name: 'bullmq',
  versions: ['5', '6'],
  files: [
    {
      path: 'dist/cjs/classes/worker.js',
      exports: ['Worker'],
      classes: ['Worker'],
      constructed: (worker) => workers.note(worker as Worker),
      patch: patchWorker,
    },
    {
      path: 'dist/cjs/classes/queue.js',
      exports: ['Queue'],
      classes: ['Queue'],
      constructed: (queue) => queues.note(queue as Queue),
      patch: patchQueue,
    },
    { path: 'dist/cjs/classes/job.js', exports: ['Job'], patch: patchJob },
  ],
};
