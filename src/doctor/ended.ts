// How the program ended, where that is not how it should: under load, or with an error.
import type { FoundIn } from '../report/diagnosis.ts';
import type { Recording } from '../report/recording.ts';
import { time } from './wording.ts';

/** ` with exit code 3`, ` by SIGKILL`; empty where it was not the program that ended. */
export function howItEnded({ exit }: Recording): string {
  if (exit === null) return '';
  return exit.signal === null ? ` with exit code ${exit.code}` : ` by ${exit.signal}`;
}

/** Whether it ended by itself, and not with exit code 0. */
export function hasFailed({ exit }: Recording): boolean {
  return exit !== null && exit.code !== 0;
}

/** A server that ends while it is under load: nothing that is found of it is heavier. */
export function endedFinding(recording: Recording): FoundIn[] {
  const { exit, load, durationMs } = recording;
  if (exit === null || load === null || load.port === null || load.exitCode !== null || load.hasEnded === true)
    return [];
  return [
    {
      disease: 'ended',
      weight: 1,
      verdict: `It ended under load, after ${time(durationMs)}${howItEnded(recording)}.`,
      evidence: ['It was the program that ended, and not the load.'],
      advice: 'What it printed says why; loopscope run shows what was pending then, and who called process.exit().',
      at: null,
      threads: [],
    },
  ];
}
