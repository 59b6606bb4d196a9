// Prints what a program can see of node-redis.
import { AsyncLocalStorage } from 'node:async_hooks';

export async function show({ createClient, createClientPool }) {
  const socket = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), reconnectStrategy: false };
  const print = (...words) => console.log(...words);
  const own = ({ stack }) => stack.split('\n').filter((line) => line.includes(import.meta.url)).length;
  const message = (error) => print(error.name, error.message, own(error));
  process.on('unhandledRejection', ({ message: text }) => print('unhandled', text));

  const client = createClient({ socket });
  const store = new AsyncLocalStorage();
  const { sendCommand } = client;
  print(sendCommand.name, sendCommand.length, Reflect.ownKeys(client).map(String).join());
  for (const name of ['connect', 'ready', 'end']) client.on(name, () => print(name));
  await client.get('a').catch(message);
  print((await client.connect()) === client, await client.flushAll());
  const asked = client.set('a', '1');
  print(Object.getPrototypeOf(asked) === Promise.prototype, Object.keys(asked).length, await asked);
  await client.lPush('a', '1').catch(message);
  void client.lPop('a');
  await store.run('mine', async () => print(await client.sendCommand(['GET', 'a']), store.getStore()));
  let tick = 0;
  const ticks = client.get('a').then(() => tick);
  void client.sendCommand(['GET', 'a']).then(async () => {
    for (; tick < 20; tick++) await null;
  });
  print('ticks', await ticks);
  print(await client.multi().set('b', '2').get('b').exec());
  await client.multi().set('b', '2').lPush('b', '2').exec().catch(message);
  print(await client.multi().set('b', '3').get('b').execAsPipeline());
  const order = [];
  await Promise.all([1, 2, 3].map((n) => client.get('b').then(() => order.push(n))));
  print(order.join());
  await client.withAbortSignal(AbortSignal.abort()).get('a').catch(message);
  print(await client.blPop('none', 0.01));
  const subscriber = await client.duplicate().connect();
  const heard = Promise.withResolvers();
  await subscriber.subscribe('news', (...words) => heard.resolve(words));
  print(await client.publish('news', 'hello'), await heard.promise);
  const pool = createClientPool({ socket }, { minimum: 1, maximum: 1, acquireTimeout: 400 });
  await pool.connect();
  print(Reflect.ownKeys(Object.getPrototypeOf(pool)).map(String).join(), pool.execute.name, pool.execute.length);
  print(await pool.get('b'), await pool.execute(async (one) => one.get('a')), await pool.execute(() => 3));
  await pool.execute(() => Promise.reject(new Error('mine'))).catch(message);
  const held = Promise.withResolvers();
  const holding = pool.execute(() => held.promise);
  await pool.get('a').catch(message);
  print(pool.idleClients, pool.clientsInUse, pool.totalClients, pool.tasksQueueLength);
  const later = pool.get('a');
  held.resolve('given back');
  print(await holding, await later);
  await pool.close();
  await pool.get('a').catch(message);
  await subscriber.close();
  await client.close();
  await client.get('a').catch(message);
}
