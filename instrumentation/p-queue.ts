// p-queue: each function given to `add` or `addAll` is a job of the queue, and `onIdle` and its like wait for it.
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { WrappedQueue } from './queue-record.ts';
import { QueueCalls } from './wrap-queue.ts';

const queues = new Instances('p-queue', (queue, name, identity) => {
  return new QueueCalls(new WrappedQueue(name, null, queue, identity));
});

export const pQueue: Library = {
  name: 'p-queue',
  versions: ['7', '8', '9', '10'],
  files: [
    {
      path: 'dist/index.js',
      exports: ['default'],
      classes: ['PQueue'],
      constructed: (queue) => queues.note(queue),
      patch(module) {
        const { prototype } = module.getClass('default');
        module.wrapMethod(prototype, 'add', (method, self, args) => {
          const calls = queues.of(self as object);
          return calls === null ? Reflect.apply(method, self, args) : calls.schedule(method, self, args, true);
        });
        module.wrapMethod(prototype, 'clear', (method, self, args) => {
          const calls = queues.of(self as object);
          return calls === null ? Reflect.apply(method, self, args) : calls.clear(method, self, args);
        });
        module.wrapMethods(
          prototype,
          ['onIdle', 'onEmpty', 'onSizeLessThan', 'onPendingZero'],
          (method, self, args) => {
            const calls = queues.of(self as object);
            return calls === null ? Reflect.apply(method, self, args) : calls.join(method, self, args);
          },
        );
      },
    },
  ],
};
