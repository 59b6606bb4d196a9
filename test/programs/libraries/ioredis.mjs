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
void takeJob().then(log);
void redis.set('cart:1', 'three apples');
void redis.pipeline().set('cart:2', 'a pear').get('cart:2').exec(log);
void redis.multi().incr('a').exec();
void redis.brpop('others', 100);
void lost.get('cart:3', log);
void lost.pipeline().get('a').del('b').exec(log);
log(await automatic.get('cart:1'));
void automatic.brpop('others', 100);
void automatic.get('cart:4');
setTimeout(() => process.exit(), 100);
