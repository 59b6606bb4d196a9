// A pool whose only client was taken and never given back; a query that the database does not answer.
import { Client, Pool } from 'pg';

const config = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), user: 'shop', database: 'postgres' };
const pool = new Pool({ ...config, max: 1 });
const client = new Client(config);
const { log } = console;

async function takeAndForget() {
  const taken = await pool.connect();
  await taken.query('SELECT 1');
}

async function slow() {
  await client.query("SELECT pg_sleep($1), 'secret', 42 /* who */", [600]);
}

await Promise.all([takeAndForget(), client.connect()]);
void pool.query('SELECT now()').catch(log);
void pool.connect(log);
void slow().catch(log);
void client.query({ name: 'by id', text: 'SELECT $1::int AS id', values: [7] }, log);
setTimeout(() => process.exit(), 100);
