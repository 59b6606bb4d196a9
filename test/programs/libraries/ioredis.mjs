// Commands of ioredis that are not answered: one that blocks, those behind it, a batch, and those of a client without a server.
import { Redis } from 'ioredis';

const redis = new Redis(Number(process.env.DATABASE_PORT), '127.0.0.1', { db: 1, password: 'secret' });
const lost = new Redis({ port: 1, retryStrategy: () => 60_000 });
const automatic = new Redis(Number(process.env.DATABASE_PORT), '127.0.0.1', { enableAutoPipelining: true });
const { log } = console;
const ignore = () => {};
lost.on('error', ignore);
redis.on('error', ignore);

async function takeJob() {
  return redis.blpop('jobs', 0);
}

await redis.set('cart:1', 'two apples').then(log);
takeJob().then(log);
redis.set('cart:1', 'three apples');
redis.pipeline().set('cart:2', 'a pear').get('cart:2').exec(log);
redis.multi().incr('a').exec();
redis.brpop('others', 100);
lost.get('cart:3', log);
lost.pipeline().get('a').del('b').exec(log);
log(await automatic.get('cart:1'));
automatic.brpop('others', 100);
automatic.get('cart:4');
setTimeout(() => process.exit(), 100);
