// Which rejections of tasks reach Node as unhandled.
import { createTask, Queue, sleep } from 'loopscope';

const reasons: unknown[] = [];
process.on('unhandledRejection', (reason) => reasons.push(reason));

const queue = new Queue();

function fail(message: string): never {
  throw message;
}

createTask(() => fail('eager at once'));
createTask(async () => {
  await null;
  fail('eager after an await');
});
createTask(async () => fail('scheduled'), { eager: false });

// Handled, each in one way.
createTask(async () => fail('caught')).catch(() => {});
await createTask(async () => fail('awaited')).then(
  () => {},
  () => {},
);
await Promise.allSettled([createTask(async () => fail('in Promise.allSettled'))]);

// Cancelled and awaited by nobody: no report.
createTask(async () => queue.get()).cancel();
createTask(async () => {}, { eager: false }).cancel();
createTask(async () => sleep(Infinity), { signal: AbortSignal.abort() });

// But a cancelled task that fails by itself is one.
createTask(async () => {
  try {
    await queue.get();
  } finally {
    fail('thrown by a finally of a cancelled task');
  }
}).cancel();

void createTask(async () => fail('then without catch')).then(() => {});

setImmediate(() => {
  for (const reason of reasons) console.log(String(reason));
});
