// A pool whose only connection was taken and never given back; queries that the database does not answer.
import { createConnection, createPool } from 'mysql2/promise';

const config = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT), user: 'root', database: 'shop' };
const pool = createPool({ ...config, connectionLimit: 1 });
const connection = await createConnection({ ...config, password: 'secret' });
const { log } = console;

async function takeAndForget() {
  const taken = await pool.getConnection();
  await taken.query('SELECT 1');
}

async function slow() {
  await connection.query('SELECT SLEEP(?), "secret", \'secret\', 42', [600]);
}

await takeAndForget();
void pool.query('SELECT now()').catch(log);
void pool.getConnection().then(log);
void slow().catch(log);
void connection.execute('SELECT ? AS id', [7]).catch(log);
setTimeout(() => process.exit(), 100);
