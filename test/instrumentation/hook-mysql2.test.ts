// mysql2 and its pool under the hook, on programs that know nothing of loopscope and a real database.
import { expect, test } from 'vitest';
import { describeWithDatabase } from '../support/database-programs.ts';

describeWithDatabase('mariadb', 'test/instrumentation/hook-mysql2.test.ts', ({ stuck, outputs }) => {
  test('an exhausted pool: who has its connection, who waits for it, and queries that are not answered', async () => {
    expect(await stuck('mysql2.mjs')).toEqual([
      'task (main) at nowhere: acquire mysql2 mysql2.mjs:5 at mysql2.mjs:19 and acquire mysql2 mysql2.mjs:5 at mysql2.mjs:20 and response mysql 127.0.0.1:PORT/shop to SELECT ? AS id (behind another on its connection) at mysql2.mjs:22 and response mysql 127.0.0.1:PORT/shop to SELECT SLEEP(?), ?, ?, ? at mysql2.mjs:15',
      'pool mysql2 mysql2.mjs:5 at mysql2.mjs:5 · 1 of 1 borrowed · 2 waiting · held by (main) at mysql2.mjs:10',
      'client mysql 127.0.0.1:PORT/shop at nowhere · 2 in flight · 1 answered in … on average, … at most',
    ]);
  });

  test('CommonJS: what has ended, was given back or has timed out is not pending', async () => {
    expect(await stuck('mysql2.cjs')).toEqual([
      'task (main) at nowhere: response mysql 127.0.0.1:PORT/shop to SELECT SLEEP(?) at mysql2.cjs:28',
      'pool mysql2 mysql2.cjs:9 at mysql2.cjs:9 · 1 of 1 borrowed · held by (main) at mysql2.cjs:27',
      'client mysql 127.0.0.1:PORT/shop at nowhere · 1 in flight · 7 answered in … on average, … at most, 4 failed',
      'pool mysql2 mysql2.cjs:28 at mysql2.cjs:28 · 1 of 1 borrowed · held by (main) at mysql2.cjs:28',
    ]);
  });

  test('nothing changes for the program', async () => {
    const { hooked, bare } = await outputs('mysql2-unchanged.mjs');
    expect(hooked).toEqual(bare);
  });
});
