// opossum: the state of each breaker, its last error and next probe, and each call that is under way. No listener is added
// and no promise replaced: a call tells its end where the library settles its promise.
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { WrappedBreaker } from './breaker-record.ts';
import { callInTask, follow, guard, type CallRecord, type Callable } from './record.ts';

interface Breaker {
  readonly name: string;
  readonly opened: boolean;
  readonly halfOpen: boolean;
  readonly options: { readonly name?: string; readonly resetTimeout: number };
  readonly action: { readonly name: string };
  readonly stats: { readonly fires: number; readonly rejects: number; readonly failures: number };
}

/** What settles the promise of a call. */
interface Settle {
  resolve: (this: void, value: unknown) => void;
  reject: (this: void, error: unknown) => void;
}

const breakers = new Instances<Breaker, WrappedBreaker<Breaker>>('opossum', (breaker, name, identity) => {
  const own = breaker.options.name ?? breaker.action.name;
  const state = breaker.opened ? 'open' : breaker.halfOpen ? 'half-open' : 'closed';
  return new WrappedBreaker('opossum', own === '' ? name : `opossum ${own}`, identity, breaker, state, ({ stats }) => ({
    calls: stats.fires - stats.rejects,
    failures: stats.failures,
  }));
});
/** The call whose action is called next. */
let current: CallRecord | null = null;

function begin({ resolve, reject }: Settle, _module: LoadedModule, breaker: Breaker): Settle | undefined {
  const record = breakers.of(breaker)?.call({ name: breaker.options.name ?? breaker.action.name });
  if (record === undefined) return undefined;
  current = record;
  return {
    resolve(value) {
      // of a fallback it may be a promise, which the library handles by resolving with it
      guard(() => {
        follow(
          value,
          (result) => {
            record.settle(false);
            return result;
          },
          (error) => record.settle(true, error),
          true,
        );
      }, undefined);
      resolve(value);
    },
    reject(error) {
      guard(() => record.settle(true, error), undefined);
      reject(error);
    },
  };
}

function inCall(action: Callable, module: LoadedModule): Callable | undefined {
  const record = current;
  current = null;
  if (record === null) return undefined;
  return module.wrap(action, (run, self, args) => callInTask(record, run, self, args));
}

export const opossum: Library = {
  name: 'opossum',
  versions: ['8', '9', '10'],
  files: [
    {
      path: 'lib/circuit.js',
      edits: [
        { find: /\bclass CircuitBreaker extends EventEmitter \{/, replace: '$& #loopscope = $call(made, this);' },
        { find: /\bcircuit\[STATE\] = HALF_OPEN;/, replace: '$& $call(halfOpen, circuit);' },
        { find: /\bthis\.emit\('reject', error\);/, replace: '$call(refuse, this); $&' },
        {
          find: /\bnew Promise\(\(resolve, reject\) => \{(?=\s+const latencyStartTime)/,
          replace: '$& ({ resolve, reject } = $call(begin, { resolve, reject }, this));',
        },
        {
          find: /\bthis\.action\.apply\(context, args\)(?=;\s+const promise\b)/,
          replace: '$call(action, this.action).apply(context, args)',
        },
        { find: /\bthis\.emit\('semaphoreLocked', err, latency\);/, replace: '$call(full, this); $&' },
        { find: /\bfunction fail \(circuit, err, args, latency\) \{/, replace: '$& $call(fail, circuit, err);' },
      ],
      calls: {
        made: (breaker: Breaker) => breakers.note(breaker),
        begin,
        action: inCall,
        halfOpen(breaker: Breaker) {
          breakers.of(breaker)?.change('half-open');
        },
        refuse(breaker: Breaker) {
          breakers.of(breaker)?.refuse();
        },
        full(breaker: Breaker) {
          current = null; // its action is not called
          breakers.of(breaker)?.refuse();
        },
        fail(breaker: Breaker, _module, error: unknown) {
          breakers.of(breaker)?.fail(error);
        },
      },
      patch(module) {
        const { prototype } = module.getClass('default');
        module.wrapMethod(prototype, 'open', (method, self, args) => {
          const breaker = self as Breaker;
          guard(() => breakers.of(breaker)?.change('open', breaker.options.resetTimeout), undefined);
          return Reflect.apply(method, self, args);
        });
        module.wrapMethod(prototype, 'close', (method, self, args) => {
          guard(() => breakers.of(self as Breaker)?.change('closed'), undefined);
          return Reflect.apply(method, self, args);
        });
      },
    },
  ],
};
