// node-redis under the hook, on programs that know nothing of loopscope and a real server.
import { expect, test } from 'vitest';
import { describeWithDatabase } from '../support/database-programs.ts';

describeWithDatabase('redis', 'test/instrumentation/hook-redis.test.ts', ({ stuck, outputs }) => {
  test.each(['redis', 'redis-5'])(
    '%s: commands that are not answered or not sent, and who has a client of its pool',
    async (name) => {
      expect(await stuck(`${name}.mjs`)).toEqual([
        `task (main) at nowhere: acquire redis redis-stuck.mjs:8 at redis-stuck.mjs:30 and response redis 127.0.0.1:PORT to BRPOP others (blocks until there is something) at redis-stuck.mjs:26 and response redis 127.0.0.1:PORT/1 to BLPOP jobs (blocks until there is something) at redis-stuck.mjs:15 and response redis 127.0.0.1:PORT/1 to MULTI of 2 (behind BLPOP jobs, which blocks) at redis-stuck.mjs:21 and response redis 127.0.0.1:PORT/1 to SET cart:1 (behind BLPOP jobs, which blocks) at redis-stuck.mjs:20 and response redis 127.0.0.1:PORT/1 to pipeline of 1 (behind BLPOP jobs, which blocks) at redis-stuck.mjs:22 and response redis localhost:… to GET cart:3 (not sent: not connected) at redis-stuck.mjs:23`,
        `pool redis redis-stuck.mjs:8 at redis-stuck.mjs:8 · 2 of 2 borrowed · 1 waiting · held by (main) at redis-stuck.mjs:27 · held by (main) at redis-stuck.mjs:28`,
        'client redis 127.0.0.1:PORT/1 at nowhere · 4 in flight · 1 answered in … on average, … at most',
        'client redis localhost:… at nowhere · 1 in flight',
        'client redis 127.0.0.1:PORT at nowhere · 1 in flight · 1 answered in … on average, … at most',
      ]);
    },
  );

  test.each(['redis', 'redis-5'])('%s: nothing changes for the program', async (name) => {
    const { hooked, bare } = await outputs(`${name}-unchanged.mjs`);
    expect(hooked).toEqual(bare);
  });

  test('disabled by the name under which it is installed, node-redis is not seen', async () => {
    expect(await stuck('redis.mjs', { LOOPSCOPE_DISABLE: 'redis' })).toEqual(['exit 0', '']);
  });
});
