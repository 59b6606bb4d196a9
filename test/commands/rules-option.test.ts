// `--rules`: what every rule answers, of a program that has ended and of a stored report.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { rules } from '../../src/rules/index.ts';
import { loopscope, program } from '../support/cli.ts';
import { reportOf } from '../support/rule-report.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopscope-rules-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a program without any finding has a report with the answer of every rule', async () => {
  const words = ['run', '--rules', '--ignore', 'open-breaker', '--format', 'json', '--', program('clean.ts')];
  const { answers = [], warnings, history } = JSON.parse((await loopscope(words)).stderr) as Report;
  expect([answers.map(({ rule }) => rule), warnings]).toEqual([rules.map(({ name }) => name), []]);
  expect(answers.filter(({ answer }) => answer !== 'fine')).toEqual([
    { rule: 'open-breaker', answer: 'off', reason: null, ignored: 0 },
    { rule: 'unclosed-resource', answer: 'unknown', reason: 'at the exit nobody looked at what is open', ignored: 0 },
    { rule: 'timer-drift', answer: 'unknown', reason: 'the loop was not measured for 5 s', ignored: 0 },
  ]);
  expect(history?.blockingCalls).not.toBe(null); // synchronous calls are looked for, too
});

test('a stored report has them as text', async () => {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(reportOf()));
  const { stdout } = await loopscope(['report', '--rules', '--ignore', 'open-breaker', file]);
  const lines = stdout.split('\n');
  expect(lines.slice(lines.indexOf('RULES  what each of them says'))).toEqual([
    'RULES  what each of them says',
    '  stuck-wait cannot tell: nobody read what functions wait for',
    '  blocked-loop cannot tell: the event loop was not measured',
    '  forgotten-task cannot tell: what became of tasks was not followed',
    '  lost-error cannot tell: what became of tasks was not followed',
    '  unbounded-fan-out cannot tell: how many tasks there were at a time was not',
    '    counted',
    '  growing-queue cannot tell: queues were not looked at',
    '  unclosed-resource cannot tell: nobody looked at what is open',
    '  retry-storm cannot tell: retries were not counted',
    '  blocking-call cannot tell: neither blocks nor synchronous calls were looked',
    '    for',
    '  starving-microtasks cannot tell: nobody looked for what blocks the loop',
    '  timer-drift cannot tell: the loop was not measured for 5 s',
    '  task-outside-run cannot tell: whether the program uses run() is not known',
    '  1 rule is off: open-breaker',
    '  10 rules are fine: wait-cycle, stuck-task, dead-holder, long-hold,',
    '    permit-leak, pool-leak, task-done-missing, unbounded-queue, ignored-cancel,',
    '    outlives-parent',
    '',
  ]);
});
