// Every name that loopscope gives to OpenTelemetry, in one place.

/** Name of the instrumentation scope, and the root of all names of our own. */
export const scopeName = 'loopscope';

/** Names of spans: low in cardinality, the verb first. */
export const spanName = {
  run: (name: string) => `run ${name}`,
  retry: (name: string) => `retry ${name}`,
  attempt: (name: string) => `attempt ${name}`,
  put: (queue: string) => `put ${queue}`,
  get: (queue: string) => `get ${queue}`,
  /** Of an item: from its get until it is reported as done. Of a job: where it runs. */
  process: (queueOrPool: string) => `process ${queueOrPool}`,
  acquire: (lock: string) => `acquire ${lock}`,
  wait: (event: string) => `wait ${event}`,
  call: (breaker: string) => `call ${breaker}`,
  submit: (pool: string) => `submit ${pool}`,
  // Their names have ports in them, and are attributes.
  connect: () => 'connect stream',
  read: () => 'read stream',
  drain: () => 'drain stream',
  loopBlocked: 'eventloop blocked',
} as const;

/** Names of span and link attributes. Times are in seconds. */
export const attribute = {
  taskName: 'loopscope.task.name',
  /** A string: ids are for looking up, not for adding. */
  taskId: 'loopscope.task.id',
  taskParentId: 'loopscope.task.parent.id',
  /** One of `fulfilled`, `rejected`, `cancelled`, `timed_out`. */
  taskOutcome: 'loopscope.task.outcome',
  /** From created to started, for tasks that were not started when they were created. */
  taskWaitTime: 'loopscope.task.wait_time',
  /** False where the code attributes are those of an earlier task of the same name. */
  taskSiteExact: 'loopscope.task.site.exact',
  groupName: 'loopscope.task_group.name',
  groupTaskCount: 'loopscope.task_group.task_count',
  /** Tasks of the group that were rejected or timed out. */
  groupFailedCount: 'loopscope.task_group.failed_count',
  /** From 1. On the retry itself: the last attempt that was made. */
  retryAttemptNumber: 'loopscope.retry.attempt.number',
  retryAttemptLimit: 'loopscope.retry.attempt.limit',
  /** The backoff before this attempt. */
  retryDelay: 'loopscope.retry.delay',
  /** One of `succeeded`, `exhausted`, `aborted`. */
  retryOutcome: 'loopscope.retry.outcome',
  /** Why there was no further attempt: `attempts`, `retryIf`, `budget`, `total_timeout`, `retry-after` or `cancelled`. */
  retryGaveUp: 'loopscope.retry.gave_up',
  queueName: 'loopscope.queue.name',
  /** `put`, `get` or `process`. */
  queueOperation: 'loopscope.queue.operation',
  /** Items in the queue after the operation. */
  queueSize: 'loopscope.queue.size',
  queueCapacity: 'loopscope.queue.capacity',
  /** Whether the operation had to wait. */
  queueBlocked: 'loopscope.queue.blocked',
  /** How a wait ended; not there when the operation succeeded. */
  queueOutcome: 'loopscope.queue.outcome',
  /** From put to get. */
  queueItemWaitTime: 'loopscope.queue.item.wait_time',
  lockName: 'loopscope.lock.name',
  /** One of `mutex`, `semaphore`, `rwlock`, `condition`, `event`, `barrier`. */
  lockType: 'loopscope.lock.type',
  /** Waiters that stood in line already. */
  lockWaiterCount: 'loopscope.lock.waiter_count',
  /** The task that held it first when the wait began. */
  lockHolderTaskName: 'loopscope.lock.holder.task.name',
  /** One of `fulfilled`, `rejected`, `cancelled`, `timed_out`. */
  lockOutcome: 'loopscope.lock.outcome',
  /**
   * Of links: `blocked_by` the span of a holder; `item` the put of what was taken; `job` the submit of what is
   * processed; `culprit` the task that blocked the loop.
   */
  linkType: 'loopscope.link.type',
  codeFunctionName: 'code.function.name',
  codeFilePath: 'code.file.path',
  codeLineNumber: 'code.line.number',
  codeStacktrace: 'code.stacktrace',
  errorType: 'error.type',
  /** Of metrics: what stands behind the task, such as `task`, `job` or `attempt`. */
  taskKind: 'loopscope.task.kind',
  /** `read` or `write`, for locks that know the difference. */
  lockMode: 'loopscope.lock.mode',
  retryName: 'loopscope.retry.name',
  breakerName: 'loopscope.circuit_breaker.name',
  /** One of `closed`, `open`, `half_open`. */
  breakerState: 'loopscope.circuit_breaker.state',
  breakerPreviousState: 'loopscope.circuit_breaker.previous_state',
  /** Of a call: how it settled, or `refused`. */
  breakerOutcome: 'loopscope.circuit_breaker.outcome',
  poolName: 'loopscope.pool.name',
  /** One of `idle`, `used`, `pending`. */
  poolState: 'loopscope.pool.resource.state',
  poolOutcome: 'loopscope.pool.outcome',
  /** A string: the number of the resource in its pool, from 1. */
  poolResourceId: 'loopscope.pool.resource.id',
  executorName: 'loopscope.executor.name',
  /** One of `threads`, `processes`, `tasks`. */
  executorType: 'loopscope.executor.type',
  /** `busy` or `idle`. */
  executorState: 'loopscope.executor.thread.state',
  /** Of spans of worker threads. */
  threadId: 'thread.id',
  /** What is at the other end, such as `postgres localhost:5432/shop`. */
  clientName: 'loopscope.client.name',
  clientOutcome: 'loopscope.client.outcome',
  limiterName: 'loopscope.limiter.name',
  limiterOutcome: 'loopscope.limiter.outcome',
  streamName: 'loopscope.stream.name',
  streamOutcome: 'loopscope.stream.outcome',
  cacheName: 'loopscope.cache.name',
  /** One of `hit`, `stale`, `miss`. */
  cacheResult: 'loopscope.cache.result',
  errorManagerName: 'loopscope.error_manager.name',
  errorKind: 'loopscope.error_manager.kind',
  /** Seconds since the task was created. */
  taskAge: 'loopscope.task.age',
  /** What a task does that waits, such as `acquire` or `get`. */
  waitKind: 'loopscope.wait.kind',
  /** What it waits for, such as `lock accounts`. */
  waitTarget: 'loopscope.wait.target',
  /** What is held and by whom: of a leak. */
  holdTarget: 'loopscope.hold.target',
  holdTime: 'loopscope.hold.time',
  /** The tasks of a wait cycle, in order, and what each waits for. */
  cycleTasks: 'loopscope.deadlock.tasks',
  cycleTargets: 'loopscope.deadlock.targets',
  /** The native function that blocked the loop.
   */
  blockNative: 'loopscope.eventloop.block.native',
  errorMessage: 'error.message',
  /** What blocked the loop, such as `javascript` or `native call`. */
  blockKind: 'loopscope.eventloop.block.kind',
  blockDuration: 'loopscope.eventloop.block.duration',
  blockThreshold: 'loopscope.eventloop.block.threshold',
  /** One of `exported`, `dropped`, `failed`. */
  exporterOutcome: 'loopscope.exporter.outcome',
  /** One of `task`, `resource`, `name`, `item`, `span`. */
  recordType: 'loopscope.dropped.type',
} as const;

/** Names of the events that are log records. */
export const eventName = {
  loopBlocked: 'loopscope.eventloop.blocked',
  breakerChanged: 'loopscope.circuit_breaker.state_change',
  deadlock: 'loopscope.deadlock',
  leak: 'loopscope.leak',
  pending: 'loopscope.task.pending',
} as const;

/** Names of resource attributes. */
export const resourceAttribute = {
  serviceName: 'service.name',
  processId: 'process.pid',
  runtimeName: 'process.runtime.name',
  runtimeVersion: 'process.runtime.version',
} as const;
