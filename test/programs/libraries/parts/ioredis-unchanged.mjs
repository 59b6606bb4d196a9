// Prints what a program can see of ioredis.
import { AsyncLocalStorage } from 'node:async_hooks';

export async function show({ Command, Redis }) {
  const port = Number(process.env.DATABASE_PORT);
  const print = (...words) => console.log(...words);
  const own = ({ stack }) => stack.split('\n').filter((line) => line.includes(import.meta.url)).length;
  const message = (error) => print(error.name, error.message, own(error));
  process.on('unhandledRejection', ({ message: text }) => print('unhandled', text));

  const { sendCommand } = Redis.prototype;
  print(Redis.name, Redis.length, sendCommand.name, sendCommand.length, Reflect.ownKeys(Redis.prototype).length);
  const redis = new Redis(port, '127.0.0.1', { showFriendlyErrorStack: true });
  const store = new AsyncLocalStorage();
  for (const name of ['connect', 'ready', 'close', 'end']) redis.on(name, () => print(name));
  void redis.flushall();
  const early = redis.set('a', 1);
  print(Object.getPrototypeOf(early) === Promise.prototype, Object.keys(early).length);
  print(await early, Reflect.ownKeys(redis).map(String).toSorted().join());
  let tick = 0;
  const command = new Command('get', ['a'], { replyEncoding: 'utf8' });
  print(redis.sendCommand(command) === command.promise, Object.keys(command).toSorted().join());
  void command.promise.then(() => print('ticks', tick));
  const { resolve } = command;
  command.resolve = (value) => {
    void (async () => {
      for (; tick < 20; tick++) await null;
    })();
    return resolve(value);
  };
  print(await command.promise);
  await redis.lpush('a', 1).catch(message);
  void redis.lpop('a');
  await new Promise((done) => {
    store.run('mine', () => {
      const result = redis.get('a', function (error, value) {
        print(error, value, arguments.length, store.getStore());
        done();
      });
      void result.then((value) => print('a promise too', value));
    });
  });
  print(
    await redis
      .pipeline()
      .set('b', 2)
      .lpush('a', 3)
      .get('b')
      .exec()
      .then((rows) => rows.map(([e, v]) => e?.message ?? v)),
  );
  print(await redis.multi().incr('b').incr('b').exec());
  await redis.multi().incr('b').call('nonsense').exec().catch(message);
  const order = [];
  await Promise.all([1, 2, 3].map((n) => redis.get('b').then(() => order.push(n))));
  print(order.join());
  redis.defineCommand('plus', { numberOfKeys: 1, lua: 'return redis.call("incrby", KEYS[1], ARGV[1])' });
  print(await redis.plus('b', 5));
  const automatic = new Redis(port, '127.0.0.1', { enableAutoPipelining: true, commandTimeout: 500 });
  print(await Promise.all([automatic.get('a'), automatic.get('b'), automatic.set('c', 1)]));
  await automatic.blpop('none', 0).catch(message);
  print(await redis.blpop('none', 0.01));
  const subscriber = redis.duplicate();
  const heard = new Promise((resolve) => subscriber.on('message', (...words) => resolve(words)));
  print(await subscriber.subscribe('news'));
  await subscriber.get('a').catch(message);
  print(await redis.publish('news', 'hello'), await heard);
  await subscriber.quit();
  await redis.quit();
  await redis.get('a').catch(message);
  automatic.disconnect();
  const lost = new Redis({ port: 1, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  lost.on('error', ({ code }) => print(code));
  await lost.get('a').catch(message);
}
