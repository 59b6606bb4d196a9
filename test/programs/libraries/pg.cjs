// What ended well or badly is not pending: queries, a client that was given back, waits that timed out.
const { Client, Pool } = require('pg');
const PlainPool = require('pg-pool');

const config = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), user: 'shop', database: 'postgres' };
const ignore = () => {};
process.noDeprecation = true; // several queries at a time on one client

async function main() {
  const pool = new Pool({ ...config, max: 2, connectionTimeoutMillis: 400 });
  await pool.query('SELECT 1');
  await pool.query('SELEKT').catch(ignore);
  const [first, second] = await Promise.all([pool.connect(), pool.connect()]);
  await pool.connect().catch(ignore);
  first.release();
  second.release(new Error('broken'));
  const client = new Client(config);
  await client.connect();
  void client.query('SELECT pg_sleep(600)').catch(ignore);
  void client.query('SELECT 2').catch(ignore);
  client.connection.stream.destroy();
  client.on('error', ignore);
  await client.query({ text: 'SELECT 3' }).catch(ignore);
  await new Client({ ...config, port: 1 }).connect().catch(ignore);
  const plain = new PlainPool({ ...config, max: 1 });
  plain.connect(ignore);
  await new Promise((resolve) => plain.once('acquire', resolve));
  await new Promise(setImmediate);
  plain.connect((error, { release }) => release());
  process.exit();
}

void main();
