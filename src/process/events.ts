// The events of this process, seen without listening: programs count listeners. signal-exit (npm, execa, …) ends a program
// only if no others listen for the signal, and Node warns of the eleventh listener for an event.
import { complain } from '../runtime/complain.ts';

type Handle = (first: unknown, second: unknown) => void;

/** How long a signal takes that a process sends to itself. */
const arrivalMs = 20;

const handles = new Map<string, Handle[]>();

/** Calls `handle` with the first arguments of every such event, before the listeners of the program. */
export function beforeEvent(name: string, handle: Handle): void {
  if (handles.size === 0) patchEmit();
  handles.set(name, [...(handles.get(name) ?? []), handle]);
}

function patchEmit(): void {
  // oxlint-disable-next-line typescript/unbound-method -- applied to what it is called on
  const emit = process.emit as (...args: readonly unknown[]) => boolean;
  const patched = function (this: unknown, ...args: readonly unknown[]): boolean {
    for (const handle of handles.get(args[0] as string) ?? []) {
      try {
        handle(args[1], args[2]);
      } catch (error) {
        complain(`the end of the program or a signal was not handled (${String(args[0])})`, error);
      }
    }
    return Reflect.apply(emit, this, args);
  };
  Object.defineProperty(process, 'emit', { value: patched, writable: true, configurable: true, enumerable: false });
}

/** Calls `act` before a signal ends the program. Where the program listens for it itself, that is its own end. */
export function beforeEndBy(signal: NodeJS.Signals, act: () => void): void {
  let isForProgram = false;
  // First: Node takes the `emit` of the moment in which it begins to catch the signal.
  beforeEvent(signal, () => {
    isForProgram = !caught.isAlone();
    if (isForProgram) return;
    try {
      act();
    } finally {
      caught.stop();
      process.kill(process.pid, signal);
    }
  });
  // Who cleans up and then sends itself the signal again means to end by it: it has to arrive, though nothing else is left.
  beforeEvent('beforeExit', () => {
    if (isForProgram && caught.isAlone()) setTimeout(() => {}, arrivalMs);
    isForProgram = false;
  });
  const caught = catchSignal(signal);
}

/**
 * Catches a signal for as long as the program does not listen for it itself, so that it does not end the program.
 * @returns what stops it
 */
export function catchSignal(signal: NodeJS.Signals): { isAlone(): boolean; stop(): void } {
  const standIn = (): void => {};
  let givesWay = false;
  const onNew = (name: string | symbol, listener: unknown): void => {
    if (name !== signal || listener === standIn) return;
    givesWay = true;
    process.off(signal, standIn);
    givesWay = false;
  };
  const onRemove = (name: string | symbol): void => {
    if (name === signal && !givesWay && process.listenerCount(signal) === 0) process.on(signal, standIn);
  };
  // Before Node's own, which starts to catch the signal: the removal of the last listener makes it stop.
  (process as NodeJS.EventEmitter).prependListener('newListener', onNew);
  process.on('removeListener', onRemove);
  process.on(signal, standIn);
  return {
    isAlone: () => process.listeners(signal).includes(standIn),
    stop() {
      process.off('newListener', onNew);
      process.off('removeListener', onRemove);
      process.off(signal, standIn);
    },
  };
}
