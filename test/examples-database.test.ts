// The example of a database does on a real PostgreSQL what its first comment promises of the embedded one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attempt } from '../examples/all/attempt.ts';
import { examples } from '../examples/all/list.ts';
import { hasDatabase, startDatabase, type Database } from './support/databases.ts';

const { promised = [] } = examples().find(({ file }) => file === 'examples/database.ts') ?? {};

describe.runIf(hasDatabase('postgres', 'test/examples-database.test.ts'))('on a real server', () => {
  let database: Database;
  beforeAll(async () => void (database = await startDatabase('postgres')));
  afterAll(() => database.end());

  test.each(promised)('$command $verb what it promises', async (each) => {
    const url = `postgres://shop@127.0.0.1:${database.port}/postgres`;
    expect(await attempt({ ...each, command: `DATABASE_URL=${url} ${each.command}` })).toBe(null);
  });
});
