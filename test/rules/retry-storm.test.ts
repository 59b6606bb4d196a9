import { describe, expect, test } from 'vitest';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { warningsOf } from '../support/rule-report.ts';

function retries(attempts: number, retried: number) {
  const minute = { attempts, retries: retried };
  const createdAt = siteOf('src/rates.ts:3');
  return remembering({ retries: entriesOf({ name: 'rates', createdAt, attempts: 9999, retries: 9000, minute }) });
}

describe('retry-storm', () => {
  test('says how many attempts there were within a minute, and how many of them were retries', () => {
    expect(warningsOf('retry-storm', retries(1500, 1200))).toEqual([
      {
        rule: 'retry-storm',
        message:
          'retry rates, called at src/rates.ts:3, made 1,500 attempts within a minute, and 1,200 of them (80 %) were retries.',
        advice: 'Give the retries a budget, or put a CircuitBreaker around the call.',
        site: siteOf('src/rates.ts:3'),
        task: null,
        resource: null,
        count: 1200,
        value: 1200,
      },
    ]);
  });

  test.each([
    [120, 99, 0],
    [120, 100, 1],
    [201, 100, 0],
    [200, 100, 1],
    [2000, 999, 0],
    [2000, 1000, 1],
  ])('%i attempts of which %i are retries make %i warnings', (attempts, retried, warnings) => {
    expect(warningsOf('retry-storm', retries(attempts, retried))).toHaveLength(warnings);
  });
});
