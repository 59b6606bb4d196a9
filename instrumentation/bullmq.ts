// bullmq: jobs that a worker processes, attempt n of m; who waits until a job is added or done. Its commands of Redis are
// those of its client; with which an idle worker waits for jobs is left out there.
import type { Hold } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { Outcome } from '../src/channels/task.ts';
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

/** Ends a wait when what a method returned settles: the promise of an async function, which nobody else has. */
function endWith(result: unknown, end: ((outcome: Outcome) => void) | null): unknown {
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
function put(self: Queue, jobs: unknown): ((outcome: Outcome) => void) | null {
  const queue = queues.of(self);
  if (queue === null) return null;
  const task = currentOrRoot();
  const end = queue.parked(park('put', queue));
  return (outcome) => {
    end(outcome);
    const count = outcome !== 'fulfilled' ? 0 : Array.isArray(jobs) ? jobs.length : 1;
    for (let index = 0; index < count; index++) queue.countPut(task);
  };
}

function join(self: Queue, milliseconds: unknown): ((outcome: Outcome) => void) | null {
  const queue = queues.of(self);
  if (queue === null) return null;
  const wait = park('join', queue, null, typeof milliseconds === 'number' && milliseconds > 0 ? milliseconds : null);
  queue.unfinished++;
  return (outcome) => {
    queue.unfinished--;
    unpark(wait, outcome);
  };
}

function close(self: Worker): ((outcome: Outcome) => void) | null {
  const processing = workers.of(self);
  if (processing === null) return null;
  const wait = park('join', processing.executor.resource);
  return (outcome) => unpark(wait, outcome);
}

function patchQueue(module: LoadedModule): void {
  module.wrapMethods(module.getClass('Queue').prototype, ['add', 'addBulk'], (method, self, args) => {
    const end = guard(() => put(self as Queue, args[0]), null);
    return endWith(Reflect.apply(method, self, args), end);
  });
}

function patchJob(module: LoadedModule): void {
  module.wrapMethod(module.getClass('Job').prototype, 'waitUntilFinished', (method, self, args) => {
    const end = guard(() => join((self as Job).queue, args[1]), null);
    return endWith(Reflect.apply(method, self, args), end);
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
    const end = guard(() => close(self as Worker), null);
    return endWith(Reflect.apply(method, self, args), end);
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
