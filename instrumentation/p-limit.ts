// p-limit: each function given to a limiter, its `map` or a `limitFunction` is a job of the limiter.
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import type { LoadedModule } from './hook-module.ts';
import { WrappedQueue } from './queue-record.ts';
import type { Callable } from './record.ts';
import { QueueCalls } from './wrap-queue.ts';

const limiters = new Instances<Callable, QueueCalls>('p-limit', (limiter, name, identity) => {
  return new QueueCalls(new WrappedQueue(name, null, limiter, identity));
});

export const pLimit: Library = {
  name: 'p-limit',
  versions: ['3', '4', '5', '6', '7'],
  files: [
    {
      path: 'index.js',
      edits: [
        // Wrapped before its members are defined: they belong to the wrapped one, and `map` calls that.
        { find: /\bconst(?= generator = \()/, replace: 'let  ' },
        {
          find: /\bObject\.defineProperties\(generator, \{/,
          replace: 'generator = $call(limit, generator); $&',
        },
        { find: /\bclearQueue: \{\s*value(?:\(\)|: \(\) =>) \{/, replace: '$& $call(clear, generator);' },
      ],
      calls: {
        limit(run: Callable, module: LoadedModule) {
          const limiter: Callable = module.wrap(run, (method, self, args) => {
            const calls = limiters.of(limiter);
            return calls === null ? Reflect.apply(method, self, args) : calls.schedule(method, self, args, false);
          });
          limiters.note(limiter);
          return limiter;
        },
        clear(limiter: Callable) {
          limiters.of(limiter)?.drop();
        },
      },
    },
  ],
};
