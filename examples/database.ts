// S4, S31, S36: who has the connection, what runs in the transaction, and what is left of it when it fails? node-postgres with
// a pool, a transaction as a context manager, and a repository, on an embedded PostgreSQL or that of DATABASE_URL.
//   node examples/database.ts
//     prints `created 3 users`, `found ada`, `rolled back: duplicate key`, `3 users, 2 connections at most`
//   npx loopscope run -- examples/database.ts --leak
//     reports `pool pg`, `2 of 2 borrowed`, `taken at examples/database.ts`
//   npx loopscope run --otlp http://localhost:4318 -- examples/database.ts
//     sends `run create users`
import { asyncContextManager, createTask } from 'loopscope';
import { Pool } from 'pg';
import { startDatabase } from './parts/database.ts';

const database = await startDatabase();
const pool = new Pool({ connectionString: database.url, max: 2 });

const transaction = asyncContextManager(async function* transaction() {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    yield client;
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});

class UserRepository {
  async create(names: readonly string[]): Promise<number> {
    await transaction().run(async (client) => {
      for (const name of names) await client.query('INSERT INTO example_users (name) VALUES ($1)', [name]);
    });
    return names.length;
  }

  async find(name: string): Promise<string | null> {
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM example_users WHERE name = $1', [name]);
    return rows[0]?.name ?? null;
  }

  async count(): Promise<number> {
    const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM example_users');
    return Number(rows[0]?.count);
  }
}

await pool.query('DROP TABLE IF EXISTS example_users');
await pool.query('CREATE TABLE example_users (name text PRIMARY KEY)');
const users = new UserRepository();
const create = (names: readonly string[]) => createTask(() => users.create(names), { name: 'create users' });
console.log(`created ${await create(['ada', 'grace', 'edsger'])} users`);
console.log(`found ${await users.find('ada')}`);
await create(['barbara', 'ada']).catch((error: unknown) => console.log(`rolled back: ${(error as Error).message}`));
console.log(`${await users.count()} users, ${pool.options.max} connections at most`);

if (process.argv.includes('--leak')) {
  for (let client = 1; client <= 2; client++) await pool.connect(); // and never released
  setTimeout(() => process.exit(), 300);
  await users.count(); // waits for one of them
}
await pool.end();
await database.close();
