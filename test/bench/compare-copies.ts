// Two copies of a library, one loaded before the hook and one under it, side by side in processor time of this thread.
import { createRequire } from 'node:module';
import { sep } from 'node:path';
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

const require = createRequire(import.meta.url);
const dist = new URL('../../dist/', import.meta.url);

type HookModule = typeof import('../../instrumentation/hook.ts');
type RegistryModule = typeof import('../../src/subscribers/registry.ts');

/** What is measured while the hook and the registry are on: CommonJS that was loaded bare before is loaded anew in it. */
export async function underHook(measure: () => Promise<Result[]>): Promise<Result[]> {
  for (const path of Object.keys(require.cache)) {
    if (path.includes(`${sep}node_modules${sep}`)) delete require.cache[path];
  }
  const { startHook } = (await import(new URL('instrumentation/hook.js', dist).href)) as HookModule;
  const { startRegistry } = (await import(new URL('src/subscribers/registry.js', dist).href)) as RegistryModule;
  const [stopHook, registry] = [startHook(), startRegistry()];
  const results = await measure();
  registry.stop();
  stopHook();
  return results;
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
