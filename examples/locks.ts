// S16: who has the lock, who waits for the condition, and who is missing at the barrier?
//   node examples/locks.ts
//     prints `counted to 100`, `2 at a time`, `started when ready`, `three went on together`, `sold 3`
//   npx loopscope run -- examples/locks.ts --stuck
//     reports `lock counter · 1 waiting`, `barrier start · 2 of 3`, `event ready · … 1 waiting`
//   npx loopscope run --otlp http://localhost:4318 -- examples/locks.ts
//     sends `acquire counter`, `wait start`
import { Barrier, BoundedSemaphore, Condition, createTask, Event, gather, Lock, sleep } from 'loopscope';

const counter = new Lock({ name: 'counter' });
const seats = new BoundedSemaphore(2, { name: 'seats' });
const ready = new Event({ name: 'ready' });
const start = new Barrier(3, { name: 'start' });
const delivered = new Condition({ name: 'delivered', lock: counter });

let count = 0;
async function countOn(): Promise<void> {
  await counter.run(async () => {
    const before = count;
    await sleep(0); // without the lock another one would count from the same number
    count = before + 1;
  });
}

if (process.argv.includes('--stuck')) {
  await counter.acquire(); // and never released
  createTask(countOn, { name: 'count' });
  for (const name of ['anna', 'ben']) createTask(() => start.wait(), { name });
  createTask(() => ready.wait(), { name: 'carl' });
  await sleep(100);
} else {
  await gather(Array.from({ length: 100 }, () => () => createTask(countOn, { name: 'count' })));
  console.log(`counted to ${count}`);

  let most = 0;
  await gather(
    Array.from({ length: 6 }, () => async () => {
      const seat = await seats.acquire(); // from Node 24 on: using seat = …
      most = Math.max(most, seats.statistics().held);
      await sleep(2);
      seat.release();
    }),
  );
  console.log(`${most} at a time`);

  const waiting = createTask(() => ready.wait(), { name: 'wait' });
  ready.set();
  await waiting;
  console.log('started when ready');

  await gather(Array.from({ length: 3 }, (_, index) => async () => (await sleep(index * 5), start.wait())));
  console.log('three went on together');

  let stock = 0;
  const selling = createTask(() => counter.run(() => delivered.waitFor(() => stock >= 3)), { name: 'sell' });
  for (let box = 1; box <= 3; box++) await counter.run(() => (stock++, delivered.notify()));
  await selling;
  console.log(`sold ${stock}`);
}
