// What these tests ask of a report: who is pending on what, in one line each.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { takeReport } from '../../src/index.ts';
import type { Report, TaskEntry } from '../../src/report/format.ts';
import { turn } from '../support/turn.ts';

/** What is pending after a turn: `job b by main: start queue mails`, and then `queue mails: 1 in it, held by a`. */
export async function pending(): Promise<string[]> {
  await turn();
  return linesOf(takeReport());
}

/** The same of a report. */
export function linesOf(report: Report): string[] {
  return [...report.tasks.map(taskLine), ...report.resources.map(resourceLine)];
}

function taskLine({ kind, name, createdBy, waits, progress }: TaskEntry): string {
  const by = createdBy === null ? '' : ` by ${createdBy.name}`;
  const attempt = progress === null ? '' : ` ${progress.attempt} of ${progress.limit} after ${progress.lastError}`;
  const on = waits.map((wait) => `${wait.kind} ${wait.on?.kind} ${wait.on?.name}`).join(' and ');
  return `${kind} ${name}${by}${attempt}: ${on === '' ? 'pending' : on}`;
}

function resourceLine({ kind, name, statistics, holders }: Report['resources'][number]): string {
  const held = holders.length === 0 ? '' : `, held by ${holders.map(({ task }) => task.name).join(' and ')}`;
  switch (statistics.kind) {
    case 'queue':
      return `${kind} ${name}: ${statistics.depth} in it${held}`;
    case 'retry':
      return `${kind} ${name}: ${statistics.attempt} of ${statistics.limit} after ${statistics.lastError}`;
    case 'lock':
    case 'semaphore':
      return `${kind} ${name}: ${statistics.held} of ${statistics.permits}, ${statistics.waiters} waiting${held}`;
    default:
      throw new Error(`no wrapped ${kind} is known`);
  }
}

/** The files of all sites in a report, each once. */
export function filesOfSites(report: Report): string[] {
  const sites = [
    ...report.tasks.flatMap(({ createdAt, waits }) => [createdAt, ...waits.map(({ at }) => at)]),
    ...report.resources.flatMap(({ createdAt, holders }) => [createdAt, ...holders.map(({ at }) => at)]),
  ];
  return [...new Set(sites.map((site) => site?.file ?? 'no site'))];
}

/** The line of the caller. */
export function lineHere(): number {
  return Number(/:(\d+):\d+\)?$/.exec(new Error('here').stack?.split('\n')[2] ?? '')?.[1]);
}

/** The unhandled rejections while `run` runs and in the turn after it: reasons, in order. */
export async function unhandledIn(run: () => unknown): Promise<unknown[]> {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const reasons: unknown[] = [];
  process.on('unhandledRejection', (reason) => reasons.push(reason));
  try {
    await run();
    await turn();
    await turn();
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  return reasons;
}

/** Collects garbage, and lets what waits for that be called. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    await turn();
    collect();
  }
  await turn();
}
