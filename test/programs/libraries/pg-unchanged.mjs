// Prints what a program can see of pg and its pool.
import { AsyncLocalStorage } from 'node:async_hooks';
import domain from 'node:domain';
import { Client, Pool, Query } from 'pg';
import PlainPool from 'pg-pool';

const config = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), user: 'shop', database: 'postgres' };
const print = (...words) => console.log(...words);
const own = ({ stack }) => stack.split('\n').filter((line) => line.includes('pg-unchanged.mjs')).length;
const message = (error) => print(error.name, error.message, error.code, own(error));
process.on('unhandledRejection', (error) => print('unhandled', error.message));

for (const each of [Pool, PlainPool, Client, Query]) {
  const { name, length, prototype } = each;
  print(name, length, Reflect.ownKeys(prototype).map(String).join());
}
const { query, connect } = PlainPool.prototype;
print(query.name, query.length, connect.name, connect.length, Client.prototype.query.length);

const pool = new Pool({ ...config, max: 1, connectionTimeoutMillis: 600 });
const store = new AsyncLocalStorage();
for (const name of ['connect', 'acquire', 'release']) pool.on(name, () => print(name));
const asked = pool.query('SELECT 1 AS one');
print(pool instanceof PlainPool, Object.getPrototypeOf(asked) === Promise.prototype, Object.keys(asked).length);
print((await asked).rows);
await pool.query('SELEKT').catch(message);
await new Promise((resolve) => {
  store.run('mine', () => {
    const result = pool.query('SELECT $1::int AS two', [2], function (error, { rows }) {
      print(error, rows, arguments.length, store.getStore());
      resolve();
    });
    print('with a callback', result);
  });
});

const client = await pool.connect();
print(Reflect.ownKeys(client).map(String).toSorted().join());
await pool.connect().catch(message);
print(pool.totalCount, pool.idleCount, pool.waitingCount);
const queried = client.query(new Query('SELECT generate_series(1, 2) AS n'));
print(Reflect.ownKeys(queried).map(String).join(), queried.listenerCount('end'), queried.listenerCount('error'));
for (const name of ['row', 'end', 'error']) queried.on(name, (value) => print(name, value.n ?? value.rowCount));
const own2 = {
  text: 'SELECT 3',
  submit: (connection) => void connection.query('SELECT 3'),
  handleRowDescription: () => print('description'),
  handleDataRow: () => print('row of my own'),
  handleCommandComplete: () => print('complete'),
  handleReadyForQuery: () => print('ready', Object.keys(own2).length),
  handleError: message,
};
print(client.query(own2) === own2);
print((await client.query({ text: 'SELECT 4 AS four', rowMode: 'array', name: 'named' })).rows);
await client.query({ text: 'SELECT pg_sleep(1)', query_timeout: 20 }).catch(message);
client.release(new Error('broken'));
try {
  client.release();
} catch (error) {
  message(error);
}
print(await pool.query('SELECT 5 AS five').then(({ rows }) => rows));

const order = [];
const lent = await pool.connect();
const waiting = ['a', 'b', 'c'].map((name) => pool.query(`SELECT '${name}'`).then(() => order.push(name)));
await new Promise(setImmediate);
order.push('released');
lent.release();
await Promise.all(waiting);
print(order.join());

const scope = domain.create();
scope.on('error', (error) => print('domain', error.message));
const alone = new Client(config);
print(await alone.connect().then((value) => value === alone));
scope.run(() => alone.query('SELECT 6', () => print('in domain', process.domain === scope)));
void alone.query('SELECT wrong');
await alone.query('SELECT 7').catch(message);
await alone.end();
await alone.query('SELECT 8').catch(message);
await pool.end();
await pool.end().catch(message);
const nowhere = new Pool({ ...config, port: 1 });
await nowhere.connect().catch(({ code }) => print(code));
nowhere.connect((error, got, release) => print(error.code, got, typeof release));
