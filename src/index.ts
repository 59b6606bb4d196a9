// The public API: names only. Importing it starts the registry, because `allTasks()` has to know what was created before
// it was asked.
import { isDebugAsked } from './config.ts';
import { prepareDebug } from './process/debug-mode.ts';
import { startRegistry } from './subscribers/registry.ts';

export {
  declareHolder,
  declareResource,
  declareWait,
  wrapLock,
  wrapQueue,
  wrapRetry,
  wrapTask,
  type DeclaredResource,
  type DeclareResourceOptions,
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
  BreakerOpenError,
  BrokenBarrierError,
  CancelledError,
  ExecutorCrashedError,
  LimitError,
  IncompleteReadError,
  LimitOverrunError,
  LoopscopeError,
  NotHolderError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  StageError,
  StateError,
  TimeoutError,
} from './errors.ts';
export { Barrier, type BarrierOptions } from './primitives/locks/barrier.ts';
export { BoundedSemaphore } from './primitives/locks/bounded-semaphore.ts';
export { Condition, type ConditionOptions, type Truthy } from './primitives/locks/condition.ts';
export { Event, type EventOptions } from './primitives/locks/event.ts';
export { all, allSettled, any, race } from './primitives/tasks/all.ts';
export { asCompleted, type AsCompletedOptions, type Completions } from './primitives/tasks/as-completed.ts';
export { asyncContextManager, type AsyncContext, type EnteredContext } from './primitives/context-manager.ts';
export { gather, type Gathered, type GatherOptions } from './primitives/tasks/gather.ts';
export { iterate, type AnyIterable, type IterateOptions, type Iteration } from './primitives/iterate.ts';
export { Lock, type LockOptions } from './primitives/locks/lock.ts';
export { LifoQueue } from './primitives/queues/lifo-queue.ts';
export type { Callback } from './primitives/callback.ts';
export { loop } from './primitives/loop.ts';
export type { Member, MemberValue, Started } from './primitives/tasks/members.ts';
export { openConnection, type OpenConnectionOptions } from './primitives/streams/open-connection.ts';
export { Permit } from './primitives/locks/permits.ts';
export { PriorityQueue, type PriorityQueueOptions } from './primitives/queues/priority-queue.ts';
export { Queue, type QueueOptions } from './primitives/queues/queue.ts';
export { run, type RunOptions } from './primitives/tasks/run.ts';
export { RWLock, type RWLockOptions } from './primitives/locks/rwlock.ts';
export { Semaphore, type SemaphoreOptions } from './primitives/locks/semaphore.ts';
export { shield } from './primitives/tasks/shield.ts';
export { sleep, type SleepOptions } from './primitives/tasks/sleep.ts';
export { startServer, type ConnectionHandler, type StartServerOptions } from './primitives/streams/start-server.ts';
export type { Separator } from './primitives/streams/separator.ts';
export type { StreamReader } from './primitives/streams/stream-reader.ts';
export type { StreamServer } from './primitives/streams/stream-server.ts';
export type { StreamWriter } from './primitives/streams/stream-writer.ts';
export type { Connection } from './primitives/streams/stream.ts';
export { TaskGroup, type TaskGroupOptions } from './primitives/tasks/task-group.ts';
export { createTask, currentTask, Task, type TaskFunction, type TaskOptions } from './primitives/tasks/task.ts';
export { timeout, timeoutAt, type TimeoutOptions, type TimeoutScope } from './primitives/tasks/timeout.ts';
export { wait, type WaitForSomeOptions, type WaitResult } from './primitives/tasks/wait.ts';
export { waitFor, type WaitForOptions } from './primitives/tasks/wait-for.ts';
export type { WaitOptions } from './primitives/waiter.ts';
export { AdaptiveLimiter, type AdaptiveLimiterOptions } from './resilience/adaptive-limiter.ts';
export type { BackoffOptions } from './resilience/backoff.ts';
export type { CircuitBreakerOptions } from './resilience/breaker-options.ts';
export { bulkhead, Bulkhead, type BulkheadOptions } from './resilience/bulkhead.ts';
export { CircuitBreaker, type BreakerCallOptions } from './resilience/circuit-breaker.ts';
export { classifyError, type ErrorKind } from './resilience/error-kind.ts';
export {
  ErrorManager,
  type ErrorHandler,
  type ErrorKindOptions,
  type ErrorManagerOptions,
} from './resilience/error-manager.ts';
export { withFallback, type FallbackOptions, type ShouldHandle } from './resilience/fallback.ts';
export { policies } from './resilience/policies.ts';
export type { LimitChange, LimitHistory } from './resilience/limit-history.ts';
export { RateLimiter, type PassOptions, type RateLimiterOptions } from './resilience/rate-limiter.ts';
export { compose, type Call, type CallOptions, type ComposedPolicy, type Policy } from './resilience/policy.ts';
export type { Attempt } from './resilience/retry-operation.ts';
export { batch, type BatchContext, type BatchOptions } from './resilience/batch.ts';
export { batchLoader, type BatchLoader, type BatchLoaderOptions } from './resilience/batch-loader.ts';
export { cached, type CachedFunction, type CachedOptions } from './resilience/cached.ts';
export type { ExecuteOptions, Executor, MapOptions } from './resilience/executor.ts';
export type { ModuleFunction, Work } from './resilience/job-code.ts';
export { Loan } from './resilience/loan.ts';
export {
  compare,
  measure,
  type CompareOptions,
  type ComparisonRow,
  type Measurement,
  type MeasureOptions,
} from './resilience/measure.ts';
export { move, type Transferable } from './resilience/move.ts';
export { pipeline, type Pipeline, type PipelineOptions } from './resilience/pipeline.ts';
export type { Stage, StageContext, StageFunction } from './resilience/pipeline-stage.ts';
export type { JobResult, PoolJob } from './resilience/pool-job.ts';
export { ProcessExecutor } from './resilience/process-executor.ts';
export { runInExecutor } from './resilience/run-in-executor.ts';
export { ThreadExecutor, type ExecutorOptions, type ThreadExecutorOptions } from './resilience/thread-executor.ts';
export {
  WorkerPool,
  type JobContext,
  type JobFunction,
  type JobOptions,
  type WorkerPoolOptions,
} from './resilience/worker-pool.ts';
export type { ResourcePoolOptions } from './resilience/pool-options.ts';
export { ResourcePool, type CloseOptions } from './resilience/resource-pool.ts';
export { retry, type RetryCallOptions, type RetryOptions } from './resilience/retry.ts';
export { RetryBudget, type RetryBudgetOptions, type RetryBudgetStatistics } from './resilience/retry-budget.ts';
export { retried, retryable } from './resilience/retryable.ts';
export { ignoreRule } from './runtime/ignored-rules.ts';
export { onRunEnd } from './runtime/run-end.ts';
export { allTasks } from './process/all-tasks.ts';
export type { LoopMeter } from './loop/meter.ts';
export { measureLoop } from './process/measure-loop.ts';
export { printTasks } from './process/print-tasks.ts';
export { takeReport } from './process/take-report.ts';
export { watchLoop, type WatchLoopOptions } from './process/watch-loop.ts';

startRegistry();
prepareDebug(isDebugAsked());
