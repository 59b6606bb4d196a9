// ioredis under the hook, on programs that know nothing of loopscope and a real server.
import { expect, test } from 'vitest';
import { describeWithDatabase } from '../support/database-programs.ts';

describeWithDatabase('redis', 'test/instrumentation/hook-ioredis.test.ts', ({ stuck, outputs }) => {
  test('ioredis: a command that blocks, those behind it, batches, and what is not sent', async () => {
    expect(await stuck('ioredis.mjs')).toEqual([
      'task (main) at nowhere: response redis 127.0.0.1:PORT to BRPOP others (blocks until there is something) at ioredis.mjs:25 and response redis 127.0.0.1:PORT to GET cart:4 (behind BRPOP others, which blocks) at ioredis.mjs:26 and response redis 127.0.0.1:PORT/1 to BLPOP jobs (blocks until there is something) at ioredis.mjs:13 and response redis 127.0.0.1:PORT/1 to BRPOP others (blocks until there is something) at ioredis.mjs:21 and response redis 127.0.0.1:PORT/1 to MULTI of 1: INCR a, … (behind BLPOP jobs, which blocks) at ioredis.mjs:20 and response redis 127.0.0.1:PORT/1 to SET cart:1 (behind BLPOP jobs, which blocks) at ioredis.mjs:18 and response redis 127.0.0.1:PORT/1 to pipeline of 2: SET cart:2, … (behind BLPOP jobs, which blocks) at ioredis.mjs:19 and response redis localhost:… to GET cart:3 (not sent: reconnecting) at ioredis.mjs:22 and response redis localhost:… to pipeline of 2: GET a, … (not sent: reconnecting) at ioredis.mjs:23',
      'client redis 127.0.0.1:PORT/1 at nowhere · 5 in flight · 1 answered in … on average, … at most',
      'client redis localhost:… at nowhere · 2 in flight',
      'client redis 127.0.0.1:PORT at nowhere · 2 in flight · 1 answered in … on average, … at most',
    ]);
  });

  test('ioredis 5, CommonJS: what has ended or was given up is not pending', async () => {
    expect(await stuck('ioredis.cjs')).toEqual([
      'task (main) at nowhere: response redis 127.0.0.1:PORT to XREAD (blocks until there is something) at ioredis.cjs:20',
      'client redis 127.0.0.1:PORT at nowhere · 1 in flight · 7 answered in … on average, … at most, 4 failed',
    ]);
  });

  test.each(['ioredis', 'ioredis-5'])('%s: nothing changes for the program', async (name) => {
    const { hooked, bare } = await outputs(`${name}-unchanged.mjs`);
    expect(hooked).toEqual(bare);
  });
});
