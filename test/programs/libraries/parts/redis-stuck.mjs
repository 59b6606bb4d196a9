// Commands of node-redis that are not answered: one that blocks, those behind it, and those of a client without a server; a
// pool whose clients are taken.

export async function start({ createClient, createClientPool }) {
  const socket = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT) };
  const client = createClient({ socket, database: 1 });
  const lost = createClient({ socket: { port: 1, reconnectStrategy: () => 60_000 } });
  const pool = createClientPool({ socket }, { minimum: 1, maximum: 2 });
  const { log } = console;
  lost.on('error', () => {});
  void lost.connect().catch(log);
  await Promise.all([client.connect(), pool.connect()]);

  async function takeJob() {
    return client.blPop('jobs', 0);
  }

  await client.set('cart:1', 'two apples').then(log);
  void takeJob().then(log);
  void client.set('cart:1', 'three apples');
  void client.multi().set('cart:2', 'a pear').get('cart:2').exec().then(log);
  void client.multi().incr('a').execAsPipeline();
  void lost.get('cart:3').then(log);
  log(await pool.get('cart:1'));
  const hang = () => new Promise(() => {});
  const wait = async (one) => one.brPop('others', 100);
  void pool.execute(hang);
  void pool.execute(wait);
  await new Promise((resolve) => setTimeout(resolve, 50));
  void pool.get('cart:4').then(log);
  setTimeout(() => process.exit(), 100);
}
