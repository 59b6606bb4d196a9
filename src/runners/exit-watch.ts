// A process whose tests are over and which does not end: what keeps it alive is reported, and it is ended.
import { readConfig } from '../config.ts';
import { complain } from '../runtime/complain.ts';
import { load } from '../runtime/load.ts';
import type * as Leaks from './leaks.ts';
import type { Beginning } from './test-file.ts';
import { isAnyAwaited, pendingTests } from './test-run.ts';

/** With what a process is ended that does not end after its tests. */
const exitCode = 71;

const { setTimeout, clearTimeout } = globalThis;
let listening: ((event: string | symbol) => void) | null = null;
let timer: NodeJS.Timeout | undefined;

/** Whether more tests may come: then it is waited for longer. */
export type MayGoOn = () => Promise<boolean>;

/** The tests are over: if the process is there after a while, it is explained and ended, unless that is switched off. */
export function watchExit(beginning: Beginning, mayGoOn: MayGoOn = () => Promise.resolve(false)): void {
  const { testExitAfterMs } = readConfig();
  if (testExitAfterMs === null) return;
  const check = async (): Promise<void> => {
    if (isAnyAwaited() || (await mayGoOn()) || isAnyAwaited()) watchExit(beginning, mayGoOn);
    else endNow(beginning, testExitAfterMs);
  };
  clearTimeout(timer);
  timer = setTimeout(() => void check(), testExitAfterMs).unref();
}

/**
 * Calls `act` when a function of this name listens for `exit`: by that a runner sets the code of a process that is to end
 * now by itself. In watch mode it does not. Whoever waited before does not any more.
 */
export function whenRunnerIsDone(name: string, act: () => void): void {
  if (listening !== null) process.off('newListener', listening);
  const onNew = (event: string | symbol): void => {
    if (event !== 'exit' || !new Error('here').stack?.includes(` ${name} `)) return;
    process.off('newListener', onNew);
    act();
  };
  listening = onNew;
  process.on('newListener', onNew);
}

function endNow(beginning: Beginning, afterMs: number): void {
  try {
    const { findLeft, giveLeaks, fileEntry } = load(import.meta.url, './leaks') as typeof Leaks;
    const hung = pendingTests()[0];
    const { left, handles } = findLeft();
    giveLeaks(fileEntry(hung?.file ?? process.argv[1] ?? '', 'not exiting', beginning), left, handles);
    complain(`ended with code ${exitCode}: the process was there ${afterMs / 1000} s after its tests were over`);
  } catch (error) {
    complain('why the process does not end is not known', error);
  }
  // After those of the runner: mocha sets the number of failures, which stays if there are any.
  process.once('exit', () => (process.exitCode ||= exitCode));
  process.exit();
}
