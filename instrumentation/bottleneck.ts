// bottleneck: each job of a limiter, from when it was asked for, and what lets it wait. No promise is replaced: a job tells
// its end where the library settles its promise.
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { WrappedLimiter, type LimiterReading } from './limiter-record.ts';
import { CancelledError } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { guard, type Callable } from './record.ts';
import type { ResourceJob } from './resource-record.ts';
import { wrapFunction } from './patch.ts';

interface Limiter {
  readonly id: string;
  readonly _store: {
    readonly _nextRequest?: number;
    readonly storeOptions: {
      readonly maxConcurrent: number | null;
      readonly minTime: number;
      readonly reservoir: number | null;
      readonly reservoirRefreshInterval: number | null;
      readonly reservoirRefreshAmount: number | null;
    };
  };
}

interface Job {
  readonly task: Callable;
  readonly options: { readonly id: string };
  _resolve: (this: void, value: unknown) => void;
  _reject: (this: void, error: unknown) => void;
}

/** A job that will be run again. */
interface Failed {
  readonly job: Job;
  readonly error: unknown;
  readonly retryAfter: number;
}

const limiters = new Instances<Limiter, WrappedLimiter<Limiter>>('bottleneck', (limiter, name, identity) => {
  const most = limiter._store.storeOptions.reservoir ?? 0;
  const own = limiter.id === '<no-id>' ? name : `bottleneck ${limiter.id}`;
  return new WrappedLimiter('bottleneck', own, identity, limiter, ({ _store }) => read(_store, most));
});
const jobs = new WeakMap<Job, ResourceJob>();
/** The job that is handed on to the next limiter now. */
let chainedFrom: ResourceJob | null = null;

/** The limit that holds jobs back now: an empty reservoir, or the jobs under way, or the time between two. */
function read({ _nextRequest = 0, storeOptions }: Limiter['_store'], most: number): LimiterReading {
  const { maxConcurrent, minTime, reservoir, reservoirRefreshInterval, reservoirRefreshAmount } = storeOptions;
  if (reservoir !== null && (reservoir <= 0 || maxConcurrent === null)) {
    const limit = Math.max(reservoirRefreshAmount ?? most, reservoir);
    return { limit, windowMs: reservoirRefreshInterval, used: limit - Math.max(reservoir, 0) };
  }
  if (maxConcurrent !== null) return { limit: maxConcurrent, windowMs: null };
  if (minTime > 0) return { limit: 1, windowMs: minTime, used: _nextRequest > Date.now() ? 1 : 0 };
  return { limit: Infinity, windowMs: null };
}

function receive(limiter: Limiter, job: Job): void {
  const from = chainedFrom;
  chainedFrom = null;
  const wrapped = limiters.of(limiter);
  if (wrapped === null || jobs.has(job)) return;
  const named = job.options.id.startsWith('<no-id>') ? job.task : { name: job.options.id };
  const own = wrapped.job(named, from?.record);
  jobs.set(job, own);
  const { _resolve, _reject } = job;
  job._resolve = (value) => {
    guard(() => own.end(false), undefined);
    _resolve(value);
  };
  job._reject = (error) => {
    guard(() => own.end(true, error), undefined);
    _reject(error);
  };
  own.wait('acquire');
}

function retry({ job, error, retryAfter }: Failed): void {
  const { record } = jobs.get(job) ?? {};
  if (record === undefined) return;
  const attempt = (record.progress?.attempt ?? 1) + 1;
  record.progress = { attempt, limit: null, lastError: error, nextAt: now() + retryAfter };
}

export const bottleneck: Library = {
  name: 'bottleneck',
  versions: ['2'],
  files: [
    {
      path: 'lib/Bottleneck.js',
      classes: ['Bottleneck'],
      constructed: (limiter) => limiters.note(limiter as Limiter),
      patch(module) {
        module.wrapMethod(module.getClass('default').prototype, '_receive', (method, self, args) => {
          guard(() => receive(self as Limiter, args[0] as Job), undefined);
          return Reflect.apply(method, self, args);
        });
      },
    },
    {
      path: 'lib/Job.js',
      edits: [
        { find: /\bthis\.Events\.trigger\("dropped",/, replace: '$call(drop, this); $&' },
        {
          find: /\bchained\.schedule\(_this\.options, _this\.task, \.\.\._this\.args\) : _this\.task\(\.\.\._this\.args\);/,
          replace:
            '$call(chain, chained, _this).schedule(_this.options, _this.task, ..._this.args) : $call(run, _this.task, _this).call(_this, ..._this.args);',
        },
        { find: /\b_this2\.retryCount\+\+;/, replace: '$& $call(retry, { job: _this2, error, retryAfter });' },
      ],
      calls: {
        drop(job: Job) {
          jobs.get(job)?.end(true, new CancelledError('the limiter dropped the job before it ran'));
        },
        chain(_limiter: Limiter, _module, job: Job) {
          chainedFrom = jobs.get(job) ?? null;
          chainedFrom?.start();
        },
        run(task: Callable, _module, job: Job) {
          const own = jobs.get(job);
          if (own === undefined) return undefined;
          const { record } = own;
          if (record.progress !== null) record.progress = { ...record.progress, nextAt: null };
          return wrapFunction(task, (run, self, args) => own.run(run, self, args));
        },
        retry(failed: Failed) {
          retry(failed);
        },
      },
    },
  ],
};
