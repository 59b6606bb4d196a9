import { describe, expect, test } from 'vitest';
import { askRules } from '../../src/rules/check.ts';
import { starvingMicrotasks } from '../../src/rules/starving-microtasks.ts';
import type { BlockEntry } from '../../src/report/format.ts';
import { siteOf } from '../support/await-report.ts';
import { loopOf } from '../support/rule-loop.ts';
import { messagesOf, reportOf, warningsOf } from '../support/rule-report.ts';

const at = siteOf('src/poll.ts:12');

function storm(fields: Partial<BlockEntry>) {
  return reportOf({ loop: loopOf({ kind: 'microtasks', stack: [at], ...fields }) });
}

describe('starving-microtasks', () => {
  test('says where callbacks went on in one turn, in which task, and for how long', () => {
    expect(warningsOf('starving-microtasks', storm({ tasks: [{ id: 3, name: 'poll' }] }))).toEqual([
      {
        rule: 'starving-microtasks',
        message:
          'Promise callbacks or ticks at src/poll.ts:12, in poll #3, went on in one and the same turn of the loop for 150 ms: no ' +
          'timer fired, and nothing was read or written.',
        advice: 'Let the loop turn now and then: `await sleep(0)`, or setImmediate.',
        site: at,
        task: { id: 3, name: 'poll' },
        resource: null,
        count: 1,
        value: 150,
      },
    ]);
  });

  test('says when it goes on', () => {
    expect(messagesOf('starving-microtasks', storm({ now: true, count: 2, totalMs: 2000, maxMs: 1500 }))).toEqual([
      'Promise callbacks or ticks at src/poll.ts:12 went on in one and the same turn of the loop for 2.0 s in 2 turns, 1.5 s at most, and still do: no timer fired, and nothing was read or written.',
    ]);
  });

  test.each([
    [99.9, 0],
    [100, 1],
  ])('%d ms make %i warnings', (maxMs, warnings) => {
    expect(warningsOf('starving-microtasks', storm({ maxMs }))).toHaveLength(warnings);
  });

  test('names the line of the program, and nothing where only a library was at work', () => {
    const library = siteOf('node_modules/eslint/lib/helpers.js:1321');
    const found = [[library, at], [library], []].map((stack) => warningsOf('starving-microtasks', storm({ stack })));
    expect(found.map((warnings) => warnings.map(({ site }) => site))).toEqual([[at], [], [null]]);
  });

  test('other blocks are those of other rules', () => {
    expect(warningsOf('starving-microtasks', storm({ kind: 'javascript' }))).toEqual([]);
  });

  test('is not known where nobody looked for blocks', () => {
    const results = askRules([starvingMicrotasks], reportOf({ loop: loopOf(null, { thresholdMs: null }) }), {});
    expect(results).toMatchObject([{ answer: 'unknown', reason: 'nobody looked for what blocks the loop' }]);
  });
});
