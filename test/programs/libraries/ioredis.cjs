// What ended well or badly is not pending: commands, pipelines, what a client without a server gave up.
const { Redis } = require('ioredis-5');

const ignore = () => {};

async function main() {
  const redis = new Redis(Number(process.env.DATABASE_PORT), '127.0.0.1');
  await redis.set('a', 1);
  await redis.lpush('a', 1).catch(ignore);
  await redis.pipeline().get('a').lpush('a', 1).exec();
  await redis.multi().incr('a').exec();
  await redis.multi().call('nonsense').exec().catch(ignore);
  await redis.blpop('none', 0.01);
  const slow = new Redis(Number(process.env.DATABASE_PORT), '127.0.0.1', { commandTimeout: 300 });
  await slow.blpop('none', 0).catch(ignore);
  slow.disconnect();
  const lost = new Redis({ port: 1, retryStrategy: () => null });
  lost.on('error', ignore);
  await lost.get('a').catch(ignore);
  void redis.xread('BLOCK', 0, 'STREAMS', 'news', '$');
  setTimeout(() => process.exit(), 100);
}

void main();
