import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope, program, type Outcome } from '../support/cli.ts';

const culpritLine =
  readFileSync(program('blocks/stuck.mjs'), 'utf8')
    .split('\n')
    .findIndex((line) => line.endsWith('// the culprit')) + 1;

function run(way: string, ...options: string[]): Promise<Outcome> {
  return loopscope(['run', '--format', 'json', ...options, '--', program('blocks/stuck.mjs'), way]);
}

function reportsIn({ stderr }: Outcome): Report[] {
  return stderr.split('\n').flatMap((line) => (line.startsWith('{') ? (JSON.parse(line) as Report) : []));
}

/** What a report says of the tasks, and of the block that has not ended. */
function essence({ reason, tasks, loop }: Report): unknown {
  const [block] = loop?.blocks.filter(({ now }) => now) ?? [];
  return {
    reason,
    tasks: tasks.map(({ name }) => name),
    block: block === undefined ? null : [block.kind, block.stack[0]?.function, block.stack[0]?.line],
  };
}

describe.concurrent('a loop that does not return', () => {
  test('is reported after --stuck-after, with what is pending, and ended with 70: its exit handlers run', async () => {
    const outcome = await run('endless', '--stuck-after', '1s', '--stuck-exit');
    expect(reportsIn(outcome).map(essence)).toEqual([
      { reason: 'stuck', tasks: ['waiter', 'culprit'], block: ['javascript', 'endless', culpritLine] },
    ]);
    expect([outcome.code, outcome.stdout]).toEqual([70, 'exit handler: 70\n']);
    const lines = outcome.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(lines.map((line) => line.replace(/[\d.]+ s/, 'TIME'))).toEqual([
      'loopscope: ended: the event loop did not return for TIME (--stuck-exit)',
    ]);
  });

  test('is reported if the program never comes to a turn of it', async () => {
    const outcome = await run('at the start', '--stuck-after', '1s', '--stuck-exit');
    expect(reportsIn(outcome).map(essence)).toEqual([
      { reason: 'stuck', tasks: ['waiter'], block: ['javascript', 'endless', culpritLine] },
    ]);
    expect(outcome.code).toBe(70);
  });

  test('is reported if it is promise callbacks that beget others', async () => {
    const outcome = await run('storm', '--stuck-after', '1s', '--stuck-exit');
    const [report] = reportsIn(outcome);
    expect([report?.reason, report?.loop?.blocks[0]?.kind, outcome.code]).toEqual(['stuck', 'microtasks', 70]);
  });

  test('in native code is reported by the watchdog alone: what was pending, and what the system says', async () => {
    const outcome = await run('native', '--stuck-after', '1s', '--stuck-exit');
    expect(reportsIn(outcome).map(essence)).toEqual([{ reason: 'stuck', tasks: ['waiter'], block: null }]);
    expect(outcome.stderr).toMatch(
      /^loopscope: the main thread has been in a call into native code for [\d.]+ s.* its child process \/bin\/sh -c sleep 30/m,
    );
    expect([outcome.code, outcome.signal]).toEqual([70, null]);
  });

  test('goes on without --stuck-exit, and reports once more at the timeout', async () => {
    const outcome = await run('endless', '--stuck-after', '1s', '--timeout', '6s');
    const block = ['javascript', 'endless', culpritLine];
    expect(reportsIn(outcome).map(essence)).toEqual(
      ['stuck', 'timeout'].map((reason) => ({ reason, tasks: ['waiter', 'culprit'], block })),
    );
    expect(outcome.code).toBe(124);
  });
});

test('a loop of promise callbacks that never comes to a turn is named', async () => {
  const [report] = reportsIn(await run('storm at the start', '--stuck-after', '1s', '--stuck-exit'));
  expect(report?.loop?.blocks.map(({ stack }) => stack[0]?.function)).toEqual(['poll']);
});

test('--stuck-exit without a time, and --stuck-after without a watchdog, are mistakes', async () => {
  const alone = await run('endless', '--stuck-exit');
  expect([alone.code, alone.stderr]).toEqual([2, 'loopscope: --stuck-exit needs --stuck-after TIME\n']);
  const blind = await run('endless', '--stuck-after', '1s', '--no-watchdog');
  expect(blind.code).toBe(2);
  expect(blind.stderr).toContain('--stuck-after needs the watchdog');
});
