// Libraries of databases under the hook with the registry, against a copy of the same that was loaded before it; on real
// servers, in processor time.
import { createRequire } from 'node:module';
import { hasDatabase, startDatabase, type Database } from '../support/databases.ts';
import { compareCopies, underHook, type Work } from './compare-copies.ts';
import type { Result } from './result.ts';

const plan = { opsPerRun: 2000, rounds: 9 };
const require = createRequire(import.meta.url);

/** A library: makes what is measured of a copy of it, and ends it. */
interface Case {
  readonly library: string;
  readonly sort: 'redis' | 'postgres' | 'mariadb';
  readonly works: (library: never, port: number) => Promise<{ readonly works: Record<string, Work>; end: Work }>;
}

const cases: readonly Case[] = [
  {
    library: 'pg',
    sort: 'postgres',
    async works({ Pool }: typeof import('pg'), port) {
      const pool = new Pool({ host: '127.0.0.1', port, user: 'shop', database: 'postgres', max: 2 });
      const text = 'SELECT 1 AS one';
      return {
        works: {
          'pg: a query of a pool': () => pool.query(text),
          'pg: 5 queries of a pool of 2': () => Promise.all(Array.from({ length: 5 }, () => pool.query(text))),
          'pg: a client of a pool': async () => (await pool.connect()).release(),
        },
        end: () => pool.end(),
      };
    },
  },
  {
    library: 'mysql2',
    sort: 'mariadb',
    async works({ createPool }: typeof import('mysql2'), port) {
      const pool = createPool({ host: '127.0.0.1', port, user: 'root', connectionLimit: 2 }).promise();
      return { works: { 'mysql2: a query of a pool': () => pool.query('SELECT 1') }, end: () => pool.end() };
    },
  },
  {
    library: 'ioredis',
    sort: 'redis',
    async works({ Redis }: typeof import('ioredis'), port) {
      const redis = new Redis(port, '127.0.0.1');
      return {
        works: {
          'ioredis: a command': () => redis.get('a'),
          'ioredis: 20 commands at a time': () => Promise.all(Array.from({ length: 20 }, () => redis.get('a'))),
        },
        end: () => redis.quit(),
      };
    },
  },
  {
    library: 'redis',
    sort: 'redis',
    async works({ createClient }: typeof import('redis'), port) {
      const client = await createClient({ socket: { host: '127.0.0.1', port } }).connect();
      return { works: { 'node-redis: a command': () => client.get('a') }, end: () => client.close() };
    },
  },
];

export async function benchDatabases(): Promise<Result[]> {
  const bareCopies = cases.map(({ library }) => require(library) as never);
  return underHook(async () => {
    const results: Result[] = [];
    for (const [index, { library, sort, works }] of cases.entries()) {
      if (!hasDatabase(sort, `the benchmark of ${library}`)) continue;
      const database = await startDatabase(sort);
      results.push(...(await compareBoth(works, bareCopies[index] as never, require(library) as never, database)));
    }
    return results;
  });
}

async function compareBoth(make: Case['works'], bare: never, hooked: never, database: Database): Promise<Result[]> {
  const [without, under] = [await make(bare, database.port), await make(hooked, database.port)];
  const results: Result[] = [];
  for (const [name, work] of Object.entries(without.works)) {
    results.push(await compareCopies(name, work, under.works[name] as Work, plan));
  }
  await Promise.all([without.end(), under.end()]);
  await database.end();
  return results;
}
