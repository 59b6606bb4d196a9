// Every metric of loopscope's: name, instrument, unit, attributes. The documentation has the same table, and a test compares.
import { attribute } from '../semconv.ts';

/** What one metric is. Times are in seconds. */
export interface MetricDefinition {
  readonly name: string;
  /** All but histograms are read when somebody collects. */
  readonly instrument: 'histogram' | 'counter' | 'up-down counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
  /** Of these, some may be missing: `error.type` is there only where something failed. */
  readonly attributes: readonly string[];
  /** Of a histogram, in its unit. */
  readonly boundaries?: readonly number[];
}

const ofWaits = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ofRuns = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const ofDelays = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const ofBlocks = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function histogram(
  name: string,
  description: string,
  attributes: readonly string[],
  boundaries: readonly number[],
): MetricDefinition & { readonly instrument: 'histogram' } {
  return { name: `loopscope.${name}`, instrument: 'histogram', unit: 's', description, attributes, boundaries };
}

function counter(
  name: string,
  unit: string,
  description: string,
  attributes: readonly string[],
): MetricDefinition & { readonly instrument: 'counter' } {
  return { name: `loopscope.${name}`, instrument: 'counter', unit, description, attributes };
}

function upDown(
  name: string,
  unit: string,
  description: string,
  attributes: readonly string[],
): MetricDefinition & { readonly instrument: 'up-down counter' } {
  return { name: `loopscope.${name}`, instrument: 'up-down counter', unit, description, attributes };
}

function gauge(
  name: string,
  unit: string,
  description: string,
  attributes: readonly string[],
): MetricDefinition & { readonly instrument: 'gauge' } {
  return { name: `loopscope.${name}`, instrument: 'gauge', unit, description, attributes };
}

const task = [attribute.taskName, attribute.taskKind];
const lock = [attribute.lockName, attribute.lockType];
const queue = [attribute.queueName];
const breaker = [attribute.breakerName];
const pool = [attribute.poolName];
const executor = [attribute.executorName, attribute.executorType];
const limiter = [attribute.limiterName];
const client = [attribute.clientName];
const cache = [attribute.cacheName];

