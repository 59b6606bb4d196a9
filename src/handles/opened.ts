// Who opened which file: of what `fs.open` and its like give, as a number is no object that anything could be kept beside.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { complain } from '../runtime/complain.ts';
import { noteRationed, type Creation } from './creation.ts';

type Callable = (...parameters: unknown[]) => unknown;
type OpenModule = Record<'open', Callable> & Partial<Record<'openSync', Callable>>;

/** By descriptor. An entry stays until the descriptor is used again: that a file was lost shows when it is gone. */
const opened = new Map<unknown, Opened>();

/** A FileHandle: its number is -1 once it is closed. */
interface Numbered {
  readonly fd: number;
}

interface Opened {
  readonly creation: Creation;
  /** Null for what the program knows by its number alone. */
  readonly handle: WeakRef<Numbered> | null;
  /** Whose FileHandle with this descriptor was collected before. */
  readonly before: Creation | null;
}

/** What opened the file that has this descriptor; null where that is not known. */
export function openedAt(descriptor: number): Creation | null {
  return opened.get(descriptor)?.creation ?? null;
}

/** What opened the FileHandles that are open. */
export function openFileHandles(): Creation[] {
  return [...opened].flatMap(([descriptor, { creation, handle }]) => {
    const isOpen = handle?.deref()?.fd === descriptor;
    return isOpen ? [creation] : [];
  });
}

/** What opened the FileHandle that was lost open: others may have the descriptor by now. */
export function lostAt(descriptor: number): Creation | null {
  const last = opened.get(descriptor);
  return last === undefined ? null : (collected(last) ?? last.before);
}

function collected({ creation, handle }: Opened): Creation | null {
  return handle !== null && handle.deref() === undefined ? creation : null;
}

// oxlint-disable-next-line typescript/unbound-method -- applied to what it is called on
const { then } = Promise.prototype;

/** Notes who opens FileHandles, which the garbage collector closes where the program loses them; returns what ends it. */
export function watchFileHandles(): () => void {
  const promises = createRequire(import.meta.url)('node:fs/promises') as OpenModule;
  const end = replace(promises, 'open', (open, self, given) => {
    const creation = noteRationed({});
    const result = Reflect.apply(open, self, given);
    // Not beside it: whoever listens for a promise answers for its rejection, and nobody may.
    return Reflect.apply(then, result, [
      (handle: Numbered) => {
        note(handle.fd, creation, handle);
        return handle;
      },
    ]);
  });
  syncBuiltinESMExports();
  return () => {
    end();
    syncBuiltinESMExports();
  };
}

/** Notes who opens files by number; returns what ends it. The functions of the file system keep their names, lengths and results. */
export function watchOpened(): () => void {
  const fs = createRequire(import.meta.url)('node:fs') as OpenModule;
  const ends = [
    replace(fs, 'openSync', (open, self, given) => {
      const descriptor = Reflect.apply(open, self, given);
      note(descriptor, noteRationed({}));
      return descriptor;
    }),
    replace(fs, 'open', (open, self, given) => {
      const callback = given.at(-1);
      if (typeof callback !== 'function') return Reflect.apply(open, self, given);
      const creation = noteRationed({});
      const called = new Proxy(callback as Callable, {
        apply(target, it, results: unknown[]) {
          note(results[1], creation);
          return Reflect.apply(target, it, results);
        },
      });
      return Reflect.apply(open, self, [...given.slice(0, -1), called]);
    }),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const end of ends) end();
    syncBuiltinESMExports();
  };
}

function note(descriptor: unknown, creation: Creation, handle: Numbered | null = null): void {
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
