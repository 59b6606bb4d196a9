// What debug mode has to tell: each in one line.
import { createTask, run, sleep, wait } from 'loopscope';

function block(milliseconds: number): void {
  const from = performance.now();
  while (performance.now() - from < milliseconds);
}

await run(
  async function main() {
    createTask(async () => sleep(1), { name: 'forgotten' });
    const failing = createTask(
      async () => {
        await sleep(1);
        throw new Error('lost');
      },
      { name: 'failing' },
    );
    await wait([failing, createTask(async () => 1, { name: 'told' })]);
    await sleep(300); // the watchdog has begun to look
    block(400);
    await sleep(300); // and has told what it saw
    createTask(() => new Promise(() => {}), { name: 'deaf' });
  },
  { debug: true },
);
