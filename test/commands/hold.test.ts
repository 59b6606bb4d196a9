import { expect, test } from 'vitest';
import { startNode } from '../support/cli.ts';

const hold = new URL('../../dist/src/commands/hold.js', import.meta.url).href;

/** Works until a signal came, and then undoes what it did. */
function work(undoes: boolean): ReturnType<typeof startNode> {
  const text = `
    import { setTimeout as pause } from 'node:timers/promises';
    const { holdSignals } = await import(${JSON.stringify(hold)});
    await holdSignals(${undoes}, async () => {
      console.log('READY');
      while (${!undoes} || process.listenerCount('SIGINT') > 0) await pause(5);
      console.log('undone');
    });
    console.log('not reached');
  `;
  return startNode(['--input-type=module', '-e', text]);
}

test.each([
  [true, 'SIGINT', 'READY\nundone\n'],
  [true, 'SIGTERM', 'READY\nundone\n'],
  [false, 'SIGINT', 'READY\n'],
] as const)('what has to be undone (%s) is undone before %s ends the process', async (undoes, signal, stdout) => {
  const { child, outcome, printed } = work(undoes);
  await printed('READY');
  child.kill(signal);
  expect(await outcome).toEqual({ stdout, stderr: '', code: null, signal });
});
