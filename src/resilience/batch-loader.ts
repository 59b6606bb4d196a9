// Single look-ups made into few: those of one turn go out together, as in graphql's DataLoader.
import { ArgumentError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkNumber, checkOptions, nameOf } from '../primitives/arguments.ts';
import { Task } from '../primitives/tasks/task.ts';
import { noOptions, throwIfEnded } from '../primitives/waiter.ts';
import { parentForNew } from '../runtime/context.ts';

export interface BatchLoaderOptions<Key> {
  /** What reports and spans call the batches. Default: the name of the function, or `loader`. */
  readonly name?: string;
  /** The most keys in a batch. Default Infinity. */
  readonly size?: number;
  /** Milliseconds for which further keys are waited for. Default: those of the same turn alone. */
  readonly wait?: number;
  /** Which keys are the same, and so asked for once in a batch. Default: the key itself. */
  readonly key?: (key: Key) => unknown;
}

/** Looks up one key, together with others. */
export interface BatchLoader<Key, Value> {
  (key: Key): Promise<Value>;
  /** Looks up several. */
  many(keys: Iterable<Key>): Promise<Value[]>;
}

/** What is being collected. */
interface Collection<Key, Value> {
  readonly keys: Key[];
  readonly places: Map<unknown, number>;
  readonly task: Task<readonly (Value | Error)[]>;
  readonly send: () => void;
}

/**
 * A function that looks up one key, made of one that looks up many. It must return as many values as there are keys, in
 * their order, with an Error in the place of what failed. Nothing is remembered: see `cached`.
 * @example
 * const loadUser = batchLoader((ids: readonly string[]) => database.findAll(ids), { name: 'users' });
 * await Promise.all(orders.map(({ user }) => loadUser(user)));   // one query
 */
export function batchLoader<Key, Value>(
  run: (keys: readonly Key[]) => readonly (Value | Error)[] | PromiseLike<readonly (Value | Error)[]>,
  options: BatchLoaderOptions<Key> = {},
): BatchLoader<Key, Value> {
  checkFunction(run, 'the function to look up keys');
  checkOptions(options);
  const { size = Infinity, wait = 0, key: keyOf = (key: Key): unknown => key } = options;
  checkCount(size, 'size', 1);
  checkNumber(wait, 'wait', 0);
  checkFunction(keyOf, 'key');
  const name = checkName(options.name, nameOf(run, 'loader'));
  let open: Collection<Key, Value> | null = null;

  function collect(): Collection<Key, Value> {
    const keys: Key[] = [];
    const sent = Promise.withResolvers<void>();
    const gate = async (): Promise<void> => {
      await sent.promise;
      throwIfEnded(noOptions);
    };
    const look = async (): Promise<readonly (Value | Error)[]> => {
      const values: unknown = await run(keys);
      if (Array.isArray(values) && values.length === keys.length) return values as (Value | Error)[];
      const got = Array.isArray(values) ? `${values.length} values` : typeof values;
      throw new ArgumentError(`${name} must return an array of ${keys.length} values, one for each key, got ${got}`);
    };
    const task = new Task<readonly (Value | Error)[]>('call', name, parentForNew()).startAfter(gate, look);
    let timer: NodeJS.Timeout | undefined;
    const collection: Collection<Key, Value> = {
      keys,
      places: new Map(),
      task,
      send() {
        clearTimeout(timer);
        if (open === collection) open = null;
        sent.resolve();
      },
    };
    if (wait > 0) timer = setTimeout(collection.send, wait);
    // after the microtasks of now, and of what they queue: an awaited value may lead to a further key
    else void Promise.resolve().then(() => process.nextTick(collection.send));
    return collection;
  }

  function load(key: Key): Promise<Value> {
    let same: unknown;
    try {
      same = keyOf(key);
    } catch (error) {
      return Promise.reject(error); // before anything is collected
    }
    open ??= collect();
    const { keys, places, task, send } = open;
    const place = places.get(same) ?? keys.push(key) - 1;
    places.set(same, place);
    if (keys.length >= size) send();
    return task.then((values) => {
      const value = values[place];
      if (value instanceof Error) throw value;
      return value as Value;
    });
  }

  return Object.assign((key: Key) => load(key), {
    many: (keys: Iterable<Key>) => Promise.all(Array.from(keys, load)),
  });
}
