// A hundred thousand tasks which all wait for one lock, whose holder waits for itself. Bounds are gross: what would be
// quadratic takes minutes. With --figures the figures are printed.
import { allTasks, createTask, Lock, takeReport } from 'loopscope';

const count = 100_000;
const figures = process.argv.includes('--figures');
const { gc } = globalThis as unknown as { gc: () => void };

function memory(): number {
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

function timed<Value>(run: () => Value): [Value, number] {
  const start = performance.now();
  return [run(), performance.now() - start];
}

// Pending on something of the program's own, that nobody lets go of.
const pending: ((value: unknown) => void)[] = [];
async function wait(): Promise<void> {
  await new Promise((resolve) => pending.push(resolve));
}
function bytesEach(run: () => unknown): number {
  const before = memory();
  for (let index = 0; index < count; index++) run();
  const bytes = (memory() - before) / count;
  for (const resolve of pending.splice(0)) resolve(null);
  return bytes;
}
const kept = new Array<unknown>(count);
let next = 0;
const bare = bytesEach(() => (kept[next++ % count] = wait()));
await new Promise(setImmediate);
kept.fill(null);
const task = bytesEach(() => createTask(wait, { name: 'waits' })) - bare;
await new Promise(setImmediate);

const lock = new Lock({ name: 'lock' });
const before = memory();
createTask(async () => {
  await lock.acquire();
  await lock.acquire();
});
for (let index = 1; index < count; index++) createTask(async () => lock.acquire(), { name: 'waiter' });
const waiting = (memory() - before) / count;
await null;

const [tasks, listMs] = timed(allTasks);
const [report, reportMs] = timed(takeReport);
const [json, jsonMs] = timed(() => JSON.stringify(report));
const [resource] = report.resources;
if (figures) {
  const megabytes = json.length / 2 ** 20;
  console.log({ bareBytes: bare, taskBytes: task, waitingBytes: waiting, listMs, reportMs, jsonMs, megabytes });
} else {
  console.log(
    JSON.stringify({
      listed: tasks.length,
      reported: report.tasks.length,
      waiters: resource?.statistics.kind === 'lock' ? resource.statistics.waiters : null,
      cycles: report.cycles.length,
      fast: { list: listMs < 1000, report: reportMs < 5000, json: jsonMs < 5000 },
      small: { task: task < 800, waiting: waiting < 2000 },
    }),
  );
}
