// Runs programs that use libraries of databases under the hook, against a real server that they share.
import { afterAll, beforeAll, describe } from 'vitest';
import { hasDatabase, startDatabase, type Database } from './databases.ts';
import { outputsOf, stuckIn } from './libraries.ts';

export interface Programs {
  /** What is pending when the program ends; the port of the server is `PORT`. */
  stuck(file: string, env?: Record<string, string>): Promise<string[]>;
  /** What a program prints under the hook and without it. */
  outputs(file: string): Promise<{ readonly hooked: string[]; readonly bare: string[] }>;
}

/** Tests with a server, which is started before the first and ended after the last. */
export function describeWithDatabase(
  sort: 'redis' | 'postgres' | 'mariadb',
  file: string,
  tests: (programs: Programs) => void,
): void {
  describe.runIf(hasDatabase(sort, file))(`with ${sort}`, () => {
    let database: Database;
    const environment = (): Record<string, string> => ({ DATABASE_PORT: String(database.port) });

    beforeAll(async () => {
      database = await startDatabase(sort);
    });

    afterAll(() => database.end());

    tests({
      async stuck(program, env = {}) {
        const lines = await stuckIn(program, { ...environment(), ...env });
        return lines.map((line) => line.replaceAll(`:${database.port}`, ':PORT'));
      },
      outputs: (program) => outputsOf(program, environment()),
    });
  });
}
