// Who opened which file: of what `fs.open` and its like give, as a number is no object that anything could be kept beside.
import { executionAsyncResource } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { complain } from '../runtime/complain.ts';
import { noteExactly, type Creation } from './creation.ts';

type Callable = (...parameters: unknown[]) => unknown;
type OpenModule = Record<'open', Callable> & Partial<Record<'openSync', Callable>>;

/** By descriptor. An entry stays until the descriptor is used again: that a file was lost shows when it is gone. */
const opened = new Map<unknown, Opened>();

interface Opened {
  readonly creation: Creation;
  /** Null for what the program knows by its number alone. */
  readonly handle: WeakRef<object> | null;
  /** Whose FileHandle with this descriptor was collected before. */
  readonly before: Creation | null;
}

/** What opened the file that has this descriptor; null where that is not known. */
export function openedAt(descriptor: number): Creation | null {
  return opened.get(descriptor)?.creation ?? null;
}

/** The same for the FileHandle that was lost open: others may have the descriptor by now. */
export function lostAt(descriptor: number): Creation | null {
  const last = opened.get(descriptor);
  return last === undefined ? null : (collected(last) ?? last.before);
}

function collected({ creation, handle }: Opened): Creation | null {
  return handle !== null && handle.deref() === undefined ? creation : null;
}

/** Begins; returns what ends it. The functions of the file system keep their names, lengths and results. */
export function watchOpened(): () => void {
  const require = createRequire(import.meta.url);
  const fs = require('node:fs') as OpenModule;
  const promises = require('node:fs/promises') as OpenModule;
  const ends = [
    replace(fs, 'openSync', (open, self, given) => {
      const descriptor = Reflect.apply(open, self, given);
      note(descriptor, noteExactly({}, executionAsyncResource()));
      return descriptor;
    }),
    replace(fs, 'open', (open, self, given) => {
      const callback = given.at(-1);
      if (typeof callback !== 'function') return Reflect.apply(open, self, given);
      const creation = noteExactly({}, executionAsyncResource());
      const called = new Proxy(callback as Callable, {
        apply(target, it, results: unknown[]) {
          note(results[1], creation);
          return Reflect.apply(target, it, results);
        },
      });
      return Reflect.apply(open, self, [...given.slice(0, -1), called]);
    }),
    replace(promises, 'open', (open, self, given) => {
      const creation = noteExactly({}, executionAsyncResource());
      const result = Reflect.apply(open, self, given) as Promise<{ readonly fd: number }>;
      result.then(
        (handle) => note(handle.fd, creation, handle),
        () => {},
      );
      return result;
    }),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const end of ends) end();
    syncBuiltinESMExports();
  };
}

function note(descriptor: unknown, creation: Creation, handle: object | null = null): void {
  if (typeof descriptor !== 'number') return;
  const last = opened.get(descriptor);
  const before = last === undefined ? null : (collected(last) ?? last.before);
  opened.set(descriptor, { creation, handle: handle === null ? null : new WeakRef(handle), before });
}

type Apply = (open: Callable, self: unknown, given: unknown[]) => unknown;

function replace(module: OpenModule, name: 'open' | 'openSync', apply: Apply): () => void {
  const original = module[name];
  if (original === undefined) return () => {};
  const replacement = new Proxy(original, { apply });
  try {
    module[name] = replacement;
  } catch (error) {
    complain(`who opens files is not known (fs.${name})`, error);
  }
  return () => {
    if (module[name] === replacement) module[name] = original;
  };
}
