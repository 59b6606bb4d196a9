// A function or method whose every call is retried: as a wrapper and as a decorator of the language (TC39, stage 3).
import { ArgumentError } from '../errors.ts';
import { checkFunction, nameOf } from '../primitives/arguments.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { prepareRetry, type RetryOptions } from './retry.ts';

/**
 * Returns a function each call of which is a `retry` of `run`, with the same `this` and arguments.
 * @example const load = retryable(loadUser, { attempts: 5 }); await load(id);
 * @throws ArgumentError if `run` is no function or an option out of range
 */
export function retryable<This, Arguments extends unknown[], Value>(
  run: (this: This, ...args: Arguments) => Value | PromiseLike<Value>,
  options: RetryOptions<Value> = {},
): (this: This, ...args: Arguments) => Task<Value> {
  checkFunction(run, 'the function to retry');
  const start = prepareRetry<Value>(options, nameOf(run, 'retry'));
  return function call(this: This, ...args: Arguments): Task<Value> {
    return start(() => run.apply(this, args));
  };
}

/**
 * A decorator of async methods, static and private ones too: each call is a `retry`. Its name is that of the method.
 * @example class Rates { @retried({ attempts: 5 }) async load(currency: string) { … } }
 * @throws ArgumentError if it stands before anything but a method, or an option is out of range
 */
export function retried(options: RetryOptions = {}) {
  return function decorate<This, Arguments extends unknown[], Value>(
    method: (this: This, ...args: Arguments) => Promise<Value>,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: Arguments) => Promise<Value>>,
  ): (this: This, ...args: Arguments) => Promise<Value> {
    const { kind, name } = (context ?? {}) as { readonly kind?: string; readonly name?: string | symbol };
    if (kind !== 'method')
      throw new ArgumentError(`@retried() decorates methods, not ${kind ?? 'in the manner of experimentalDecorators'}`);
    return retryable(method, { name: String(name), ...(options as RetryOptions<Value>) });
  };
}