/** The metrics, each under the name by which code refers to it. */
export const metricTable = {
  taskDuration: histogram(
    'task.duration',
    'How long tasks took, from created to settled.',
    [...task, attribute.taskOutcome, attribute.errorType],
    ofRuns,
  ),
  taskWaitTime: histogram(
    'task.wait_time',
    'How long tasks that were not started at once waited for their start.',
    task,
    ofWaits,
  ),
  taskActive: upDown('task.active', '{task}', 'Tasks that are pending.', task),
  taskOldestAge: gauge('task.oldest_age', 's', 'Age of the oldest task that is pending.', task),
  taskLeaked: upDown(
    'task.leaked',
    '{task}',
    'Tasks that are pending although the event loop has nothing left to do.',
    task,
  ),
  groupDuration: histogram(
    'task_group.duration',
    'How long task groups took, from created to settled.',
    [attribute.groupName, attribute.taskOutcome, attribute.errorType],
    ofRuns,
  ),

  queueSize: upDown('queue.size', '{item}', 'Items in the queue.', queue),
  queueCapacity: upDown(
    'queue.capacity',
    '{item}',
    'The most items that the queue takes; only of queues with a limit.',
    queue,
  ),
  queuePending: upDown('queue.pending_requests', '{request}', 'Waiters that want to put or get.', [
    ...queue,
    attribute.queueOperation,
  ]),
  queueUnfinished: upDown('queue.unfinished', '{item}', 'Items in the queue, or taken and not yet done.', queue),
  queueEnqueued: counter('queue.enqueued.items', '{item}', 'Items that were put.', queue),
  queueRejected: counter('queue.rejected.items', '{item}', 'Items that were refused by a full or closed queue.', queue),
  queuePutDuration: histogram(
    'queue.put.duration',
    'How long puts waited; only those that had to wait.',
    [...queue, attribute.queueOutcome],
    ofWaits,
  ),
  queueGetDuration: histogram(
    'queue.get.duration',
    'How long gets waited; only those that had to wait.',
    [...queue, attribute.queueOutcome],
    ofWaits,
  ),
  queueItemWaitTime: histogram(
    'queue.item.wait_time',
    'How long items were in the queue, from put to get.',
    queue,
    ofWaits,
  ),
  queueProcessDuration: histogram(
    'queue.process.duration',
    'How long work on an item took, from get to done; or how long a job of a queue ran.',
    queue,
    ofRuns,
  ),

  lockWaitTime: histogram(
    'lock.wait_time',
    'How long waiters waited; only those that had to wait.',
    [...lock, attribute.lockOutcome],
    ofWaits,
  ),
  lockHoldTime: histogram(
    'lock.hold_time',
    'How long a lock or permit was held, from acquired to released.',
    [...lock, attribute.lockMode],
    ofWaits,
  ),
  lockPending: upDown('lock.pending_requests', '{request}', 'Waiters in line.', [...lock, attribute.lockMode]),
  lockHeld: upDown('lock.held', '{hold}', 'Holders of locks.', [...lock, attribute.lockMode]),
  lockOldestHold: gauge('lock.oldest_hold', 's', 'For how long the oldest holder has held.', lock),
  lockContentions: counter('lock.contentions', '{contention}', 'Waits that were necessary.', lock),
  lockTimeouts: counter('lock.timeouts', '{timeout}', 'Waits that ended by their timeout.', lock),
  permitUsage: upDown('semaphore.permit.usage', '{permit}', 'Permits that are held.', [attribute.lockName]),
  permitLimit: upDown('semaphore.permit.limit', '{permit}', 'Permits that there are; only where there is a limit.', [
    attribute.lockName,
  ]),

  retryAttempts: counter('retry.attempts', '{attempt}', 'Attempts that have settled.', [
    attribute.retryName,
    attribute.errorType,
  ]),
  retryDuration: histogram(
    'retry.operation.duration',
    'How long retried operations took, with all attempts and delays.',
    [attribute.retryName, attribute.retryOutcome, attribute.errorType],
    ofRuns,
  ),
  retryDelay: histogram('retry.delay.duration', 'Delays before further attempts.', [attribute.retryName], ofRuns),
  retryExhausted: counter('retry.exhausted.operations', '{operation}', 'Operations whose last attempt failed.', [
    attribute.retryName,
  ]),

  breakerStatus: upDown('circuit_breaker.status', '1', '1 for the state that the breaker is in, 0 for the others.', [
    ...breaker,
    attribute.breakerState,
  ]),
  breakerChanges: counter('circuit_breaker.state_changes', '{change}', 'Changes into this state.', [
    ...breaker,
    attribute.breakerState,
    attribute.breakerPreviousState,
  ]),
  breakerRejected: counter('circuit_breaker.rejected.calls', '{call}', 'Calls that the breaker refused.', breaker),
  breakerCallDuration: histogram(
    'circuit_breaker.call.duration',
    'How long calls through a breaker or policy took.',
    [...breaker, attribute.breakerOutcome, attribute.errorType],
    ofRuns,
  ),

  poolResources: upDown('pool.resource.count', '{resource}', 'Resources of the pool in this state.', [
    ...pool,
    attribute.poolState,
  ]),
  poolLimit: upDown('pool.resource.limit', '{resource}', 'The most resources; only where there is a limit.', pool),
  poolPending: upDown('pool.pending_requests', '{request}', 'Waiters for a resource.', pool),
  poolWaitTime: histogram(
    'pool.wait_time',
    'How long waiters for a resource waited; only those that had to wait.',
    [...pool, attribute.poolOutcome],
    ofWaits,
  ),
  poolUseTime: histogram('pool.use_time', 'How long resources were borrowed.', pool, ofRuns),
  poolCreateTime: histogram(
    'pool.create_time',
    'How long it took to make a resource.',
    [...pool, attribute.errorType],
    ofWaits,
  ),
  poolTimeouts: counter('pool.timeouts', '{timeout}', 'Waits for a resource that ended by their timeout.', pool),

  executorQueueSize: upDown('executor.queue.size', '{task}', 'Jobs that wait for a worker.', executor),
  executorQueueCapacity: upDown(
    'executor.queue.capacity',
    '{task}',
    'The most jobs that may wait; only where there is a limit.',
    executor,
  ),
  executorCompleted: counter('executor.task.completed', '{task}', 'Jobs that ended, failed ones too.', executor),
  executorFailed: counter('executor.task.failed', '{task}', 'Jobs that failed.', executor),
  executorRejected: counter('executor.task.rejected', '{task}', 'Jobs that were refused.', executor),
  executorWaitTime: histogram(
    'executor.task.wait_time',
    'How long jobs waited for a worker.',
    [attribute.executorName],
    ofWaits,
  ),
  executorDuration: histogram('executor.task.duration', 'How long jobs ran.', [attribute.executorName], ofRuns),
  executorThreads: upDown('executor.thread.count', '{thread}', 'Workers in this state: threads, processes or tasks.', [
    ...executor,
    attribute.executorState,
  ]),
  executorThreadLimit: upDown('executor.thread.limit', '{thread}', 'The most workers.', executor),

  clientPending: upDown('client.pending_requests', '{request}', 'Requests, queries and commands in flight.', client),
  clientDuration: histogram(
    'client.response.duration',
    'How long answers of hosts and databases took.',
    [...client, attribute.clientOutcome],
    ofRuns,
  ),
  limiterUsage: upDown('limiter.usage', '{request}', 'How much of the limit is used.', limiter),
  limiterLimit: upDown('limiter.limit', '{request}', 'How much may pass at a time, or in its window.', limiter),
  limiterPending: upDown('limiter.pending_requests', '{request}', 'Waiters that want to pass.', limiter),
  limiterWaitTime: histogram(
    'limiter.wait_time',
    'How long waiters waited to pass; only those that had to wait.',
    [...limiter, attribute.limiterOutcome],
    ofWaits,
  ),
  limiterPassed: counter('limiter.passed.requests', '{request}', 'Requests that passed.', limiter),
  limiterRejected: counter('limiter.rejected.requests', '{request}', 'Requests that were refused.', limiter),

  cacheSize: upDown('cache.size', '{entry}', 'Values in the cache.', cache),
  cacheCapacity: upDown('cache.capacity', '{entry}', 'The most values; only where there is a limit.', cache),
  cacheLoading: upDown('cache.loading', '{entry}', 'Values that are being computed.', cache),
  cacheRequests: counter('cache.requests', '{request}', 'Requests: fresh hits, stale hits, and misses.', [
    ...cache,
    attribute.cacheResult,
  ]),
  cacheEvictions: counter('cache.evictions', '{entry}', 'Values that gave way to others.', cache),

  errors: counter('error_manager.errors', '{error}', 'Errors that an error manager handled.', [
    attribute.errorManagerName,
    attribute.errorKind,
  ]),

  loopDelay: histogram(
    'eventloop.delay',
    'How late the loop is for something that arrives at a random moment: one arrival for every 10 ms.',
    [],
    ofDelays,
  ),
  loopUtilization: gauge('eventloop.utilization', '1', 'Share of the time in which the loop ran something.', []),
  loopBlocks: counter('eventloop.blocks', '{block}', 'Turns of the loop over the threshold.', [attribute.blockKind]),
  loopBlockDuration: histogram(
    'eventloop.block.duration',
    'How long such turns were.',
    [attribute.blockKind],
    ofBlocks,
  ),

  exporterSpans: counter('exporter.spans', '{span}', 'Spans that were exported, dropped or failed.', [
    attribute.exporterOutcome,
  ]),
  exporterPending: upDown('exporter.pending', '{span}', 'Spans that wait for their export.', []),
  dropped: counter('dropped.records', '{record}', 'What loopscope did not keep because there was too much of it.', [
    attribute.recordType,
  ]),
} satisfies Readonly<Record<string, MetricDefinition>>;

/** What code calls a metric. */
export type MetricKey = keyof typeof metricTable;
