// A policy: whatever calls a function in its own way. Breakers, limiters and bulkheads are policies, and so are locks and
// semaphores.
import { ArgumentError } from '../errors.ts';
import { checkFunction, checkName, checkOptions } from '../primitives/arguments.ts';
import { currentTask, startTask, Task } from '../primitives/tasks/task.ts';
import { parentForNew } from '../runtime/context.ts';

export interface Policy {
  /** Calls the function once, several times or not at all, and returns what it came to. */
  run<Value>(run: () => Value | PromiseLike<Value>): PromiseLike<Value>;
}

export interface CallOptions {
  /** What reports, spans and metrics call the call. Default: the name of the function, or `call`. */
  readonly name?: string;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

/** What the function of a composition is told. */
export interface Call {
  /** Aborted when the call is cancelled, or a policy gives it up (a timeout). */
  readonly signal: AbortSignal;
}

/** Several policies as one. */
export interface ComposedPolicy extends Policy {
  /** Calls the function within all policies, as one task. A cancellation of who waits for it goes on to it. */
  run<Value>(run: (call: Call) => Value | PromiseLike<Value>, options?: CallOptions): Promise<Value>;
}

/**
 * Puts policies around each other, the outermost first. Each call is a task of kind `call`, and what each policy makes of it
 * stands below that.
 * @example
 * const api = compose(policies.retry({ attempts: 5 }), breaker, policies.timeout(1000));
 * await api.run(({ signal }) => fetch(url, { signal }), { name: 'prices' });
 */
export function compose(...chain: readonly Policy[]): ComposedPolicy {
  for (const policy of chain) {
    if (typeof (policy as Partial<Policy> | null)?.run !== 'function') {
      throw new ArgumentError('a policy must have a method run(fn)');
    }
  }
  return {
    run<Value>(run: (call: Call) => Value | PromiseLike<Value>, options: CallOptions = {}): Promise<Value> {
      checkFunction(run, 'the function to call');
      return runCall(run, options, (call) => through(chain, 0, run, call));
    },
  };
}

/** Calls a function as a task of kind `call` for which the current one waits as for a part of itself. */
export function runCall<Value>(
  named: { readonly name: string },
  options: CallOptions,
  start: (call: Task<Value>) => Value | PromiseLike<Value>,
): Promise<Value> {
  checkOptions(options);
  const { signal } = options;
  const name = checkName(options.name, named.name === '' ? 'call' : named.name);
  return startTask('call', start, signal === undefined ? { name } : { name, signal }, parentForNew()).awaitAsPart();
}

function through<Value>(
  chain: readonly Policy[],
  index: number,
  run: (call: Call) => Value | PromiseLike<Value>,
  outermost: Task<Value>,
): Value | PromiseLike<Value> {
  const policy = chain[index];
  if (policy !== undefined) return asPart(policy.run(() => through(chain, index + 1, run, outermost)));
  // The innermost task is cancelled first, and with all that is around it.
  const current = currentTask();
  return run(current instanceof Task ? current : outermost);
}

/** The task of a policy is cancelled with the one around it. */
function asPart<Value>(result: PromiseLike<Value>): PromiseLike<Value> {
  return result instanceof Task ? (result as Task<Value>).awaitAsPart() : result;
}
