// Starts loopscope in a process: the registry, reports at exit and on signals, and the export of spans if it is wanted.
import { isMainThread, threadId } from 'node:worker_threads';
import { readConfig, type Config } from '../config.ts';
import { writeReport } from './deliver.ts';
import { isAnythingPending } from '../report/build.ts';
import type { Reason } from '../report/format.ts';
import { RunDirectory } from './run-directory.ts';
import { limitCallSites } from '../runtime/call-site.ts';
import { complain } from '../runtime/complain.ts';
import { listenForSignals } from './signals.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { takeReport } from './take-report.ts';
import { answerMainThread, askThreads, watchThreads } from './threads.ts';

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

function startWith(config: Config): void {
  if (config.debug) limitCallSites(Infinity);
  startRegistry();
  const directory = config.runDirectory === null ? null : new RunDirectory(config.runDirectory);
  const self = { pid: process.pid, threadId };
  directory?.join(self);

  let interrupted = false;
  const give = (reason: Reason, exitCode: number | null = null): void => {
    try {
      const report = takeReport(reason, exitCode);
      if ((reason === 'exit' || reason === 'interrupt') && !isAnythingPending(report)) return;
      if (directory === null) writeReport(report, config);
      else directory.deliver(report);
    } catch (error) {
      complain('a report was lost', error);
    }
  };

  process.on('exit', (code) => {
    if (!interrupted && directory?.isTimeout() !== true) give('exit', code);
    directory?.leave(self);
  });
  if (!isMainThread) {
    answerMainThread((reason) => give(reason));
    return;
  }
  watchThreads();
  listenForSignals(directory, {
    report(reason) {
      askThreads(reason);
      give(reason);
      interrupted ||= reason === 'interrupt';
    },
  });
}
