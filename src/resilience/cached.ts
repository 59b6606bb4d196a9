// A function that remembers what it returned. lru-cache keeps the values, because what is used least shall go first; that
// a value is computed once for all who want it, and who they are, is ours.
import type { LRUCache } from 'lru-cache';
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { CacheStatistics } from '../channels/statistics.ts';
import { ArgumentError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkNumber, checkOptions, nameOf } from '../primitives/arguments.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { now } from '../runtime/clock.ts';
import { parentForNew } from '../runtime/context.ts';
import { loadPackage } from '../runtime/load.ts';
import { announce, identify } from '../runtime/resource.ts';

export interface CachedOptions<Args extends readonly unknown[]> {
  /** What reports, spans and metrics call it. Default: the name of the function, or `cache`. */
  readonly name?: string;
  /** Milliseconds for which a value is given out. Default Infinity. */
  readonly ttl?: number;
  /** The most values; what was used longest ago goes first. Default 1,000. */
  readonly max?: number;
  /** Milliseconds after `ttl` in which the old value is given out once more, while a new one is computed. Default 0. */
  readonly staleWhileRevalidate?: number;
  /**
   * Which calls are the same. Default: the argument itself if there is one, so that objects are told apart by identity;
   * of several, their values, which then must be no objects.
   */
  readonly key?: (...args: Args) => unknown;
  /** True: values which are objects go as soon as nobody else uses them (`WeakRef`). Default false. */
  readonly weak?: boolean;
}

/** A function with a cache. */
export interface CachedFunction<Args extends readonly unknown[], Value> {
  (...args: Args): Promise<Value>;
  /** Forgets everything. What is being computed is handed to those who wait for it, and not kept. */
  clear(): void;
  /** Forgets the value of such a call. False if there was none. */
  delete(...args: Args): boolean;
  statistics(): CacheStatistics;
}

interface Entry<Value> {
  /** What callers are given; null where the value is only known weakly. */
  readonly promise: Promise<Value> | null;
  readonly ref: WeakRef<object> | null;
  /** On the runtime clock. */
  readonly freshUntil: number;
  readonly staleUntil: number;
}

/**
 * Remembers what a function returned. Calls at the same time are one: all wait for the task that computes the value.
 * Failures are not remembered.
 * @example
 * const loadUser = cached((id: string) => database.find(id), { name: 'users', ttl: 60_000, max: 10_000 });
 * await loadUser('42');
 * @throws ArgumentError if an option is of the wrong type or out of range
 */
export function cached<Args extends readonly unknown[], Value>(
  run: (...args: Args) => Value | PromiseLike<Value>,
  options: CachedOptions<Args> = {},
): CachedFunction<Args, Value> {
  checkFunction(run, 'the function to cache');
  const cache = new Cache<Args, Value>(run, options);
  return Object.assign(
    function call(this: unknown, ...args: Args): Promise<Value> {
      return cache.call(this, args);
    },
    {
      clear: () => cache.clear(),
      delete: (...args: Args) => cache.forget(args),
      statistics: () => cache.statistics(),
    },
  );
}

class Cache<Args extends readonly unknown[], Value> implements ResourceRecord {
  readonly kind = 'cache';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #run: (...args: Args) => Value | PromiseLike<Value>;
  readonly #keyOf: (...args: Args) => unknown;
  readonly #ttl: number;
  readonly #staleMs: number;
  readonly #max: number;
  readonly #isWeak: boolean;
  readonly #values: LRUCache<object, Entry<Value>>;
  readonly #loading = new Map<unknown, Task<Value>>();
  #hits = 0;
  #misses = 0;
  #stale = 0;
  #evicted = 0;

