// Random programs of tasks, groups, joint waits, timeouts, shields and locks, and what must hold after each of them.
import * as fc from 'fast-check';
import { vi } from 'vitest';
import { holdEnded, holdStarted } from '../../src/channels/resource.ts';
import { taskCreated, taskSettled, type TaskRecord } from '../../src/channels/task.ts';
import { waitEnded, waitStarted, type WaitRecord } from '../../src/channels/wait.ts';
import {
  all,
  Barrier,
  CancelledError,
  Condition,
  createTask,
  gather,
  Lock,
  race,
  RWLock,
  Semaphore,
  shield,
  sleep,
  Task,
  TaskGroup,
  timeout,
  wait,
  waitFor,
} from '../../src/index.ts';
import { pass } from './settled.ts';
import { microtasks } from './turn.ts';

/** A piece of a program: what it does, for how long, with which parts. */
export interface Piece {
  readonly does: string;
  readonly ms: number;
  readonly parts: readonly Piece[];
}

/** Somebody is cancelled: which of those that are pending, when, and so many microtasks later. */
export interface Blow {
  readonly at: number;
  readonly hops: number;
  readonly whom: number;
}

/** What a program runs in. */
class World {
  readonly lock = new Lock();
  readonly semaphore = new Semaphore(2);
  readonly rwlock = new RWLock();
  readonly condition = new Condition();
  readonly barrier = new Barrier(2);
  /** Clean-ups that were ended by another cancellation. */
  disturbed = 0;

  /** Whether nobody holds anything, or waits for it. */
  get isFree(): boolean {
    const { lock, semaphore, rwlock, condition, barrier } = this;
    const waiters = [lock, semaphore, condition, barrier].map((each) => each.statistics().waiters);
    const { waitingReaders, waitingWriters } = rwlock.statistics();
    return (
      !lock.locked &&
      semaphore.free === 2 &&
      !rwlock.locked &&
      !condition.locked &&
      [...waiters, waitingReaders, waitingWriters].every((count) => count === 0)
    );
  }
}

type Run = () => Promise<unknown>;

const acts: Record<string, (world: World, ms: number, parts: readonly Run[]) => Promise<unknown>> = {
  sleep: (_world, ms) => sleep(ms),
  foreign: (_world, ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  async fail(_world, ms) {
    await sleep(ms);
    throw new Error('failed');
  },
  async inTurn(_world, _ms, parts) {
    for (const part of parts) await part();
  },
  async clean(world, ms, parts) {
    let isCancelled = false;
    try {
      await inTurn(parts);
    } catch (error) {
      isCancelled = error instanceof CancelledError;
      throw error;
    } finally {
      await sleep(ms).catch((error: unknown) => {
        if (isCancelled) world.disturbed++;
        throw error;
      });
    }
  },
  async decline(_world, _ms, parts) {
    await inTurn(parts).catch((error: unknown) => {
      if (!(error instanceof CancelledError)) throw error;
    });
  },
  task: async (_world, _ms, parts) => createTask(() => inTurn(parts)),
  lazy: async (_world, _ms, parts) => createTask(() => inTurn(parts), { eager: false }),
  promiseAll: (_world, _ms, parts) => Promise.all(parts.map((part) => createTask(part))),
  group: (_world, ms, parts) =>
    TaskGroup.run(async (group) => {
      const [first] = parts.map((part) => group.createTask(part));
      await sleep(ms);
      await first;
    }),
  gather: (_world, _ms, parts) => gather(parts),
  exceptions: (_world, _ms, parts) => gather(parts, { returnExceptions: true }),
  all: (_world, _ms, parts) => all(parts.map((part) => createTask(part))),
  race: (_world, _ms, parts) => race(parts.map((part) => createTask(part))),
  wait: (_world, ms, parts) => wait([...parts, () => sleep(ms)], { returnWhen: 'FIRST_COMPLETED' }),
  timeout: (_world, ms, parts) => timeout(ms, () => inTurn(parts)),
  waitFor: (_world, ms, parts) => waitFor(() => inTurn(parts), ms),
  noTimeout: (_world, _ms, parts) => timeout(Infinity, () => waitFor(() => inTurn(parts), Infinity)),
  shield: (_world, _ms, parts) => shield(() => inTurn(parts)),
  lock: (world, ms, parts) => world.lock.run(() => inTurn(parts), { timeout: ms }),
  semaphore: (world, ms, parts) => world.semaphore.run(() => inTurn(parts), { timeout: ms }),
  read: (world, ms, parts) => world.rwlock.runRead(() => inTurn(parts), { timeout: ms }),
  write: (world, ms, parts) => world.rwlock.runWrite(() => inTurn(parts), { timeout: ms }),
  wake: (world) => world.condition.run(() => world.condition.notify(), { timeout: 3 }),
  condition: (world, ms) => world.condition.run(() => world.condition.wait({ timeout: ms }), { timeout: ms }),
  barrier: (world, ms) => world.barrier.wait({ timeout: ms }),
};

async function inTurn(parts: readonly Run[]): Promise<void> {
  for (const part of parts) await part();
}

/** What ends only when its time is over, and what ends by nobody's failure: for programs whose every end is known. */
export const calm = [
  'inTurn',
  'clean',
  'task',
  'lazy',
  'promiseAll',
  'group',
  'gather',
  'exceptions',
  'all',
  'noTimeout',
];
const leaves = ['sleep', 'foreign', 'fail', 'wake', 'condition', 'barrier'];
export const wild = Object.keys(acts).filter((does) => !leaves.includes(does));

/** Programs of these pieces, with these at their ends. */
export function programs(inner: readonly string[], ends: readonly string[] = leaves): fc.Arbitrary<Piece> {
  const ms = fc.integer({ min: 0, max: 12 });
  return fc.letrec<{ piece: Piece }>((tie) => ({
    piece: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.record({ does: fc.constantFrom(...ends), ms, parts: fc.constant([]) }),
      {
        weight: 4,
        arbitrary: fc.record({
          does: fc.constantFrom(...inner),
          ms,
          parts: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }),
        }),
      },
    ),
  })).piece;
}

