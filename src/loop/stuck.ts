// A loop that does not return: the main thread reports all that is pending from within the interrupt. Where it does not
// answer that either, this thread reports what can be known without it.
import { pathToFileURL } from 'node:url';
import { complain } from '../runtime/complain.ts';
import { Interrupt } from './interrupt.ts';
import { lookRound } from './look.ts';
import { pause } from './pause.ts';
import { systemClock, type Pulse } from './pulse.ts';
import type { Activity } from './scheduling.ts';

export interface StuckOptions {
  /** With what exit code the process is ended then; null if it goes on. */
  readonly exitCode: number | null;
  /** A module with a `LastResort` named `reportStuck`, and what it gets; null for one line instead. */
  readonly lastResort: { readonly module: string; readonly data: unknown } | null;
}

/** What the watchdog thread knows of a main thread that does not answer. */
export interface StuckFacts {
  readonly reason: string;
  /** For how long it has not answered. */
  readonly blockedMs: number;
  readonly activity: Activity | null;
}

/** Reports in the watchdog thread, without the main thread. */
export type LastResort<Data> = (facts: StuckFacts, data: Data) => void;

/** A main thread that has not begun to report after this is in native code. */
const beginMs = 500;
/** A report may read the memory of the process, which takes seconds if that is large. */
const reportMs = 30_000;
/** One that has not ended after this is killed. */
const endMs = 2000;
const tickMs = 10;
/** Between two promise callbacks there is nothing on the stack: for so long it is looked again. */
const lookMs = 200;
/** The looks that belong to the report. */
const lastRound = -1;

/** Reports a loop that does not return, and ends the process where that is wanted. */
export async function reportStuck(pulse: Pulse, options: StuckOptions, facts: StuckFacts): Promise<void> {
  const { sequence } = pulse;
  const interrupt = new Interrupt(pulse);
  try {
    const startedAt = systemClock();
    pulse.giving = false;
    const isOver = (): boolean => systemClock() - startedAt > lookMs;
    const given = lookRound(interrupt, sequence, lastRound, isOver).then(() => interrupt.give(facts.reason));
    let answer = await Promise.race([given, pause(beginMs)]);
    if (pulse.giving && answer === undefined) answer = await Promise.race([given, pause(reportMs)]);
    if (answer === false || pulse.sequence !== sequence) return; // our own report, or it has returned after all
    const blockedMs = facts.blockedMs + systemClock() - startedAt;
    // Before its first turns a loop does not beat: what waits for events is idle, unless somebody asked it in vain.
    const isIdle = facts.reason === 'stuck' && !pulse.armed && facts.activity?.sleepsIn.includes('epoll') === true;
    if (!pulse.giving && isIdle) return;
    if (!pulse.giving) await reportWithoutMain(options.lastResort, { ...facts, blockedMs });
    if (facts.reason !== 'stuck' || options.exitCode === null) return;
    complain(`ended: the event loop did not return for ${Math.round(blockedMs / 100) / 10} s (--stuck-exit)`);
    interrupt.exit(options.exitCode);
    const killAt = systemClock() + endMs;
    while (!pulse.stopped && systemClock() < killAt) await pause(tickMs);
    interrupt.close(); // it waits for that
    await pause(Math.max(tickMs, killAt - systemClock()));
    if (pulse.threadId === 0) process.kill(process.pid, 'SIGKILL'); // a worker thread is not alone in its process
  } finally {
    interrupt.close();
  }
}

async function reportWithoutMain(lastResort: StuckOptions['lastResort'], facts: StuckFacts): Promise<void> {
  if (lastResort === null) {
    const { activity, blockedMs } = facts;
    const where =
      activity === null ? '' : ` (state ${activity.state}${activity.sleepsIn && `, in ${activity.sleepsIn}`})`;
    complain(`the event loop has been in native code for ${Math.round(blockedMs)} ms${where}`);
    return;
  }
  const { module, data } = lastResort;
  const { reportStuck: report } = (await import(pathToFileURL(module).href)) as {
    readonly reportStuck: LastResort<unknown>;
  };
  report(facts, data);
}
