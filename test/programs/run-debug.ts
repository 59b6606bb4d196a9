// What debug mode has to tell: each in one line.
import { subscribe } from 'node:diagnostics_channel';
import { createTask, run, sleep, wait, type BlockRecord } from 'loopscope';

const seen: BlockRecord[] = [];
subscribe('loopscope:loop:blocked', (message) => {
  if ((message as BlockRecord).task !== null) seen.push(message as BlockRecord);
});

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
    // Until the watchdog has begun to look, and has told what it saw.
    for (let round = 0; round < 30 && seen.length === 0; round++) {
      block(300);
      await sleep(200);
    }
    createTask(() => new Promise(() => {}), { name: 'deaf' });
  },
  { debug: true },
);
