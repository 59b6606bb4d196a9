// The bulkhead policy of cockatiel: what runs in it, and what waits in its queue.
import { Instances } from './hook-instances.ts';
import type { LibraryFile } from './hook-library.ts';
import { WrappedLimiter } from './limiter-record.ts';
import { wrapFunction } from './patch.ts';
import { guard, type Callable } from './record.ts';

interface Policy {
  readonly capacity: number;
}

/** What stands in the queue. */
interface Item {
  fn: Callable;
  reject: (this: void, error: unknown) => void;
}

const policies = new Instances<Policy, WrappedLimiter<Policy>>('cockatiel', (policy, name, identity) => {
  return new WrappedLimiter('cockatiel', name, identity, policy, ({ capacity }) => ({
    limit: capacity,
    windowMs: null,
  }));
});
/** Functions that were in the queue: they are jobs already. */
const queued = new WeakSet<Callable>();

function inJob(fn: Callable, policy: Policy): Callable | undefined {
  if (typeof fn !== 'function' || queued.has(fn)) return undefined;
  const job = policies.of(policy)?.job(fn);
  return job && wrapFunction(fn, (run, self, args) => job.runToEnd(run, self, args));
}

function put(item: Item, policy: Policy): void {
  const { fn, reject } = item;
  const job = typeof fn === 'function' ? policies.of(policy)?.job(fn) : undefined;
  if (job === undefined) return;
  job.wait('acquire');
  item.fn = wrapFunction(fn, (run, self, args) => job.runToEnd(run, self, args));
  queued.add(item.fn);
  item.reject = (error) => {
    guard(() => job.end(true, error), undefined);
    reject(error);
  };
}

export const cockatielBulkhead: LibraryFile = {
  path: ['dist/BulkheadPolicy.js', 'dist/esm/BulkheadPolicy.js'],
  classes: ['BulkheadPolicy'],
  constructed: (policy) => policies.note(policy as Policy),
  edits: [
    {
      find: /\breturn await fn\(\{ signal \}\);/,
      replace: 'const run = $call(run, fn, this); return await run({ signal });',
    },
    {
      find: /\bthis\.queue\.push\(\{ signal, fn, resolve, reject \}\);/,
      replace: 'this.queue.push($call(put, { signal, fn, resolve, reject }, this));',
    },
    { find: /\bthis\.onRejectEmitter\.emit\(\);/, replace: '$call(refuse, this); $&' },
  ],
  calls: {
    run: (fn: Callable, _module, policy: Policy) => inJob(fn, policy),
    put(item: Item, _module, policy: Policy) {
      put(item, policy);
    },
    refuse(policy: Policy) {
      const limiter = policies.of(policy);
      if (limiter !== null) limiter.resource.refused++;
    },
  },
};
