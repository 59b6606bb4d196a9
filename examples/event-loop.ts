// S18, S25, S30: what will the loop call and when, how is a program started and ended, and how long did each task take?
//   node examples/event-loop.ts
//     prints `soon, in time, at a moment`, `not called: cancelled`, `nested: ERR_LOOPSCOPE_STATE`, `monitored: … ms`,
//       `left over: cancelled`
//   npx loopscope run --timeout 1500ms -- examples/event-loop.ts --wait
//     reports `callback refreshPrices … called in`
//   npx loopscope run --otlp http://localhost:4318 -- examples/event-loop.ts
//     sends `run monitored`, `run left over`
import { CancelledError, createTask, loop, run, sleep } from 'loopscope';

const called: string[] = [];

await run(async () => {
  loop.callSoon((text: string) => called.push(text), 'soon');
  loop.callLater(10, () => called.push('in time'));
  loop.callAt(loop.time() + 20, () => called.push('at a moment'));
  const timer = loop.callLater(15, () => called.push('never'));
  timer.cancel();
  await sleep(40);
  console.log(called.join(', '));
  console.log(`not called: ${timer.cancelled ? 'cancelled' : 'why?'}`);

  await run(() => {}).catch(({ code }: NodeJS.ErrnoException) => console.log(`nested: ${code}`));

  const started = loop.time();
  await createTask(() => sleep(25), { name: 'monitored' });
  console.log(`monitored: ${Math.round(loop.time() - started)} ms`); // its span and metric say so, too

  if (process.argv.includes('--wait')) {
    loop.callLater(60_000, function refreshPrices() {});
    await sleep(60_000);
  }

  // what still runs when the main function ends is cancelled, and waited for
  createTask(
    async () => {
      await sleep(60_000).catch((error: unknown) => {
        if (error instanceof CancelledError) console.log('left over: cancelled');
        throw error;
      });
    },
    { name: 'left over' },
  );
  await sleep(1);
});
