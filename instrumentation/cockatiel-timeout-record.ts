// The timeout policy of cockatiel: each execution is a call that ends by itself at its deadline.
import type { WaitRecord } from '../src/channels/wait.ts';
import { TimeoutError } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import type { LibraryFile } from './hook-library.ts';
import { originAt } from './hook-origin.ts';
import { wrapFunction } from './patch.ts';
import { CallRecord, callInTask, follow, guard, type Callable } from './record.ts';

interface Execution {
  fn: Callable;
  readonly policy: { readonly duration: number };
}

/** One call of `execute`. */
class TimeoutExecution {
  readonly fn: Callable;
  readonly #record: CallRecord;
  readonly #wait: WaitRecord;
  readonly #duration: number;
  #end: { readonly error?: unknown } | null = null;

  constructor({ fn, policy }: Execution) {
    const at = now();
    const origin = originAt('call', 'cockatiel', fn, at);
    this.#duration = policy.duration;
    this.#record = new CallRecord(origin, at, parentForNew());
    this.#wait = park('await', null, null, policy.duration, this.#record, origin.site);
    this.fn = wrapFunction(fn, (run, self, args) => {
      try {
        return this.#follow(callInTask(this.#record, run, self, args));
      } catch (error) {
        this.#end = { error };
        throw error;
      }
    });
  }

  /** The execution is over; without an end of the function, it took too long. */
  end(): void {
    const end = this.#end ?? { error: new TimeoutError(`timed out after ${this.#duration} ms`) };
    unpark(this.#wait);
    this.#record.settle('error' in end, end.error);
  }

  #follow(result: unknown): unknown {
    return follow(
      result,
      (value) => {
        this.#end = {};
        return value;
      },
      (error) => {
        this.#end = { error };
      },
      true,
    );
  }
}

type Begun = TimeoutExecution | Execution;

export const cockatielTimeout: LibraryFile = {
  path: ['dist/TimeoutPolicy.js', 'dist/esm/TimeoutPolicy.js'],
  edits: [
    {
      find: /\bconst \{ ctrl: aborter, dispose: disposeAbort \} =/,
      replace: 'const execution = $call(begin, { fn, policy: this }); fn = execution.fn; $&',
    },
    { find: /\bonCancelledListener\.dispose\(\);/, replace: '$call(end, execution); $&' },
  ],
  calls: {
    begin: (execution: Execution) => (typeof execution.fn === 'function' ? new TimeoutExecution(execution) : undefined),
    end(execution: Begun) {
      if (execution instanceof TimeoutExecution) guard(() => execution.end(), undefined);
    },
  },
};