  constructor(run: (...args: Args) => Value | PromiseLike<Value>, options: CachedOptions<Args>) {
    checkOptions(options);
    const { ttl = Infinity, max = 1000, staleWhileRevalidate = 0, key, weak = false } = options;
    checkNumber(ttl, 'ttl', 0);
    checkCount(max, 'max', 1);
    if (max === Infinity) throw new ArgumentError('max must be finite: what is remembered for ever is a leak');
    checkNumber(staleWhileRevalidate, 'staleWhileRevalidate', 0);
    if (key !== undefined) checkFunction(key, 'key');
    this.name = checkName(options.name, nameOf(run, 'cache'));
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#run = run;
    this.#keyOf = key ?? ((...args) => defaultKey(this.name, args));
    this.#ttl = ttl;
    this.#staleMs = staleWhileRevalidate;
    this.#max = max;
    this.#isWeak = weak;
    const { LRUCache: Values } = loadPackage('lru-cache') as { readonly LRUCache: typeof LRUCache };
    this.#values = new Values({
      max,
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') this.#evicted++;
      },
    });
    announce(this);
  }

  call(self: unknown, args: Args): Promise<Value> {
    let key: unknown;
    try {
      key = this.#keyOf(...args);
    } catch (error) {
      return Promise.reject(error);
    }
    const entry = this.#values.get(key as object);
    const promise = entry === undefined ? null : promiseOf(entry);
    if (entry !== undefined && promise !== null) {
      if (entry.freshUntil === Infinity) {
        this.#hits++;
        return promise;
      }
      const at = now();
      if (at < entry.staleUntil) {
        this.#hits++;
        if (at >= entry.freshUntil) {
          this.#stale++;
          if (!this.#loading.has(key)) this.#load(key, self, args);
        }
        return promise;
      }
    }
    this.#misses++;
    return (this.#loading.get(key) ?? this.#load(key, self, args)).then();
  }

  clear(): void {
    this.#values.clear();
    this.#loading.clear();
  }

  forget(args: Args): boolean {
    const key = this.#keyOf(...args);
    const wasLoading = this.#loading.delete(key);
    return this.#values.delete(key as object) || wasLoading;
  }

  statistics(): CacheStatistics {
    return Object.freeze({
      kind: 'cache',
      size: this.#values.size,
      capacity: this.#max,
      loading: this.#loading.size,
      hits: this.#hits,
      misses: this.#misses,
      stale: this.#stale,
      evicted: this.#evicted,
    });
  }

  /** Nobody holds a cache. */
  holders(): Iterable<Hold> {
    return [];
  }

  #load(key: unknown, self: unknown, args: Args): Task<Value> {
    const task = startTask<Value>(
      'call',
      () => this.#run.apply(self, [...args] as never),
      { name: this.name },
      parentForNew(),
    );
    this.#loading.set(key, task);
    task.observe(
      (value) => {
        if (this.#isCurrent(key, task)) this.#keep(key, value);
      },
      () => void this.#isCurrent(key, task),
    );
    return task;
  }

  /** Whether nobody has forgotten the key since, or asked anew. It is not being computed any more. */
  #isCurrent(key: unknown, task: Task<Value>): boolean {
    return this.#loading.get(key) === task && this.#loading.delete(key);
  }

  #keep(key: unknown, value: Value): void {
    const isWeak = this.#isWeak && ((typeof value === 'object' && value !== null) || typeof value === 'function');
    const freshUntil = this.#ttl === Infinity ? Infinity : now() + this.#ttl;
    this.#values.set(key as object, {
      promise: isWeak ? null : Promise.resolve(value),
      ref: isWeak ? new WeakRef(value) : null,
      freshUntil,
      staleUntil: freshUntil + this.#staleMs,
    });
  }
}

function promiseOf<Value>({ promise, ref }: Entry<Value>): Promise<Value> | null {
  if (promise !== null) return promise;
  const value = ref?.deref();
  return value === undefined ? null : Promise.resolve(value as Value);
}

/**
 * A single argument itself; several values in one string, with their types: `1` is not `'1'`. A character that strings
 * hardly begin with, and that is put before those which do, keeps it apart from any single string.
 */
function defaultKey(name: string, args: readonly unknown[]): unknown {
  if (args.length === 1) {
    const [argument] = args;
    return typeof argument === 'string' && argument.startsWith('\0') ? `\0${argument}` : argument;
  }
  const texts = args.map((argument) => {
    if (typeof argument === 'string') return JSON.stringify(argument);
    const type = typeof argument;
    if ((type === 'object' && argument !== null) || type === 'function' || type === 'symbol') {
      const what = type === 'symbol' ? 'a symbol' : 'an object';
      throw new ArgumentError(`${name} is called with several arguments, one of them ${what}: cached needs a key`);
    }
    return `${type} ${String(argument)}`;
  });
  return `\0(${texts.join()})`;
}
