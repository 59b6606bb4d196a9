// Two copies of a library, one loaded before the hook and one under it, side by side in processor time of this thread.
import { threadTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

/** Does one thing. */
export type Work = () => Promise<unknown>;

export interface Plan {
  readonly opsPerRun: number;
  readonly rounds: number;
  /** A run goes on for so many nanoseconds of the thread, which are counted in ticks. */
  readonly least?: number;
  /** So many microseconds more are fine; without it half of the time more. */
  readonly added?: number;
}

/** The time of `bare` and `hooked`, and what is more: of the median round. */
export async function compareCopies(name: string, bare: Work, hooked: Work, plan: Plan): Promise<Result> {
  const times: { bare: number; hooked: number }[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    // each goes first as often as the other
    const [first, second] = round % 2 === 0 ? [bare, hooked] : [hooked, bare];
    const [one, two] = [await time(first, plan), await time(second, plan)];
    if (round > 2) times.push(round % 2 === 0 ? { bare: one, hooked: two } : { bare: two, hooked: one });
  }
  const added = median(times.map((each) => each.hooked - each.bare));
  const ratio = median(times.map((each) => each.hooked / each.bare));
  return {
    name,
    bare: format(median(times.map((each) => each.bare)) / 1000, 'µs'),
    wrapped: format(median(times.map((each) => each.hooked)) / 1000, 'µs'),
    ...(plan.added === undefined
      ? { value: ratio, unit: '×', budget: 1.5, note: `${format(added / 1000, 'µs')} more` }
      : { value: added / 1000, unit: 'µs', budget: plan.added, note: format(ratio, '×') }),
  };
}

/** Nanoseconds of this thread for one. */
async function time(work: Work, { opsPerRun, least = 0 }: Plan): Promise<number> {
  const start = threadTime();
  let done = 0;
  do {
    for (let index = 0; index < opsPerRun; index++) {
      await work();
      done++;
    }
  } while (threadTime() - start < least);
  assertDone('the operations', 0, done % opsPerRun);
  return (threadTime() - start) / done;
}
