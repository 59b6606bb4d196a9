// Starts loopscope in a process: the registry, reports at exit and on signals, and the export of spans if it is wanted.
import { isMainThread, threadId } from 'node:worker_threads';
import { readConfig, type Config } from '../config.ts';
import type { Reason } from '../report/format.ts';
import type { Flush } from './export-spans.ts';
import { beforeEvent } from './events.ts';
import { RunDirectory } from './run-directory.ts';
import { limitCallSites } from '../runtime/call-site.ts';
import { complain } from '../runtime/complain.ts';
import { rootTask } from '../runtime/context.ts';
import { load } from '../runtime/load.ts';
import { startLoop, type Loop } from './loop.ts';
import { listenForSignals } from './signals.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { handleStuck, type StuckSources } from './stuck.ts';
import { answerMainThread, askThreads, watchThreads } from './threads.ts';

const flushBeforeEndMs = 1000;
const key = Symbol.for('loopscope.started');

/** Starts everything, once per thread. Whatever fails is said in one line, and the program runs on. */
export function start(): void {
  const slot = globalThis as Record<symbol, unknown>;
  if (slot[key] !== undefined) {
    complain(`loopscope/register is loaded a second time, from ${import.meta.dirname}: ignored`);
    return;
  }
  slot[key] = import.meta.dirname;
  try {
    startWith(readConfig());
  } catch (error) {
    complain('could not start, the program runs without it', error);
  }
}

/** Null if spans cannot be exported: that is said in one line, and all else goes on. */
function startExport(endpoint: string): Flush | null {
  try {
    return (load(import.meta.url, './export-spans') as typeof import('./export-spans.ts')).exportSpans(endpoint);
  } catch (error) {
    complain('no spans', error);
    return null;
  }
}

/** Null if the loop cannot be observed: that is said in one line, and all else goes on. */
function observeLoop(sources: StuckSources): Loop | null {
  const { watchdog, blockThresholdMs } = sources.config;
  try {
    return startLoop({ watchdog, thresholdMs: blockThresholdMs, stuck: handleStuck(sources) });
  } catch (error) {
    complain('the event loop is not observed', error);
    return null;
  }
}

function startWith(config: Config): void {
  const directory = config.runDirectory === null ? null : new RunDirectory(config.runDirectory);
  if (directory?.isOver() === true) return; // outlived by a daemon that it started: nobody asks any more
  if (config.debug) limitCallSites(Infinity);
  const registry = startRegistry();
  let endsStuck = false;
  let reporting = false;
  const giveStuck = (reason: Reason): boolean => {
    if (reporting) return false; // what blocks the loop is our own report
    askThreads(reason);
    give(reason);
    endsStuck = reason === 'stuck' && config.stuckExit;
    if (endsStuck) directory?.markStuck(process.pid);
    return true;
  };
  const pending = (): number => registry.snapshot().tasks.length;
  const loop = config.loop ? observeLoop({ config, directory, pending, give: giveStuck }) : null;
  const self = { pid: process.pid, threadId };
  let flush: Flush | null = null;
  let interrupted = false;
  const give = (reason: Reason, exitCode: number | null = null): void => {
    const nothing = registry.snapshot().tasks.length === 0 && rootTask.waits === null && loop?.wasBlocked() !== true;
    if ((nothing && (reason === 'exit' || reason === 'interrupt')) || directory?.isOver() === true) return;
    reporting = true;
    directory?.ask(process.pid, null); // this is the answer
    try {
      const { giveReport } = load(import.meta.url, './give-report') as typeof import('./give-report.ts');
      giveReport(reason, exitCode, config, directory);
    } catch (error) {
      complain('a report was lost', error);
    } finally {
      reporting = false;
    }
  };

  beforeEvent('exit', (code) => {
    loop?.leave();
    if (!interrupted && !endsStuck && directory?.isTimeout() !== true) give('exit', Number(code));
    directory?.leave(self);
  });
  if (!isMainThread) {
    answerMainThread((reason) => give(reason));
    directory?.join(self);
    return;
  }
  watchThreads((ended) => directory?.leave({ pid: process.pid, threadId: ended }));
  listenForSignals(directory, {
    async report(reason) {
      interrupted ||= reason === 'interrupt';
      askThreads(reason);
      if (reason === 'timeout') await flush?.(flushBeforeEndMs / 2); // once it has reported, it is ended
      give(reason);
      if (reason === 'interrupt') await flush?.(flushBeforeEndMs);
    },
  });
  directory?.join(self); // now: who has joined is asked by a signal that would end it
  if (config.otlp !== null) flush = startExport(config.otlp);
}
