// What ended well or badly is not pending: queries, a connection that was given back, a server that is not there.
const { createConnection, createPool } = require('mysql2');

const config = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), user: 'root', database: 'shop' };
const ignore = () => {};
const step = (begin) => new Promise((resolve) => begin((...words) => resolve(words)));

async function main() {
  const pool = createPool({ ...config, connectionLimit: 1, queueLimit: 1 });
  await step((done) => pool.query('SELECT 1', done));
  await step((done) => pool.execute('SELEKT', done));
  const [, first] = await step((done) => pool.getConnection(done));
  pool.getConnection((error, next) => next.release());
  await step((done) => pool.getConnection(done));
  first.destroy();
  const connection = createConnection(config);
  connection.on('error', ignore);
  connection.query('SELECT SLEEP(600)', ignore);
  connection.query('SELECT 2', () => connection.stream.destroy());
  const lost = step((done) => connection.query('SELECT 3', done));
  connection.stream.destroy(new Error('cut'));
  await lost;
  await step((done) => createConnection({ ...config, port: 1 }).connect(done));
  const closed = createPool(config);
  await step((done) => closed.getConnection(done));
  await step((done) => closed.end(done));
  await step((done) => pool.query({ sql: 'SELECT SLEEP(600)', timeout: 10 }, done));
  createPool({ ...config, connectionLimit: 1 }).query('SELECT SLEEP(600)', ignore);
  setTimeout(() => process.exit(), 100);
}

void main();
