// Synchronous calls into Node that keep the loop waiting: those of fs, child_process, crypto and zlib, and Atomics.wait. All
// are wrapped, so this is only started where somebody asks for it. What modules call as they are loaded is no matter:
// nobody waits yet, and `require` itself reads so.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { loopCalled } from '../src/channels/loop.ts';
import type { Site } from '../src/channels/site.ts';
import { isOwnFile } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentTask } from '../src/runtime/context.ts';
import { readFrames, type Frame } from '../src/runtime/frames.ts';
import { wrapFunction } from './patch.ts';
import { guard, type Callable } from './record.ts';

const modules = ['node:fs', 'node:child_process', 'node:crypto', 'node:zlib'] as const;
const moduleLoader = 'node:internal/modules/';
// Longer calls have their line captured each; of the others so many a second.
const alwaysMs = 1;
const windowMs = 250;
const capturesPerWindow = 25;

// Taken at import: fake timers are the program's.
const { setImmediate } = globalThis;

/** Where a call came from: null for what is loopscope's own, or a module's that is being loaded. */
type Origin = Site | null;

/** What is known while calls are watched. */
class Calls {
  /** The loop has begun to turn; what is called before is the start-up. */
  isStarted = false;
  isInside = false;
  #windowStart = -Infinity;
  #captured = 0;
  readonly #lastSeen = new Map<string, Origin>();

  publish(native: string, since: number): void {
    const at = now();
    const durationMs = at - since;
    const site = durationMs >= alwaysMs || this.#hasRoom(at) ? this.#capture(native) : this.#lastSeen.get(native);
    if (site != null) loopCalled.publish({ native, durationMs, site, task: currentTask() });
  }

  #hasRoom(at: number): boolean {
    if (at - this.#windowStart >= windowMs) {
      this.#windowStart = at;
      this.#captured = 0;
    }
    return this.#captured++ < capturesPerWindow;
  }

  #capture(native: string): Origin {
    const site = originOf(readFrames(makeCall));
    if (site === undefined) return null; // the next one is the program's again
    this.#lastSeen.set(native, site === null ? null : { ...site, exact: false });
    return site;
  }
}

/** Makes a call, and publishes it. */
function makeCall(calls: Calls, native: string, run: Callable, self: unknown, args: readonly unknown[]): unknown {
  if (!calls.isStarted || calls.isInside || !loopCalled.hasSubscribers) return Reflect.apply(run, self, args);
  calls.isInside = true;
  const since = now();
  try {
    return Reflect.apply(run, self, args);
  } finally {
    calls.isInside = false;
    guard(() => calls.publish(native, since), undefined);
  }
}

/**
 * Publishes synchronous calls on `loopCalled`, from the next turn of the loop on.
 * @returns what stops it, and puts the functions back; it may be called twice
 */
export function watchBlockingCalls(): () => void {
  const calls = new Calls();
  const require = createRequire(import.meta.url);
  const restores: (() => void)[] = [];
  for (const name of modules) {
    const module = require(name) as Record<string, unknown>;
    for (const key of Object.keys(module)) if (key.endsWith('Sync')) patch(module, key, key, calls, restores);
  }
  patch(Atomics, 'wait', 'Atomics.wait', calls, restores);
  syncBuiltinESMExports();
  const immediate = setImmediate(() => (calls.isStarted = true)).unref();
  return () => {
    clearImmediate(immediate);
    for (const restore of restores.splice(0)) restore();
    syncBuiltinESMExports();
  };
}

function patch(target: object, key: string, native: string, calls: Calls, restores: (() => void)[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  const run: unknown = descriptor?.value;
  if (descriptor?.configurable !== true || typeof run !== 'function') return;
  const value = wrapFunction(run as Callable, (method, self, args) => makeCall(calls, native, method, self, args));
  Object.defineProperty(target, key, { ...descriptor, value });
  restores.push(() => {
    if (Reflect.get(target, key) === value) Object.defineProperty(target, key, descriptor); // unless somebody patched it since
  });
}

/** The innermost line of the program, or of a library where there is none; undefined for what is loopscope's own. */
function originOf(frames: readonly Frame[]): Origin | undefined {
  let inLibrary: Origin = null;
  let found: Origin = null;
  for (const frame of frames) {
    const { file, awaits } = frame;
    if (file === null || file === '') continue;
    if (!awaits && (file.startsWith(moduleLoader) || isModule(frame))) return null;
    if (file.startsWith('node:')) continue;
    if (isOwnFile(file)) {
      // the wrapper's own frame is on top; whatever else is loopscope's was called by nobody else
      if (found === null && inLibrary === null && !file.includes('blocking-calls')) return undefined;
      continue;
    }
    const { line, column, function: name } = frame;
    const site: Site = { file, line, column, function: name, exact: true };
    if (file.includes('node_modules')) inLibrary ??= site;
    else found ??= site;
  }
  return found ?? inLibrary;
}

/** The code of a module itself, outside of all functions. */
function isModule({ function: name, startLine, startColumn }: Frame): boolean {
  return (name === '' || name === 'Object.<anonymous>') && startLine === 1 && startColumn === 1;
}
