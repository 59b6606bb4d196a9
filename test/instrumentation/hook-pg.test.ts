// pg and its pool under the hook, on programs that know nothing of loopscope and a real database.
import { expect, test } from 'vitest';
import { describeWithDatabase } from '../support/database-programs.ts';

describeWithDatabase('postgres', 'test/instrumentation/hook-pg.test.ts', ({ stuck, outputs }) => {
  test('an exhausted pool: who has its client, who waits for it, and queries that are not answered', async () => {
    expect(await stuck('pg.mjs')).toEqual([
      'task (main) at nowhere: acquire pg pg.mjs:5 at pg.mjs:19 and acquire pg pg.mjs:5 at pg.mjs:20 and response postgres 127.0.0.1:PORT/postgres to SELECT $1::int AS id (behind another on its connection) at pg.mjs:22 and response postgres 127.0.0.1:PORT/postgres to SELECT pg_sleep($1), ?, ? at pg.mjs:15',
      'pool pg pg.mjs:5 at pg.mjs:5 · 1 of 1 borrowed · 2 waiting · held by (main) at pg.mjs:10',
      'client postgres 127.0.0.1:PORT/postgres at nowhere · 2 in flight · 2 answered in … on average, … at most',
    ]);
  });

  test('CommonJS: what has ended, was given back or has timed out is not pending; pg-pool alone', async () => {
    expect(await stuck('pg.cjs')).toEqual([
      'task (main) at nowhere: acquire pg pg.cjs:25 at pg.cjs:29',
      'pool pg pg.cjs:25 at pg.cjs:25 · 1 of 1 borrowed · 1 waiting · held by (main) at pg.cjs:26',
    ]);
  });

  test('nothing changes for the program', async () => {
    const { hooked, bare } = await outputs('pg-unchanged.mjs');
    expect(hooked).toEqual(bare);
  });

  test('disabled, neither pg nor its pool is seen; the pool may be disabled alone', async () => {
    expect(await stuck('pg.mjs', { LOOPSCOPE_DISABLE: 'pg' })).toEqual(['exit 0', '']);
    expect((await stuck('pg.mjs', { LOOPSCOPE_DISABLE: 'pg-pool' })).slice(1)).toEqual([
      'client postgres 127.0.0.1:PORT/postgres at nowhere · 2 in flight · 3 answered in … on average, … at most',
    ]);
  });
});
