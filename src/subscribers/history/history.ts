// What is over, and a rule may ask for: gathered from the channels while the program runs, bounded everywhere.
import type { Site } from '../../channels/site.ts';
import { taskAttended, taskCreated, taskSettled } from '../../channels/task.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { HistoryEntry } from '../../report/history.ts';
import { now } from '../../runtime/clock.ts';
import { countRuns } from '../../runtime/run-end.ts';
import { subscribe } from '../../runtime/subscribe.ts';
import { BlockingCalls } from './blocking-calls.ts';
import { FanOuts } from './fan-outs.ts';
import { LostErrors } from './lost-errors.ts';
import { QueueHistory } from './queues.ts';
import { RetryHistory } from './retries.ts';
import { TaskHistory } from './tasks.ts';

export interface HistoryOptions {
  /** Whether somebody publishes synchronous calls. Default false. */
  readonly blockingCalls?: boolean;
  /** Milliseconds from one look at the queues to the next. Default 500. */
  readonly queuesEveryMs?: number;
}

/** What runs while a history is gathered. */
export interface History {
  read(mapSite: (site: Site) => SiteEntry): HistoryEntry;
  /** Whether there is anything that a rule may warn of. */
  isRemarkable(): boolean;
  /**
   * Node says `unhandledRejection`.
   * @param isFatal nobody listens for it
   */
  noteUnhandled(error: unknown, promise: unknown, isFatal: boolean): void;
  /** Node says `rejectionHandled` of a promise. */
  noteHandled(promise: object): void;
  /** Gathers no more; what there is stays. May be called twice. */
  stop(): void;
}

/** Gathers from now on. */
export function startHistory({ blockingCalls = false, queuesEveryMs }: HistoryOptions = {}): History {
  const since = now();
  const lost = new LostErrors();
  const tasks = new TaskHistory(lost);
  const fanOuts = new FanOuts();
  const retries = new RetryHistory();
  const queues = new QueueHistory(queuesEveryMs);
  const calls = blockingCalls ? new BlockingCalls() : null;
  // One handler for each channel: a further one costs each task more than all that is done here.
  const ends = [
    subscribe(taskCreated, (task) => {
      const { origin } = task;
      fanOuts.created(origin);
      if (origin.kind === 'attempt') retries.note(task);
    }),
    subscribe(taskSettled, (task) => {
      fanOuts.settled(task.origin);
      tasks.settled(task);
    }),
    subscribe(taskAttended, (late) => tasks.attended(late)),
  ];
  return {
    read: (mapSite) => ({
      observedMs: Math.round(now() - since),
      runs: countRuns(),
      forgotten: tasks.forgotten(mapSite),
      lostErrors: lost.read(mapSite),
      ignoredCancels: tasks.ignoredCancels(mapSite),
      fanOuts: fanOuts.read(mapSite),
      queues: queues.read(mapSite),
      retries: retries.read(mapSite),
      blockingCalls: calls === null ? null : calls.read(mapSite),
    }),
    isRemarkable: () =>
      [tasks, lost, fanOuts, retries, queues, calls].some((part) => part !== null && part.isRemarkable),
    noteUnhandled: (error, promise, isFatal) => lost.noteUnhandled(error, promise, isFatal),
    noteHandled: (promise) => lost.takeBack(promise),
    stop() {
      for (const end of ends.splice(0)) end();
      for (const part of [fanOuts, queues, calls]) part?.stop();
    },
  };
}
