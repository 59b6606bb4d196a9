// Uses every primitive in a small way, so that every metric has something to say; what is left pending is known.
import { clientOf } from '../../instrumentation/client-record.ts';
import { rootTask } from '../../src/runtime/context.ts';
import { Barrier } from '../../src/primitives/locks/barrier.ts';
import { Condition } from '../../src/primitives/locks/condition.ts';
import { Event } from '../../src/primitives/locks/event.ts';
import { Lock } from '../../src/primitives/locks/lock.ts';
import { Queue } from '../../src/primitives/queues/queue.ts';
import { RWLock } from '../../src/primitives/locks/rwlock.ts';
import { Semaphore } from '../../src/primitives/locks/semaphore.ts';
import { TaskGroup } from '../../src/primitives/tasks/task-group.ts';
import { createTask } from '../../src/primitives/tasks/task.ts';
import { cached } from '../../src/resilience/cached.ts';
import { CircuitBreaker } from '../../src/resilience/circuit-breaker.ts';
import { ErrorManager } from '../../src/resilience/error-manager.ts';
import { RateLimiter } from '../../src/resilience/rate-limiter.ts';
import { ResourcePool } from '../../src/resilience/resource-pool.ts';
import { retry } from '../../src/resilience/retry.ts';
import { WorkerPool } from '../../src/resilience/worker-pool.ts';

const failing = (): Promise<never> => Promise.reject(new TypeError('it is broken'));

/**
 * Leaves behind: queue `orders` with 3 of 3 items and 2 who wait to put; lock `ledger` with 2 waiters; breaker `payments`
 * open; pool `connections` with 1 lent and 1 waiter.
 * @returns what must be kept, or the garbage collector takes it
 */
export async function useEverything(): Promise<unknown[]> {
  return [
    await useTasks(),
    await useQueue(),
    await useLocks(),
    await useRetry(),
    await useBreaker(),
    await usePool(),
    await useExecutor(),
    await useLimiter(),
    await useCache(),
    useErrors(),
    useClient(),
  ];
}

async function useTasks(): Promise<unknown> {
  await createTask(async () => {}, { name: 'load', eager: false });
  await createTask(failing, { name: 'load' }).catch(ignore);
  await TaskGroup.run(async (group) => void group.createTask(async () => {}), { name: 'page' });
  await TaskGroup.run(failing, { name: 'page' }).catch(ignore);
  return [createTask(() => new Promise(() => {}), { name: 'server' })]; // a task alone would be awaited
}

async function useQueue(): Promise<unknown> {
  const queue = new Queue<number>({ name: 'orders', maxsize: 3 });
  await createTask(async () => {
    await queue.put(1);
    await queue.get();
    queue.taskDone();
  });
  await queue.get({ timeout: 1 }).catch(ignore);
  for (let item = 0; item < 3; item++) await queue.put(item);
  await queue.put(4, { timeout: 1 }).catch(ignore);
  try {
    queue.putNowait(4);
  } catch {
    // refused
  }
  for (let item = 0; item < 2; item++) createTask(() => queue.put(item), { name: 'producer' });
  return queue;
}

async function useLocks(): Promise<unknown> {
  const lock = new Lock({ name: 'ledger' });
  await lock.run(async () => {});
  await lock.acquire();
  await lock.acquire({ timeout: 1 }).catch(ignore);
  for (let waiter = 0; waiter < 2; waiter++) createTask(() => lock.acquire(), { name: 'booking' });
  const semaphore = new Semaphore(2, { name: 'downloads' });
  await semaphore.acquire();
  const books = new RWLock({ name: 'books' });
  await books.runRead(async () => {});
  const reading = await books.acquireRead();
  void createTask(() => books.acquireWrite(), { name: 'writer' });
  const open = new Event({ name: 'open' });
  const condition = new Condition({ name: 'changed' });
  const barrier = new Barrier(2, { name: 'start' });
  createTask(() => open.wait(), { name: 'visitor' });
  createTask(() => barrier.wait(), { name: 'visitor' });
  createTask(() => condition.run(() => condition.wait()), { name: 'visitor' });
  return [lock, semaphore, reading, open, condition, barrier];
}

async function useRetry(): Promise<void> {
  await retry(failing, { name: 'rates', attempts: 2, delay: 1 }).catch(ignore);
}

async function useBreaker(): Promise<unknown> {
  const breaker = new CircuitBreaker({ name: 'payments', failures: 1, openFor: 600_000 });
  await breaker.run(async () => {});
  for (let call = 0; call < 2; call++) await breaker.run(failing).catch(ignore);
  return breaker;
}

async function usePool(): Promise<unknown> {
  let fails = true;
  const create = (): Promise<object> => (fails ? failing() : Promise.resolve({}));
  const pool = new ResourcePool({ name: 'connections', create, max: 1, onError: ignore });
  await pool.acquire({ timeout: 20 }).catch(ignore);
  fails = false;
  await pool.run(() => {});
  const loan = await pool.acquire();
  await pool.acquire({ timeout: 1 }).catch(ignore);
  void createTask(() => pool.acquire(), { name: 'query' });
  return [pool, loan];
}

async function useExecutor(): Promise<unknown> {
  const pool = new WorkerPool({ name: 'mails', workers: 1, capacity: 1 });
  const jobs = [pool.submit(async () => {}), pool.submit(failing)];
  try {
    pool.submit(async () => {});
  } catch {
    // refused
  }
  await Promise.allSettled(jobs);
  return pool;
}

async function useLimiter(): Promise<unknown> {
  const limiter = new RateLimiter({ name: 'geocoder', limit: 1, windowMs: 600_000, queueLimit: 1 });
  await limiter.acquire();
  const waiting = limiter.acquire({ timeout: 1 }).catch(ignore);
  await limiter.acquire().catch(ignore);
  await waiting;
  return limiter;
}

async function useCache(): Promise<unknown> {
  const load = cached(async (id: number) => ({ id }), { name: 'users', max: 1, ttl: 1, staleWhileRevalidate: 600_000 });
  await load(1);
  await load(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await load(1);
  await load(2);
  return load;
}

function useErrors(): unknown {
  const errors = new ErrorManager({ name: 'orders' });
  errors.handle(new TypeError('it is broken'));
  return errors;
}

function ignore(): void {
  // it was to fail
}

function useClient(): unknown {
  const client = clientOf('postgres localhost:5432/shop');
  client.begin({ task: rootTask, site: null }, 'SELECT 1')();
  return client;
}
