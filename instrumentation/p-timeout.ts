// p-timeout: who waits for a promise, and when that ends by itself. Nothing is replaced.
import type { WaitRecord } from '../src/channels/wait.ts';
import { now } from '../src/runtime/clock.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import type { Library } from './hook-library.ts';

/** A call without its wait, where that could not begin. */
interface Call {
  readonly milliseconds: unknown;
  readonly wait?: WaitRecord;
}

export const pTimeout: Library = {
  name: 'p-timeout',
  versions: ['6', '7'],
  files: [
    {
      path: 'index.js',
      edits: [
        {
          find: /\bconst cancelablePromise = wrappedPromise\.finally\(\(\) => \{/,
          replace: 'const waiting = $call(begin, { milliseconds }); $& $call(end, waiting);',
        },
        { find: /\bcancelablePromise\.clear = \(\) => \{/, replace: '$& $call(clear, waiting);' },
      ],
      calls: {
        begin({ milliseconds }: Call): Call | undefined {
          if (typeof milliseconds !== 'number' || !(milliseconds > 0)) return undefined; // it throws
          return { milliseconds, wait: park('await', null, null, Number.isFinite(milliseconds) ? milliseconds : null) };
        },
        end({ wait }: Call) {
          if (wait !== undefined) unpark(wait, wait.until !== null && now() >= wait.until ? 'timed out' : 'fulfilled');
        },
        clear({ wait }: Call) {
          if (wait !== undefined && wait.outcome === null) wait.until = null;
        },
      },
    },
  ],
};
