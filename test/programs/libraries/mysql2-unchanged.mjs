// Prints what a program can see of mysql2.
import { AsyncLocalStorage } from 'node:async_hooks';
import mysql from 'mysql2';
import promised from 'mysql2/promise';

const config = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), user: 'root', database: 'shop' };
const print = (...words) => console.log(...words);
const own = ({ stack }) => stack.split('\n').filter((line) => line.includes('mysql2-unchanged.mjs')).length;
const message = (error) => print(error.name, error.message, error.code, own(error));
const step = (begin) => new Promise((resolve) => begin((...words) => resolve(words)));
process.on('unhandledRejection', ({ message: text }) => print('unhandled', text));

const pool = mysql.createPool({ ...config, connectionLimit: 1, queueLimit: 3 });
const store = new AsyncLocalStorage();
print(Reflect.ownKeys(pool).map(String).join(), pool.getConnection.name, pool.getConnection.length, pool.query.length);
for (const name of ['connection', 'acquire', 'enqueue', 'release']) pool.on(name, () => print(name));
const [error, rows, fields] = await step((done) => pool.query('SELECT ? AS one', [1], done));
print(error, rows, fields.length);
await step((done) => pool.query('SELEKT', done)).then(([wrong]) => message(wrong));
print(
  await step((done) =>
    store.run('mine', () => pool.execute('SELECT 2 AS two', (_, two) => done(two, store.getStore()))),
  ),
);
await step((done) => pool.execute('SELEKT', done)).then(([wrong]) => message(wrong));
const [, connection] = await step((done) => pool.getConnection(done));
print(Reflect.ownKeys(connection).map(String).join());
const order = [];
const waiting = ['a', 'b', 'c'].map((name) =>
  step((done) => pool.query(`SELECT '${name}'`, done)).then(() => order.push(name)),
);
await step((done) => pool.getConnection(done)).then(([wrong]) => message(wrong));
order.push('released');
connection.release();
connection.release();
await Promise.all(waiting);
print(order.join());

const [, again] = await step((done) => pool.getConnection(done));
const query = again.query('SELECT 3 AS three UNION SELECT 4');
print(Object.keys(query).join(), query.listenerCount('end'), query.listenerCount('error'));
query.on('result', (row) => print('result', row.three)).on('fields', () => print('fields'));
await new Promise((resolve) => query.once('end', resolve));
const failing = again.query('SELEKT');
await new Promise((resolve) => failing.once('error', (wrong) => resolve(message(wrong))));
for await (const row of again.query('SELECT 5 AS five').stream()) print('streamed', row.five);
await step((done) => again.query({ sql: 'SELECT SLEEP(1)', timeout: 20 }, done)).then(([wrong]) => message(wrong));
again.destroy();
print(await step((done) => pool.query('SELECT 6 AS six', done)).then(([, six]) => six));
await step((done) => pool.end(done));
await step((done) => pool.getConnection(done)).then(([wrong]) => message(wrong));

const other = promised.createPool({ ...config, connectionLimit: 2 });
const asked = other.query('SELECT 7 AS seven');
print(Object.getPrototypeOf(asked) === Promise.prototype, Object.keys(asked).length, (await asked)[0]);
await other.query('SELEKT').catch(message);
const [one, two] = await Promise.all([other.getConnection(), other.getConnection()]);
await one.beginTransaction();
print((await one.execute('SELECT ? AS eight', ['8']))[0], await two.ping());
const statement = await two.prepare('SELECT ? + 1 AS n');
print((await statement.execute([8]))[0]);
await one.rollback();
one.release();
void two.query('SELECT wrong');
await two.query('SELECT 1');
two.release();
await other.end();
await promised.createConnection({ ...config, port: 1 }).catch(({ code }) => print(code));