export const blows = fc.array(fc.record({ at: fc.integer({ min: 0, max: 25 }), hops: fc.nat(6), whom: fc.nat(20) }), {
  maxLength: 5,
});

/** What is wrong after a program, one line each, and what became of it. */
export interface Verdict {
  readonly wrong: readonly string[];
  readonly disturbed: number;
  readonly main: Task;
}

/** Runs a program in virtual time, cancels whom the blows hit, and says what is wrong when all must be over. */
export async function judge(program: Piece, hits: readonly Blow[]): Promise<Verdict> {
  const watch = new Watch();
  const world = new World();
  const main = createTask(() => act(world, program), { name: 'main' });
  main.catch(() => {});
  for (const { at, hops, whom } of hits) {
    setTimeout(() => {
      void microtasks(hops).then(() => {
        const pending = watch.pending();
        if (pending.length > 0) pending[whom % pending.length]?.cancel();
      });
    }, at);
  }
  for (let turns = 0; turns < 30; turns++) await pass(1);
  await pass(10_000);
  const wrong = watch.stop();
  if (!world.isFree) wrong.push('something is held or waited for');
  if (vi.getTimerCount() > 0) wrong.push(`${vi.getTimerCount()} timers left`);
  if (hasShield(program))
    return { wrong: wrong.filter((line) => line !== 'unhandled Error'), disturbed: world.disturbed, main };
  return { wrong, disturbed: world.disturbed, main };
}

function act(world: World, { does, ms, parts }: Piece): Promise<unknown> {
  const run = acts[does];
  if (run === undefined) throw new Error(`no act ${does}`);
  return run(
    world,
    ms,
    parts.map((part) => () => act(world, part)),
  );
}

/** What a shield protects may fail when nobody is left to see it. */
function hasShield({ does, parts }: Piece): boolean {
  return does === 'shield' || parts.some(hasShield);
}

/** Counts what begins and what ends. */
class Watch {
  readonly #tasks = new Map<TaskRecord, number>();
  readonly #waits = new Map<WaitRecord, number>();
  #holds = 0;
  readonly #wrong: string[] = [];
  readonly #ends: (() => void)[] = [];

  constructor() {
    this.#on(taskCreated, (task) => this.#tasks.set(task, 0));
    this.#on(taskSettled, (task) => this.#tasks.set(task, (this.#tasks.get(task) ?? 0) + 1));
    this.#on(waitStarted, (waits) => this.#waits.set(waits, 0));
    this.#on(waitEnded, (waits) => this.#waits.set(waits, (this.#waits.get(waits) ?? 0) + 1));
    this.#on(holdStarted, () => this.#holds++);
    this.#on(holdEnded, () => this.#holds--);
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => {
      const isCancelled = error instanceof CancelledError;
      this.#wrong.push(isCancelled ? 'unhandled CancelledError' : 'unhandled Error');
    });
    this.#ends.push(() => {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    });
  }

  /** Those who can be cancelled, oldest first. */
  pending(): Task[] {
    return [...this.#tasks.keys()].filter((task): task is Task => task instanceof Task && task.settlement === null);
  }

  /** What is wrong. */
  stop(): string[] {
    for (const end of this.#ends) end();
    const wrong = this.#wrong;
    for (const [{ origin, settlement, waits }, times] of this.#tasks) {
      const { kind, name } = origin;
      if (times !== 1) wrong.push(`${kind} ${name} settled ${times} times`);
      if (waits !== null) wrong.push(`${kind} ${name} waits to ${waits.kind}`);
      const isCancelledError = settlement?.error instanceof CancelledError;
      if (settlement?.outcome === 'cancelled' && !isCancelledError)
        wrong.push(`${kind} ${name} cancelled with an error`);
      if (settlement?.outcome === 'fulfilled' && settlement.error !== undefined)
        wrong.push(`${kind} ${name} has an error`);
    }
    for (const [{ kind, outcome }, times] of this.#waits) {
      if (times !== 1 || outcome === null) wrong.push(`a wait to ${kind} ended ${times} times, ${outcome}`);
    }
    if (this.#holds !== 0) wrong.push(`${this.#holds} holds more began than ended`);
    return wrong;
  }

  #on<Message>(
    channel: {
      subscribe(handle: (message: Message) => void): void;
      unsubscribe(handle: (message: Message) => void): void;
    },
    handle: (message: Message) => void,
  ): void {
    channel.subscribe(handle);
    this.#ends.push(() => channel.unsubscribe(handle));
  }
}
