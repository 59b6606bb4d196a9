// A report that is asked for says where every task is parked: on Linux, read from memory by a child of the process.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { program, startLoopscope } from '../support/cli.ts';

const file = program('parked.ts');

function lineOf(marker: string): number {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(`// parked: ${marker}`)) + 1
  );
}

async function reportOn(signal: NodeJS.Signals): Promise<{ stderr: string; report: Report }> {
  const run = startLoopscope(['run', '--format', 'json', '--', file]);
  await run.printed('READY');
  run.child.kill(signal);
  await run.printed('"loopscope-report"');
  run.child.kill('SIGTERM');
  const { stderr } = await run.outcome;
  return { stderr, report: JSON.parse(stderr.split('\n')[0] as string) as Report };
}

test('on SIGUSR2 each task has the line at which it is parked, and what it waits for', async () => {
  const { report } = await reportOn('SIGUSR2');
  const parked = report.tasks.map(({ name, parked: place }) => [name, place?.at.line, place?.leaf?.kind]);
  expect(parked).toEqual([
    ['holder', lineOf('load'), 'timer'],
    ['waiter', undefined, undefined],
    ['joiner', lineOf('joiner'), undefined],
  ]);
  expect(report.tasks[0]?.parked?.at.file).toBe(file);
  expect(report.tasks[0]?.parked?.leaf?.detail).toMatch(/left$/);
});

test('functions outside of all tasks are in it, and none of loopscope that is not waited in', async () => {
  const { report } = await reportOn('SIGUSR2');
  const lost = report.awaits?.functions.find(({ name }) => name === 'lost');
  expect(lost?.at?.line).toBe(lineOf('lost'));
  expect(report.awaits?.promises[lost?.awaits ?? -1]?.settledBy).toMatchObject([{ type: 'leaf', verdict: 'none' }]);
  const files = report.awaits?.functions.map(({ at }) => at?.file ?? '') ?? [];
  expect(files.filter((name) => /\/src\/(process|loop|runtime|subscribers)\//.test(name))).toEqual([]);
  expect(report.awaits?.reading.via).toBe('in-process');
});

test('Ctrl-C brings them too; the end of a program is not held up for them', async () => {
  const { report } = await reportOn('SIGINT');
  expect(report.reason).toBe('interrupt');
  expect(report.awaits?.functions.map(({ name }) => name)).toContain('lost');
});
