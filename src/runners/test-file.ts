// The end of a file of tests: what its tests have left is reported, once it has had a moment to go away.
import { load } from '../runtime/load.ts';
import type { TestEntry } from '../report/format.ts';
import { lastId } from '../runtime/context.ts';
import { now } from '../runtime/clock.ts';

/** A file of tests that is being run. */
export interface TestFile {
  /** Reports what is left of it. Never rejects. */
  end(): Promise<void>;
}

/** A file of tests begins. */
export function beginFile(runner: TestEntry['runner'], sandbox: object): TestFile {
  const begun = { id: lastId(), at: now() };
  return {
    async end() {
      const { reportLeaks } = load(import.meta.url, './leaks') as typeof import('./leaks.ts');
      await reportLeaks({ runner, begun, sandbox });
    },
  };
}
