// What makes foreign queues, locks and calls visible: names only.
export {
  declareHolder,
  declareResource,
  declareWait,
  type DeclareResourceOptions,
  type DeclaredResource,
} from './declare.ts';
export { wrapLock, type WrapLockOptions } from './wrap-lock.ts';
export { wrapQueue, type WrapQueueOptions } from './wrap-queue.ts';
export { wrapRetry, type WrapRetryOptions } from './wrap-retry.ts';
export { wrapTask, type WrapTaskOptions } from './wrap-task.ts';
