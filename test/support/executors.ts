// Executors of both sorts, and jobs for them.
import { ProcessExecutor, ThreadExecutor, type Executor } from '../../src/index.ts';

/** Each sort with what makes one. */
export const executors = [
  ['threads', (options?: object) => new ThreadExecutor(options)],
  ['processes', (options?: object) => new ProcessExecutor(options)],
] as const satisfies readonly (readonly [string, (options?: object) => Executor])[];

/** A module with jobs. */
export const work = new URL('../programs/jobs/work.mjs', import.meta.url);

/** A job that never returns. */
export const spin = (): never => {
  for (;;);
};

/** A job that ends after so many milliseconds. */
export const wait = (milliseconds: number): Promise<number> =>
  new Promise((resolve) => void setTimeout(() => resolve(milliseconds), milliseconds));
