// A generator function as a context manager: set up before its `yield`, cleaned up after it. contextlib's
// asynccontextmanager.
import { ArgumentError, StateError } from '../errors.ts';
import { checkFunction, nameOf } from './arguments.ts';
import { noOptions, throwIfEnded } from './waiter.ts';

/** What has been set up. `await using` cleans it up, whatever happens; it does not tell the generator of an error. */
export interface EnteredContext<Value> extends AsyncDisposable {
  /** What the generator yielded. */
  readonly value: Value;
}

/** One use of a context manager, not set up yet. It can be used several times; each use runs the generator anew. */
export interface AsyncContext<Value> {
  readonly name: string;
  /**
   * Sets up, calls the function and cleans up, with all that Python's `async with` does: an error of the function is
   * thrown into the generator at its `yield`, which may clean up, throw another, or swallow it by returning.
   * @returns what the function returns; undefined if the generator swallowed its error
   */
  run<Result>(body: (value: Value) => Result | PromiseLike<Result>): Promise<Result | undefined>;
  /**
   * Sets up, for `await using`. JavaScript tells nobody who is disposed of why: the generator goes on after its `yield`
   * as if all were well, also when the block was left by an error. Use `run` where the difference counts.
   */
  enter(): Promise<EnteredContext<Value>>;
}

/**
 * Makes a context manager of an async generator function that yields once.
 * @example
 * const transaction = asyncContextManager(async function* transaction(pool: Pool) {
 *   const client = await pool.connect();
 *   try { yield client; await client.query('COMMIT'); }
 *   catch (error) { await client.query('ROLLBACK'); throw error; }
 *   finally { client.release(); }
 * });
 * await transaction(pool).run((client) => client.query(insert));
 * await using entered = await transaction(pool).enter();
 * @throws ArgumentError if it is not given a function
 */
export function asyncContextManager<Arguments extends unknown[], Value>(
  generatorFunction: (...values: Arguments) => AsyncGenerator<Value, unknown, unknown>,
): (...values: Arguments) => AsyncContext<Value> {
  checkFunction(generatorFunction, 'what asyncContextManager is given');
  const name = nameOf(generatorFunction, 'context');
  function manager(this: unknown, ...values: Arguments): AsyncContext<Value> {
    return new GeneratorContext(name, () => generatorFunction.apply(this, values));
  }
  return Object.defineProperty(manager, 'name', { value: name });
}

class GeneratorContext<Value> implements AsyncContext<Value> {
  readonly name: string;
  readonly #start: () => AsyncGenerator<Value, unknown, unknown>;

  constructor(name: string, start: () => AsyncGenerator<Value, unknown, unknown>) {
    this.name = name;
    this.#start = start;
  }

  async run<Result>(body: (value: Value) => Result | PromiseLike<Result>): Promise<Result | undefined> {
    checkFunction(body, `the function to run in ${this.name}`);
    const { generator, value } = await this.#setUp();
    let result: Result;
    try {
      result = await body(value);
    } catch (error) {
      const { done } = await generator.throw(error);
      if (done !== true) await this.#complain(generator, 'yielded again after an error');
      return undefined;
    }
    await this.#cleanUp(generator);
    return result;
  }

  async enter(): Promise<EnteredContext<Value>> {
    const { generator, value } = await this.#setUp();
    let cleaned: Promise<void> | null = null;
    return { value, [Symbol.asyncDispose]: () => (cleaned ??= this.#cleanUp(generator)) };
  }

  async #setUp(): Promise<{ generator: AsyncGenerator<Value, unknown, unknown>; value: Value }> {
    throwIfEnded(noOptions);
    const generator = this.#start();
    if (typeof (generator as { next?: unknown } | undefined)?.next !== 'function' || !('throw' in generator)) {
      throw new ArgumentError(`${this.name} must be an async generator function: async function* ${this.name}() {…}`);
    }
    const { done, value } = await generator.next();
    if (done === true) throw new StateError(`the generator ${this.name} did not yield`);
    return { generator, value };
  }

  async #cleanUp(generator: AsyncGenerator<Value, unknown, unknown>): Promise<void> {
    const { done } = await generator.next();
    if (done !== true) await this.#complain(generator, 'yielded more than once');
  }

  async #complain(generator: AsyncGenerator<Value, unknown, unknown>, what: string): Promise<never> {
    try {
      await generator.return(undefined);
    } catch {
      // the first mistake of the generator is the one to mend
    }
    throw new StateError(`the generator ${this.name} ${what}`);
  }
}
