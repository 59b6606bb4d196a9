// p-retry: each call is a retry with its attempts, the last error, and when it tries again.
import type { TaskRecord } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { now } from '../src/runtime/clock.ts';
import { currentTask, parentForNew } from '../src/runtime/context.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import type { Library } from './hook-library.ts';
import { originAt } from './hook-origin.ts';
import { CallRecord, guard, runRecorded, type Callable } from './record.ts';
import { isWrapped, wrapFunction } from './patch.ts';

const usualRetries = 10;
const retries = new WeakMap<TaskRecord, RetryCall>();

/** One call of pRetry. */
class RetryCall {
  readonly record: CallRecord;
  #delay: WaitRecord | null = null;

  constructor(run: Callable, options: unknown) {
    const at = now();
    const given = typeof options === 'object' && options !== null && 'retries' in options ? options.retries : undefined;
    const most = typeof given === 'number' ? given : usualRetries;
    const limit = Number.isFinite(most) ? most + 1 : null;
    this.record = new CallRecord(originAt('retry', 'p-retry', run, at), at, parentForNew(), true, {
      attempt: 0,
      limit,
      lastError: undefined,
      nextAt: null,
    });
    retries.set(this.record, this);
  }

  /** The function with each of its calls an attempt. */
  attempts(run: Callable): Callable {
    return wrapFunction(run, (method, self, args) => {
      const attempt = guard(() => this.#begin(), null);
      if (attempt === null) return Reflect.apply(method, self, args);
      const ended = (rejected: boolean, error: unknown): void => {
        if (rejected) this.#note({ lastError: error });
      };
      return runRecorded(attempt, method, self, args, ended, true);
    });
  }

  /** It will try again after so many milliseconds. */
  delay(milliseconds: number): void {
    this.endDelay();
    const { site } = this.record.origin;
    this.#delay = park('delay', null, null, milliseconds, this.record, site);
    this.#note({ nextAt: this.#delay.until });
  }

  endDelay(): void {
    if (this.#delay !== null) unpark(this.#delay);
    this.#delay = null;
  }

  #begin(): CallRecord {
    this.endDelay();
    const { progress, origin } = this.record;
    this.#note({ attempt: (progress?.attempt ?? 0) + 1, nextAt: null });
    return new CallRecord({ ...origin, kind: 'attempt' }, now(), this.record, true, this.record.progress);
  }

  #note(change: Partial<NonNullable<CallRecord['progress']>>): void {
    if (this.record.progress !== null) this.record.progress = { ...this.record.progress, ...change };
  }
}

function retryNow(): RetryCall | undefined {
  const task = currentTask();
  return task === null ? undefined : retries.get(task);
}

function callRetry(method: Callable, self: unknown, args: unknown[]): unknown {
  const [run, options] = args;
  if (typeof run !== 'function' || isWrapped(run)) return Reflect.apply(method, self, args);
  const call = guard(() => new RetryCall(run as Callable, options), null);
  if (call === null) return Reflect.apply(method, self, args);
  const given = [call.attempts(run as Callable), ...args.slice(1)];
  return runRecorded(call.record, method, self, given, () => call.endDelay());
}

export const pRetry: Library = {
  name: 'p-retry',
  versions: ['5', '6', '7', '8', '9'],
  files: [
    {
      path: 'index.js',
      versions: ['5', '6'],
      exports: ['default'],
      edits: [{ find: /if \(!operation\.retry\(error\)\)/, replace: '$call(delay, operation); $&' }],
      calls: {
        delay(operation: { readonly _timeouts?: readonly unknown[] }) {
          const milliseconds = operation._timeouts?.[0];
          if (typeof milliseconds === 'number') retryNow()?.delay(milliseconds);
        },
      },
      patch: (module) => module.wrapExport('default', callRetry),
    },
    {
      path: 'index.js',
      exports: ['default'],
      edits: [
        {
          find: /\bconst timeoutToken = setTimeout\((\(\) => \{[^{}]*\}), (\w+)\)/,
          replace: 'const timeoutToken = setTimeout($1, $call(delay, $2))',
        },
      ],
      calls: {
        delay(milliseconds: number) {
          retryNow()?.delay(milliseconds);
        },
      },
      patch: (module) => module.wrapExport('default', callRetry),
    },
  ],
};
