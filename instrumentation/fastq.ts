// fastq: each item is a job of the queue until its callback is called; the worker runs as that job.
import type { Identity } from '../src/runtime/resource.ts';
import { currentOrRoot, parentForNew } from '../src/runtime/context.ts';
import { now } from '../src/runtime/clock.ts';
import { readFrames } from '../src/runtime/frames.ts';
import { Instances } from './hook-instances.ts';
import type { Library } from './hook-library.ts';
import { originAt } from './hook-origin.ts';
import { noteWrapped, wrapFunction } from './patch.ts';
import { Job, WrappedQueue } from './queue-record.ts';
import { CallRecord, guard, type Callable } from './record.ts';

/** An item in the queue: fastq uses the same object again when it is done. */
interface Task {
  callback: Callable;
}

interface Entry {
  readonly name: string;
  readonly queue: WrappedQueue;
}

const queues = new Instances<object, Entry>('fastq', (queue, name, identity: Identity) => {
  return { name, queue: new WrappedQueue(name, null, queue, identity) };
});
const jobs = new WeakMap<Task, Job>();

function put(task: Task, queue: object): void {
  const entry = queues.of(queue);
  if (entry === null) return;
  const at = now();
  const origin = originAt('job', 'fastq', { name: entry.name }, at);
  const job = new Job(entry.queue, new CallRecord(origin, at, parentForNew(), false), true);
  entry.queue.countPut(currentOrRoot());
  jobs.set(task, job);
  task.callback = wrapFunction(task.callback, (...call) => job.callBack(...call));
  job.park(null);
}

/** Frames: who makes a queue stands right above fastq. Fastify has one for each plugin. */
const nearest = 6;

function made(queue: object): void {
  // that of Fastify's plugins has an item for when it closes: nobody waits for that
  const isOfAvvio = readFrames(made, nearest).some(({ file }) => /[\\/]node_modules[\\/]avvio[\\/]/.test(file ?? ''));
  if (isOfAvvio) noteWrapped(queue);
  else queues.note(queue);
}

export const fastq: Library = {
  name: 'fastq',
  versions: ['1'],
  files: [
    {
      path: 'queue.js',
      edits: [
        { find: /\breturn self(?=\s)/, replace: '$call(made, self); $&' },
        { find: /\bcurrent\.errorHandler = errorHandler\b/g, replace: '$&; $call(put, current, self)' },
        {
          find: /\bworker\.call\(context, (current|next)\.value/g,
          replace: '$call(start, worker, $1).call(context, $1.value',
        },
        { find: /\bfunction kill(?:AndDrain)? \(\) \{/g, replace: '$& $call(clear, self);' },
      ],
      calls: {
        made,
        put: (task: Task, _module, queue: object) => guard(() => put(task, queue), undefined),
        start(worker: Callable, _module, task: Task) {
          const job = jobs.get(task);
          if (job === undefined) return worker;
          jobs.delete(task);
          return wrapFunction(worker, (...call) => job.run(...call));
        },
        clear(queue: object) {
          const entry = queues.of(queue);
          for (const job of entry?.queue.waiting ?? []) job.drop();
        },
      },
    },
  ],
};
