// Spans of what tasks do, made with the OpenTelemetry API alone: whichever SDK the process has, ours or the program's own,
// gets them.
import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import { loopBlocked } from '../../channels/loop.ts';
import { breakerCalled, holdStarted, queueDone, queuePut, queueTaken } from '../../channels/resource.ts';
import { taskCreated, taskSettled, taskStarted, type TaskRecord } from '../../channels/task.ts';
import { waitEnded, waitStarted, type WaitRecord } from '../../channels/wait.ts';
import { setCarrier } from '../../runtime/carrier.ts';
import { setAround } from '../../runtime/context.ts';
import { subscribe } from '../../runtime/subscribe.ts';
import { makeBlockSpan } from './block-spans.ts';
import { makeRefusalSpan } from './breaker-spans.ts';
import { JobSpans } from './job-spans.ts';
import type { OpenTelemetryApi } from '../open-telemetry.ts';
import { QueueSpans } from './queue-spans.ts';
import { scopeName } from '../semconv.ts';
import { SpanBudget } from './span-budget.ts';
import { SpanTime } from './span-time.ts';
import { TaskSpans } from './task-spans.ts';
import { readCarrier } from './trace-carrier.ts';
import { WaitSpans } from './wait-spans.ts';

export interface SpansOptions {
  /** The module `@opentelemetry/api`; handed in, because it is an optional peer. */
  readonly api: OpenTelemetryApi;
  /** Makes the spans. Default: the global tracer for `loopscope`, so that an SDK may also be started later. */
  readonly tracer?: Tracer;
  /** The most tasks whose spans are open at a time. Default 100,000. */
  readonly maxOpenTasks?: number;
  /** The most operations on queues, locks and the like a second that get a span. Default 5,000. */
  readonly maxOperationsPerSecond?: number;
  /** The most items in a queue whose put is remembered until their get. Default 10,000. */
  readonly maxItems?: number;
  /** Waits for a stream that are shorter have no span: to connect, read or drain. Milliseconds, default 10. */
  readonly minStreamWaitMs?: number;
  /** For the spans of turns that blocked the loop: from when on a turn does. Milliseconds. */
  readonly blockThresholdMs?: number;
}

/** What has no span because a limit was reached. */
export interface DroppedSpans {
  readonly tasks: number;
  /** Operations on queues, locks and the like. */
  readonly operations: number;
  /** Items whose get has a span, but no link to the put. */
  readonly itemLinks: number;
}

/** What runs while spans are made. */
export interface Spans {
  dropped(): DroppedSpans;
  /** The context of a task: that of its span, and else the current one. */
  contextOf(task: TaskRecord): Context;
  /** Notes in the span of a task, which is not exported before it ends, that it is pending for long. */
  notePending(task: TaskRecord, attributes: Attributes): void;
  /** Makes no more spans; those that are open are not ended, and so not exported. May be called twice. */
  stop(): void;
}

/** Starts making spans of what is created from now on. The span of a task is current in the task's function. */
export function startSpans(options: SpansOptions): Spans {
  const { api, maxOpenTasks = 100_000, maxOperationsPerSecond = 5000, maxItems = 10_000 } = options;
  const tracer = options.tracer ?? api.trace.getTracer(scopeName);
  const time = new SpanTime();
  const tasks = new TaskSpans({ api, tracer, time, maxOpen: maxOpenTasks });
  const budget = new SpanBudget({ maxPerSecond: maxOperationsPerSecond, maxOpen: maxOpenTasks });
  const common = { api, tracer, time, tasks, budget };
  const queues = new QueueSpans({ ...common, maxItems });
  const waits = new WaitSpans({ ...common, minStreamWaitMs: options.minStreamWaitMs ?? 10 });
  const jobs = new JobSpans(common);
  const subscriptions = [
    subscribe(taskCreated, (task) => tasks.created(task)),
    subscribe(taskStarted, (task) => tasks.started(task)),
    subscribe(taskSettled, (task) => {
      if (task.origin.kind === 'job') {
        jobs.settled(task);
        queues.settled(task);
      }
      tasks.settled(task);
    }),
    subscribe(waitStarted, (wait) => {
      if (wait.kind === 'delay') tasks.delayed(wait);
      else spansOf(wait).waitStarted(wait);
    }),
    subscribe(waitEnded, (wait) => spansOf(wait).waitEnded(wait)),
    subscribe(holdStarted, (hold) => {
      waits.holdStarted(hold);
      jobs.holdStarted(hold);
    }),
    subscribe(queuePut, (operation) => queues.put(operation)),
    subscribe(queueTaken, (operation) => queues.taken(operation)),
    subscribe(queueDone, (moment) => queues.done(moment)),
    subscribe(breakerCalled, (call) => {
      if (call.task === null) makeRefusalSpan(common, call);
      else tasks.called(call);
    }),
    subscribe(loopBlocked, (block) => makeBlockSpan(common, block, options.blockThresholdMs)),
  ];
  function spansOf({ kind }: WaitRecord): QueueSpans | WaitSpans {
    return kind === 'put' || kind === 'get' ? queues : waits;
  }
  setAround(tasks.around);
  setCarrier({
    inject: jobs.inject,
    extract: (carrier, run) => api.context.with(readCarrier(api, carrier), run),
  });
  let stopped = false;
  return {
    dropped: () => ({ tasks: tasks.dropped, operations: budget.dropped, itemLinks: queues.droppedItems }),
    contextOf: (task) => tasks.contextOf(task),
    notePending: (task, attributes) => tasks.pending(task, attributes),
    stop() {
      if (stopped) return;
      stopped = true;
      for (const end of subscriptions) end();
      setAround(null);
      setCarrier(null);
    },
  };
}
