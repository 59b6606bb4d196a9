// p-map: each call of pMap, and for which items its mapper runs. No promise is replaced: a call tells its end where the
// library settles a promise of its own.
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import { identify } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import type { Library } from './hook-library.ts';
import { nameAt } from './hook-module.ts';
import { originAt } from './hook-origin.ts';
import { WrappedLimiter } from './limiter-record.ts';
import { wrapFunction } from './patch.ts';
import { CallRecord, guard, type Callable } from './record.ts';

/** What a call was given, and what settles it. */
interface Call {
  readonly mapper: Callable;
  readonly concurrency: number;
  readonly resolve: (this: void, value: unknown) => void;
  readonly reject: (this: void, error: unknown) => void;
}

function begin(call: Call): Call {
  const { mapper, concurrency } = call;
  const identity = identify('p-map');
  const name = nameAt('p-map', identity.site);
  const limiter = new WrappedLimiter('p-map', name, identity, call, () => ({ limit: concurrency, windowMs: null }));
  const at = now();
  const whole = new CallRecord(originAt('call', 'p-map', mapper, at), at, parentForNew());
  const wait = park('join', limiter.resource, null, null, whole, identity.site);
  const end = (rejected: boolean, error?: unknown): void => {
    unpark(wait);
    whole.settle(rejected, error);
  };
  return {
    concurrency,
    mapper: wrapFunction(mapper, (run, self, args) => {
      const job = guard(() => limiter.job(mapper, whole), null);
      return job === null ? Reflect.apply(run, self, args) : job.runToEnd(run, self, args);
    }),
    resolve(value) {
      guard(() => end(false), undefined);
      call.resolve(value);
    },
    reject(error) {
      guard(() => end(true, error), undefined);
      call.reject(error);
    },
  };
}

export const pMap: Library = {
  name: 'p-map',
  versions: ['4', '7'],
  files: [
    {
      path: 'index.js',
      versions: ['4'],
      edits: [
        {
          find: /\bconst result = \[\];/,
          replace: '({ resolve, reject, mapper } = $call(begin, { resolve, reject, mapper, concurrency })); $&',
        },
      ],
      calls: { begin },
    },
    {
      path: 'index.js',
      edits: [
        {
          // what settles is called beside the library's own: V8 follows that from an error of the mapper to the caller
          find: /\bconst result = \[\];(?=[^]*?\bresolve_\(value\);)/,
          replace:
            'const call = $call(begin, { resolve: Boolean, reject: Boolean, mapper, concurrency }); ({ mapper } = call); $&',
        },
        { find: /\bresolve_\(value\);/, replace: 'call.resolve(value); $&' },
        { find: /\breject_\(reason\);/, replace: 'call.reject(reason); $&' },
      ],
      calls: { begin },
    },
  ],
};
