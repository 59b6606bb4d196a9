// async: items of queues and cargos, what runs in the calls with a limit (`eachLimit`, `mapLimit`, `parallelLimit` and all
// that are made of them), and the attempts of a retry. Its functions call back, and so does what stands in their place.
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, parentForNew } from '../src/runtime/context.ts';
import { identify, type Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { Instances } from './hook-instances.ts';
import type { Library, LibraryFile, SourceEdit } from './hook-library.ts';
import { nameAt, type LoadedModule } from './hook-module.ts';
import { originAt } from './hook-origin.ts';
import { WrappedLimiter } from './limiter-record.ts';
import { wrapFunction } from './patch.ts';
import { Job, WrappedQueue } from './queue-record.ts';
import { callInTask, CallRecord, guard, type Callable } from './record.ts';
import { RetryCall } from './retry-record.ts';

/** What stands for an item in a queue. */
interface Item {
  callback: Callable;
}

interface Entry {
  readonly name: string;
  readonly queue: WrappedQueue;
}

/** A call with a limit. */
interface Limited {
  readonly iteratee: Callable;
  readonly callback: Callable;
  readonly limit: number;
}

/** A call of `retry`: the function that is tried, and what is called when it is over. */
interface Retried {
  readonly _task: Callable;
  readonly callback: Callable;
}

/** How often it is tried at most, and the function that the program gave. */
interface Tries {
  readonly times: number;
  readonly task: Callable;
}

/** It will be tried again. */
interface Delay {
  readonly milliseconds: number;
  readonly tried: Callable;
}

const queues = new Instances<object, Entry>('async', (queue, name, identity: Identity) => {
  return { name, queue: new WrappedQueue(name, null, queue, identity) };
});
const jobs = new WeakMap<Item, Job>();
const retries = new WeakMap<Callable, RetryCall>();

function put(item: Item, queue: object): void {
  const entry = queues.of(queue);
  if (entry === null) return;
  const at = now();
  const origin = originAt('job', 'async', { name: entry.name }, at);
  const job = new Job(entry.queue, new CallRecord(origin, at, parentForNew(), false), true);
  entry.queue.countPut(currentOrRoot());
  jobs.set(item, job);
  item.callback = wrapFunction(item.callback, (...call) => job.callBack(...call));
  job.park(null);
}

/** The worker with the job of its item around it; of a cargo, with those of all its items. */
function working(worker: Callable, items: readonly Item[]): Callable {
  const taken = items.flatMap((item) => jobs.get(item) ?? []);
  for (const item of items) jobs.delete(item);
  return taken.reduce((run, job) => wrapFunction(run, (...call) => job.run(...call)), worker);
}

/** The test of `remove`: what it says yes to is dropped. */
function removing(test: Callable): Callable {
  return wrapFunction(test, (run, self, args) => {
    const isRemoved: unknown = Reflect.apply(run, self, args);
    if (isRemoved) guard(() => jobs.get(args[0] as Item)?.drop(), undefined);
    return isRemoved;
  });
}

function limited({ iteratee, callback, limit }: Limited, { major }: LoadedModule): Limited {
  const identity = identify('async');
  const name = nameAt('async', identity.site);
  const reading = { limit, windowMs: null };
  const limiter = new WrappedLimiter('async', name, identity, reading, () => reading);
  const at = now();
  const whole = new CallRecord({ kind: 'call', name, site: identity.site }, at, parentForNew());
  const wait = park('join', limiter.resource, null, null, whole, identity.site);
  const end = (failed: boolean, error: unknown): void => {
    unpark(wait);
    whole.settle(failed, error);
  };
  return {
    limit,
    iteratee: wrapFunction(iteratee, (run, self, args) => {
      const job = guard(() => limiter.job(iteratee, whole), null);
      const done = args.at(-1);
      if (job === null || typeof done !== 'function') return Reflect.apply(run, self, args);
      const ended = endsBy(done as Callable, (failed, error) => {
        job.end(failed, error);
        if (error === false && major === '3') end(false, undefined); // it is not gone on with, and nobody is told
      });
      return job.run(run, self, [...args.slice(0, -1), ended]);
    }),
    callback: endsBy(callback, end),
  };
}

function retried({ _task: run, callback, times, task }: Retried & Tries, { major }: LoadedModule): Retried {
  const call = new RetryCall('async', task, times);
  const tried = wrapFunction(run, (method, self, args) => {
    const attempt = guard(() => call.begin(), null);
    const done = args[0];
    if (attempt === null || typeof done !== 'function') return Reflect.apply(method, self, args);
    const ended = endsBy(done as Callable, (failed, error) => {
      if (failed) call.fail(error);
      attempt.settle(failed, error);
      if (error === false && major === '3') call.record.settle(false); // it is not gone on with, and nobody is told
    });
    return callInTask(attempt, method, self, args.with(0, ended));
  });
  retries.set(tried, call);
  return { _task: tried, callback: endsBy(callback, (failed, error) => call.record.settle(failed, error)) };
}

/** A callback by which something is told to be over: with an error if its first argument is one. */
function endsBy(callback: Callable, end: (failed: boolean, error: unknown) => void): Callable {
  return wrapFunction(callback, (run, self, args) => {
    const [error] = args;
    guard(() => end(error !== undefined && error !== null && error !== false, error), undefined);
    return Reflect.apply(run, self, args);
  });
}

const calls: LibraryFile['calls'] = {
  made: (queue: object) => queues.note(queue),
  put: (item: Item, _module: LoadedModule, queue: never) => guard(() => put(item, queue), undefined),
  working: (worker: Callable, _module: LoadedModule, items: never) => working(worker, items),
  removing,
  clear(queue: object) {
    for (const job of queues.of(queue)?.queue.waiting ?? []) job.drop();
  },
  limited,
  retried,
  delay({ milliseconds, tried }: Delay) {
    retries.get(tried)?.delay(milliseconds);
  },
};

const queueEdits: readonly SourceEdit[] = [
  { find: /\bif \(insertAtFront\) \{/, replace: '$call(put, item, q); $&' },
  { find: /\b_worker\(data, cb\);/, replace: '$call(working, _worker, tasks)(data, cb);' },
  { find: /(?<=\bq\._tasks\.remove\()testFn/, replace: '$call(removing, testFn)' },
  { find: /\bq\._tasks\.empty\(\);/, replace: '$& $call(clear, q);' },
];
const made3: SourceEdit = {
  find: /(?<=value: eventMethod\('error'\),?\s+\},?\s+\}\);\s+)return q;/,
  replace: '$call(made, q); $&',
};
const made2: SourceEdit = { find: /(?<=\(q\.process\);\s+\}\s+\};\s+)return q;/, replace: '$call(made, q); $&' };
const priority2: SourceEdit = { find: /\bif \(nextNode\) \{/, replace: '$call(put, item, q); $&' };
const limit = '({ iteratee, callback } = $call(limited, { iteratee, callback, limit })); $&';
const limit3: SourceEdit = {
  find: /\bif \((?:\(0, _wrapAsync\.isAsyncGenerator\)|isAsyncGenerator)\(obj\)\) \{/,
  replace: limit,
};
const limit2: SourceEdit = {
  find: /\bvar nextElem = (?:\(0, _iterator2\.default\)|iterator)\(obj\);(?=\s+var done = false;\s+var running = 0;)/,
  replace: limit,
};
const retryEdits: readonly SourceEdit[] = [
  {
    find: /\bvar attempt = 1;/,
    replace: '({ _task, callback } = $call(retried, { _task, callback, times: options.times, task })); $&',
  },
  {
    find: /(?<=\bsetTimeout\(retryAttempt, )options\.intervalFunc\(attempt(?: - 1)?\)/,
    replace: '$call(delay, { milliseconds: $&, tried: _task }).milliseconds',
  },
];

export const asyncLibrary: Library = {
  name: 'async',
  versions: ['2', '3'],
  files: [
    {
      path: ['dist/async.js', 'dist/async.mjs'],
      versions: ['3'],
      edits: [...queueEdits, made3, limit3, ...retryEdits],
      calls,
    },
    { path: 'dist/async.js', edits: [...queueEdits, made2, priority2, limit2, ...retryEdits], calls },
    { path: 'internal/queue.js', versions: ['3'], edits: [...queueEdits, made3], calls },
    { path: 'internal/queue.js', edits: [...queueEdits, made2], calls },
    { path: 'priorityQueue.js', versions: ['2'], edits: [priority2], calls },
    { path: 'internal/eachOfLimit.js', versions: ['3'], edits: [limit3], calls },
    { path: 'internal/eachOfLimit.js', edits: [limit2], calls },
    { path: 'retry.js', edits: retryEdits, calls },
  ],
};
