// The public API: names only. Importing it starts the registry, because `allTasks()` has to know what was created before
// it was asked.
import { startRegistry } from './subscribers/registry.ts';

export {
  wrapLock,
  wrapQueue,
  wrapRetry,
  wrapTask,
  type WrapLockOptions,
  type WrapQueueOptions,
  type WrapRetryOptions,
  type WrapTaskOptions,
} from '../instrumentation/index.ts';
export type * from './channels/loop.ts';
export type * from './channels/resource.ts';
export type * from './channels/site.ts';
export type * from './channels/statistics.ts';
export type * from './channels/task.ts';
export type * from './channels/wait.ts';
export {
  ArgumentError,
  BrokenBarrierError,
  CancelledError,
  ExecutorCrashedError,
  LoopscopeError,
  NotHolderError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  StageError,
  StateError,
  TimeoutError,
} from './errors.ts';
export { Barrier, type BarrierOptions } from './primitives/barrier.ts';
export { BoundedSemaphore } from './primitives/bounded-semaphore.ts';
export { Condition, type ConditionOptions, type Truthy } from './primitives/condition.ts';
export { Event, type EventOptions } from './primitives/event.ts';
export { Lock, type LockOptions } from './primitives/lock.ts';
export { LifoQueue } from './primitives/lifo-queue.ts';
export { Permit } from './primitives/permits.ts';
export { PriorityQueue, type PriorityQueueOptions } from './primitives/priority-queue.ts';
export { Queue, type QueueOptions } from './primitives/queue.ts';
export { RWLock, type RWLockOptions } from './primitives/rwlock.ts';
export { Semaphore, type SemaphoreOptions } from './primitives/semaphore.ts';
export { sleep, type SleepOptions } from './primitives/sleep.ts';
export { TaskGroup, type TaskGroupOptions } from './primitives/task-group.ts';
export { createTask, currentTask, Task, type TaskFunction, type TaskOptions } from './primitives/task.ts';
export type { WaitOptions } from './primitives/waiter.ts';
export type { Attempt } from './resilience/retry-operation.ts';
export { retry, type RetryCallOptions, type RetryOptions } from './resilience/retry.ts';
export { RetryBudget, type RetryBudgetOptions, type RetryBudgetStatistics } from './resilience/retry-budget.ts';
export { retried, retryable } from './resilience/retryable.ts';
export { allTasks } from './process/all-tasks.ts';
export type { LoopMeter } from './loop/meter.ts';
export { measureLoop } from './process/measure-loop.ts';
export { printTasks } from './process/print-tasks.ts';
export { takeReport } from './process/take-report.ts';
export { watchLoop, type WatchLoopOptions } from './process/watch-loop.ts';

startRegistry();
