// What stays behind, in megabytes over the start or as a count in thousands: each should be about nothing.
import { createTask, Lock, Queue, retry, Semaphore, TaskGroup } from 'loopscope';

const { gc } = globalThis as unknown as { gc: () => void };

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

async function megabytesAfter(run: () => unknown): Promise<number> {
  const used = async (): Promise<number> => {
    for (let count = 0; count < 3; count++) {
      await turn();
      gc();
    }
    return process.memoryUsage().heapUsed;
  };
  const before = await used();
  await run();
  return ((await used()) - before) / 2 ** 20;
}

async function settledTasks(): Promise<void> {
  for (let count = 0; count < 1_000_000; count++) {
    createTask(async () => null, { name: 'short' });
    if (count % 1000 === 0) await null;
  }
}

let endChain = (): void => {};

/** Each creates the next and settles soon or late after that. The last is still pending when the promise resolves. */
function chain(length: number, settle: () => Promise<void> | null): Promise<void> {
  return new Promise((resolve) => {
    async function step(left: number): Promise<void> {
      await null;
      if (left === 0) {
        resolve();
        await new Promise<void>((end) => (endChain = end));
      } else createTask(async () => step(left - 1), { name: 'step' });
      await settle();
    }
    createTask(async () => step(length));
  });
}

async function waits(): Promise<void> {
  const lock = new Lock();
  const queue = new Queue<number>({ maxsize: 10 });
  for (let count = 0; count < 50_000; count++) {
    const task = createTask(async () => lock.run(async () => queue.put(count)), { name: `wait ${count}` });
    const taken = queue.get();
    task.cancel();
    queue.putNowait(0);
    await taken;
    await task.catch(() => {});
    while (!queue.empty) queue.getNowait();
  }
}

async function groupsAndRetries(): Promise<void> {
  const { signal } = new AbortController();
  for (let count = 0; count < 20_000; count++) {
    await TaskGroup.run(async (group) => group.createTask(async () => null));
    await retry(async () => null, { signal });
  }
}

function droppedResources(): number {
  let alive = 0;
  const watch = new FinalizationRegistry(() => alive--);
  for (let count = 0; count < 5000; count++) {
    for (const resource of [new Lock(), new Queue(), new Semaphore(1)]) {
      alive++;
      watch.register(resource, null);
    }
  }
  Object.assign(globalThis, { watch });
  return (aliveNow = () => alive)();
}
let aliveNow = (): number => 0;

for (const warmUp of [settledTasks, waits, groupsAndRetries]) await warmUp();
const result = {
  settledTasks: await megabytesAfter(settledTasks),
  chain: await megabytesAfter(() => chain(100_000, () => null)).finally(() => endChain()),
  delayedChain: await megabytesAfter(() => chain(20_000, turn)).finally(() => endChain()),
  waits: await megabytesAfter(waits),
  groupsAndRetries: await megabytesAfter(groupsAndRetries),
  droppedResources: await megabytesAfter(droppedResources),
};
await turn();
gc();
await turn();
console.log(JSON.stringify({ ...result, aliveInThousands: aliveNow() / 1000 }));
