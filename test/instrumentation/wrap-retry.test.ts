import pRetry from 'p-retry';
import pRetry6 from 'p-retry-6';
import { expect, test } from 'vitest';
import { takeReport, wrapRetry } from '../../src/index.ts';
import { turn } from '../support/turn.ts';
import { collectGarbage, filesOfSites, pending, unhandledIn } from './pending.ts';

const options = { retries: 4, minTimeout: 0, maxTimeout: 0 };

async function untilCalls(count: () => number, calls: number): Promise<void> {
  while (count() < calls) await turn();
}

for (const [version, retry] of [
  ['p-retry 9', pRetry],
  ['p-retry 6', pRetry6],
] as const) {
  test(`${version}: the attempt that hangs says its number and what the last failed with`, async () => {
    const gate = Promise.withResolvers<string>();
    let calls = 0;
    const result = retry(
      wrapRetry(
        async () => {
          if (++calls < 3) throw new Error(`refused ${calls}`);
          return gate.promise;
        },
        { name: 'fetchUser', attempts: 5 },
      ),
      options,
    );
    await untilCalls(() => calls, 3);
    expect(await pending()).toEqual([
      'attempt fetchUser 3 of 5 after Error: refused 2: pending',
      'retry fetchUser: 3 of 5 after Error: refused 2',
    ]);
    const report = takeReport();
    expect(report.resources[0]?.createdAt?.file).toBe(import.meta.filename);
    gate.resolve('user');
    expect(await result).toBe('user');
    expect(await pending()).toEqual([]);
  });

  test(`${version}: results, errors, arguments and the number of attempts are those of the bare function`, async () => {
    const program = async (
      wrap: <Run extends (attempt: number) => Promise<string>>(run: Run) => Run,
    ): Promise<unknown> => {
      const seen: unknown[] = [];
      const run = wrap(async (attempt) => {
        seen.push(attempt);
        throw new Error(`refused ${attempt}`);
      });
      const outcome = await retry(run, { ...options, retries: 2 }).catch((error: Error) => error.message);
      return [seen, outcome];
    };
    const bare = await program((run) => run);
    expect(bare).toEqual([[1, 2, 3], 'refused 3']);
    expect(await program((run) => wrapRetry(run, { attempts: 3 }))).toEqual(bare);
    expect(await pending()).toEqual([]);
  });

  test(`${version}: a retry that nobody handles is one unhandled rejection, wrapped or not`, async () => {
    const fail = async (): Promise<never> => {
      throw new Error('refused');
    };
    const program = (run: typeof fail) => () => void retry(run, { ...options, retries: 0 });
    const bare = await unhandledIn(program(fail));
    expect(bare).toMatchObject([{ message: 'refused' }]);
    expect(await unhandledIn(program(wrapRetry(fail, { attempts: 1 })))).toEqual(bare);
  });
}

test('a wrapped call alone is seen from where it was made', async () => {
  const gate = Promise.withResolvers<void>();
  const result = wrapRetry(() => gate.promise, { name: 'ping' })();
  expect(await pending()).toEqual(['attempt ping 1 of null after null: pending']);
  expect(filesOfSites(takeReport())).toEqual([import.meta.filename]);
  gate.resolve();
  await result;
  expect(await pending()).toEqual([]);
});

test('a failure of the last attempt that there will be ends the count', async () => {
  const run = wrapRetry(
    () => {
      throw new Error('down');
    },
    { name: 'connect', attempts: 2 },
  );
  expect(run).toThrow('down');
  expect(await pending()).toEqual(['retry connect: 1 of 2 after Error: down']);
  expect(run).toThrow('down');
  expect(await pending()).toEqual([]);
  expect(run).toThrow('down');
  expect(await pending()).toEqual(['retry connect: 1 of 2 after Error: down']);
  expect(run).toThrow('down');
});

test('a retry that was given up vanishes with its function', async () => {
  const giveUp = (): void => {
    const run = wrapRetry(
      () => {
        throw new Error('down');
      },
      { name: 'given up' },
    );
    expect(run).toThrow('down');
  };
  giveUp();
  expect(await pending()).toEqual(['retry given up: 1 of null after Error: down']);
  await collectGarbage();
  expect(await pending()).toEqual([]);
});

test('attempts must be a count', () => {
  expect(() => wrapRetry(() => 1, { attempts: 0 })).toThrow(
    'attempts must be a whole number of at least 1 or Infinity, got 0',
  );
});
