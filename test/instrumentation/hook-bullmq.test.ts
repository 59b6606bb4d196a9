// BullMQ under the hook, on programs that know nothing of loopscope and a real server.
import { expect, test } from 'vitest';
import { describeWithDatabase } from '../support/database-programs.ts';

describeWithDatabase('redis', 'test/instrumentation/hook-bullmq.test.ts', ({ stuck, outputs }) => {
  test.each(['bullmq', 'bullmq-5'])('%s: a processor that hangs, and who waits for it', async (name) => {
    expect(await stuck(`${name}.mjs`)).toEqual([
      `task (main) at nowhere: join bullmq mails at bullmq-stuck.mjs:22 and join bullmq mails at bullmq-stuck.mjs:33 and put bullmq lost at bullmq-stuck.mjs:26`,
      `job send mail at bullmq-stuck.mjs:12, attempt 2 of 3 after the server said no: pending`,
      `queue bullmq mails at bullmq-stuck.mjs:5 · depth unknown · 1 taken and not done · held by send mail at bullmq-stuck.mjs:12`,
      `queue bullmq lost at bullmq-stuck.mjs:7 · depth unknown · 1 waiting to put · nobody took from it here`,
      `executor bullmq mails at bullmq-stuck.mjs:12 · 1 of 2 workers busy · held by send mail at bullmq-stuck.mjs:12`,
    ]);
  });

  test.each(['bullmq', 'bullmq-5'])('%s: nothing changes for the program', async (name) => {
    const { hooked, bare } = await outputs(`${name}-unchanged.mjs`);
    expect(hooked).toEqual(bare);
  });
});
