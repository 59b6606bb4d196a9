// The circuit breaker policy of cockatiel: its state, last error and next probe, and each call that is under way.
import type { BreakerState } from '../src/channels/statistics.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { WrappedBreaker } from './breaker-record.ts';
import { Instances } from './hook-instances.ts';
import type { LibraryFile } from './hook-library.ts';
import { callInTask, guard, type Callable } from './record.ts';
import { wrapFunction } from './patch.ts';

interface Policy {
  /** Closed, open, half-open, isolated. */
  readonly state: 0 | 1 | 2 | 3;
  readonly innerState: { readonly backoff?: { readonly duration: number } };
  readonly lastFailure?: Result;
}

type Result = { readonly success: unknown } | { readonly error: unknown } | { readonly value: unknown };

/** A call whose function has not run yet. */
interface Invocation {
  fn: Callable;
  ended?: (invoked: PromiseLike<Result>) => void;
}

const states: readonly BreakerState[] = ['closed', 'open', 'half-open', 'open'];

/** Calls are counted since the state changed: the breaker of a policy may be any object. */
class PolicyRecord {
  readonly breaker: WrappedBreaker<Policy>;
  #calls = 0;
  #failures = 0;

  constructor(policy: Policy, name: string, identity: Identity) {
    const state = states[policy.state] ?? 'closed';
    const count = (): { calls: number; failures: number } => ({ calls: this.#calls, failures: this.#failures });
    this.breaker = new WrappedBreaker('cockatiel', name, identity, policy, state, count);
  }

  invocation(fn: Callable): Required<Invocation> {
    const record = this.breaker.call(fn);
    return {
      fn: wrapFunction(fn, (run, self, args) => callInTask(record, run, self, args)),
      ended: (invoked) => {
        void invoked.then(
          (result) => {
            this.#count('success' in result ? undefined : result);
            record.settle('error' in result, 'error' in result ? result.error : undefined);
          },
          (error: unknown) => {
            this.#count(undefined); // an error that the policy does not handle says nothing of the service
            record.settle(true, error);
          },
        );
      },
    };
  }

  change(policy: Policy): void {
    const { state, innerState } = policy;
    const to = states[state] ?? 'closed';
    if (to === 'closed') [this.#calls, this.#failures] = [0, 0];
    this.breaker.change(to, innerState.backoff?.duration ?? null);
  }

  #count(failure: Result | undefined): void {
    this.#calls++;
    if (failure === undefined) return;
    this.#failures++;
    this.breaker.fail('error' in failure ? failure.error : new Error('the result is handled as a failure'));
  }
}

const policies = new Instances<Policy, PolicyRecord>('cockatiel', (policy, name, identity) => {
  return new PolicyRecord(policy, name, identity);
});

const invoke =
  'const invocation = $call(invocation, { fn, policy: this }); const invoked = this.executor.invoke(invocation.fn, { signal }); $call(ended, invocation, invoked);';

export const cockatielBreaker: LibraryFile = {
  path: ['dist/CircuitBreakerPolicy.js', 'dist/esm/CircuitBreakerPolicy.js'],
  classes: ['CircuitBreakerPolicy'],
  constructed: (policy) => policies.note(policy as Policy),
  edits: [
    {
      find: /(\bconst )?\bresult = await this\.executor\.invoke\(fn, \{ signal \}\);/g,
      replace: `${invoke} $1result = await invoked;`,
    },
    { find: /\bthrow new (?:\w+\.)?(?:Broken|Isolated)CircuitError\(\)/g, replace: '$call(refuse, this); $&' },
    { find: /\bthis\.stateChangeEmitter\.emit\(/g, replace: '$call(change, this); $&' },
    { find: /\bawait (state\.(?:decision\.promise|test))\b/, replace: '$call(decision, $1, this); $&' },
  ],
  calls: {
    invocation({ fn, policy }: Invocation & { readonly policy: Policy }) {
      return typeof fn === 'function' ? policies.of(policy)?.invocation(fn) : undefined;
    },
    ended(invocation: Invocation, _module, invoked: PromiseLike<Result>) {
      invocation.ended?.(invoked);
    },
    refuse(policy: Policy) {
      policies.of(policy)?.breaker.refuse();
    },
    change(policy: Policy) {
      guard(() => policies.of(policy)?.change(policy), undefined);
    },
    decision(decided: PromiseLike<unknown>, _module, policy: Policy) {
      const record = policies.of(policy);
      if (record === null) return;
      const wait = park('acquire', record.breaker.resource);
      const end = (): void => unpark(wait);
      void decided.then(end, end);
    },
  },
};
