// Spans of tasks, task groups, retries, queues, locks and semaphores, made with the OpenTelemetry API alone: whichever
// SDK the process has, ours or the program's own, gets them.
import type { Context, Tracer } from '@opentelemetry/api';
import { holdStarted, queuePut, queueTaken } from '../channels/resource.ts';
import { taskCreated, taskSettled, taskStarted, type TaskRecord } from '../channels/task.ts';
import { waitEnded, waitStarted } from '../channels/wait.ts';
import { setAround } from '../runtime/context.ts';
import { subscribe } from '../runtime/subscribe.ts';
import type { OpenTelemetryApi } from './open-telemetry.ts';
import { OperationSpans } from './operation-spans.ts';
import { scopeName } from './semconv.ts';
import { SpanTime } from './span-time.ts';
import { TaskSpans } from './task-spans.ts';

export interface SpansOptions {
  /** The module `@opentelemetry/api`; handed in, because it is an optional peer. */
  readonly api: OpenTelemetryApi;
  /** Makes the spans. Default: the global tracer for `loopscope`, so that an SDK may also be started later. */
  readonly tracer?: Tracer;
  /** The most tasks whose spans are open at a time. Default 100,000. */
  readonly maxOpenTasks?: number;
  /** The most operations on queues, locks and semaphores a second that get a span. Default 5,000. */
  readonly maxOperationsPerSecond?: number;
  /** The most items in a queue whose put is remembered until their get. Default 10,000. */
  readonly maxItems?: number;
}

/** What has no span because a limit was reached. */
export interface DroppedSpans {
  readonly tasks: number;
  /** Operations on queues, locks and semaphores. */
  readonly operations: number;
  /** Items whose get has a span, but no link to the put. */
  readonly itemLinks: number;
}

/** What runs while spans are made. */
export interface Spans {
  dropped(): DroppedSpans;
  /** The context of a task: that of its span, and else the current one. */
  contextOf(task: TaskRecord): Context;
  /** Makes no more spans; those that are open are not ended, and so not exported. May be called twice. */
  stop(): void;
}

/** Starts making spans of what is created from now on. The span of a task is current in the task's function. */
export function startSpans(options: SpansOptions): Spans {
  const { api, maxOpenTasks = 100_000, maxOperationsPerSecond = 5000, maxItems = 10_000 } = options;
  const tracer = options.tracer ?? api.trace.getTracer(scopeName);
  const time = new SpanTime();
  const tasks = new TaskSpans({ api, tracer, time, maxOpen: maxOpenTasks });
  const operations = new OperationSpans({
    api,
    tracer,
    time,
    tasks,
    maxPerSecond: maxOperationsPerSecond,
    maxItems,
    maxWaits: maxOpenTasks,
  });
  const subscriptions = [
    subscribe(taskCreated, (task) => tasks.created(task)),
    subscribe(taskStarted, (task) => tasks.started(task)),
    subscribe(taskSettled, (task) => tasks.settled(task)),
    subscribe(waitStarted, (wait) => (wait.kind === 'delay' ? tasks.delayed(wait) : operations.waitStarted(wait))),
    subscribe(waitEnded, (wait) => operations.waitEnded(wait)),
    subscribe(holdStarted, (hold) => operations.holdStarted(hold)),
    subscribe(queuePut, (operation) => operations.put(operation)),
    subscribe(queueTaken, (operation) => operations.taken(operation)),
  ];
  setAround(tasks.around);
  let stopped = false;
  return {
    dropped: () => ({ tasks: tasks.dropped, operations: operations.dropped, itemLinks: operations.droppedItems }),
    contextOf: (task) => tasks.contextOf(task),
    stop() {
      if (stopped) return;
      stopped = true;
      for (const end of subscriptions) end();
      setAround(null);
    },
  };
}
