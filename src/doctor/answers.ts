// With which status requests were answered: a server that only refuses is no healthy one.
import type { Recording, ThreadRecording } from '../report/recording.ts';
import { number } from './wording.ts';

/** Of the answers. */
const leastShare = 0.01;
const mostShare = 0.5;

interface Answers {
  readonly all: number;
  readonly refused: number;
  readonly failed: number;
  readonly status: number | null;
}

function answersOf(threads: readonly ThreadRecording[]): Answers {
  const sum = (read: (of: NonNullable<ThreadRecording['requests']>) => number): number =>
    threads.reduce((total, { requests }) => total + (requests === null ? 0 : read(requests)), 0);
  return {
    all: sum(({ finished }) => finished),
    refused: sum(({ refused = 0 }) => refused),
    failed: sum(({ failed = 0 }) => failed),
    status: threads.find(({ requests }) => requests?.status != null)?.requests?.status ?? null,
  };
}

/** What to say in the first line if most answers were errors; null where they were not. */
export function mostlyErrors({ threads }: Recording): string | null {
  const { all, refused, failed, status } = answersOf(threads);
  if (refused + failed <= all * mostShare) return null;
  return `${number(refused + failed)} of ${number(all)} requests were answered with an error (status ${status})`;
}

/** A note on answers that were errors. */
export function errorNote({ threads }: Recording): string[] {
  const { all, refused, failed } = answersOf(threads);
  if (refused + failed < Math.max(1, all * leastShare)) return [];
  const parts = [
    ...(refused === 0 ? [] : [`${number(refused)} with a status from 400 to 499`]),
    ...(failed === 0 ? [] : [`${number(failed)} with one from 500 on`]),
  ];
  return [`Of ${number(all)} requests ${parts.join(', and ')} were answered.`];
}
