// p-retry: each call is a retry with its attempts, the last error, and when it tries again.
import type { TaskRecord } from '../src/channels/task.ts';
import { currentTask } from '../src/runtime/context.ts';
import type { Library } from './hook-library.ts';
import { guard, runRecorded, type Callable } from './record.ts';
import { isWrapped, wrapFunction } from './patch.ts';
import { RetryCall } from './retry-record.ts';

const usualRetries = 10;
const retries = new WeakMap<TaskRecord, RetryCall>();

/** The function with each of its calls an attempt. */
function attempts(call: RetryCall, run: Callable): Callable {
  return wrapFunction(run, (method, self, args) => {
    const attempt = guard(() => call.begin(), null);
    if (attempt === null) return Reflect.apply(method, self, args);
    const ended = (rejected: boolean, error: unknown): void => {
      if (rejected) call.fail(error);
    };
    return runRecorded(attempt, method, self, args, ended, true);
  });
}

function begin(run: Callable, options: unknown): RetryCall {
  const given = typeof options === 'object' && options !== null && 'retries' in options ? options.retries : undefined;
  const most = typeof given === 'number' ? given : usualRetries;
  const call = new RetryCall('p-retry', run, Number.isFinite(most) ? most + 1 : null);
  retries.set(call.record, call);
  return call;
}

function retryNow(): RetryCall | undefined {
  const task = currentTask();
  return task === null ? undefined : retries.get(task);
}

function callRetry(method: Callable, self: unknown, args: unknown[]): unknown {
  const [run, options] = args;
  if (typeof run !== 'function' || isWrapped(run)) return Reflect.apply(method, self, args);
  const call = guard(() => begin(run as Callable, options), null);
  if (call === null) return Reflect.apply(method, self, args);
  const given = [attempts(call, run as Callable), ...args.slice(1)];
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
