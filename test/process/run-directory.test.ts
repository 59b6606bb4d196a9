import { existsSync, utimesSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunDirectory } from '../../src/process/run-directory.ts';
import { reportOf } from '../support/rule-report.ts';

let directory: RunDirectory;
beforeEach(() => {
  directory = RunDirectory.create();
});
afterEach(() => {
  directory.remove();
});

test('each acknowledgement of a signal is given out once', () => {
  directory.acknowledge('SIGINT', 7);
  directory.acknowledge('SIGINT', 7);
  const taken = [1, 2, 3].map(() => directory.takeAcknowledgement('SIGINT', 7));
  expect(taken).toEqual([true, true, false]);
});

test('the acknowledgement of an earlier signal, which the supervisor did not get, is not that of a later one', () => {
  directory.acknowledge('SIGTERM', 7);
  const longAgo = new Date(Date.now() - 5000);
  for (const name of readdirSync(directory.path)) utimesSync(join(directory.path, name), longAgo, longAgo);
  expect(directory.takeAcknowledgement('SIGTERM', 7)).toBe(false);
  expect(readdirSync(directory.path)).toEqual([]);
});

test('a report is there before it is no longer waited for', () => {
  const of = { pid: 7, threadId: 0 };
  directory.begin(of);
  let isWaitedFor: boolean | null = null;
  const toJSON = (): string => {
    isWaitedFor = directory.isReporting(of);
    return '';
  };
  directory.deliver(Object.assign(reportOf({ process: of }), { toJSON }));
  expect([isWaitedFor, directory.isReporting(of), [...directory.collect()].length]).toEqual([true, false, 1]);
});

test('a report that cannot be read is one line, and those behind it come', () => {
  writeFileSync(join(directory.path, 'report-1.json'), '{');
  writeFileSync(join(directory.path, 'report-2.json'), '{"reason":"asked"}');
  const reports = [...directory.collect()];
  expect(reports).toEqual([{ reason: 'asked' }]);
});

test('a folder that is gone takes nothing and throws nothing', () => {
  directory.remove();
  directory.acknowledge('SIGTERM', 7);
  directory.markTimeout();
  directory.leave({ pid: 7, threadId: 0 });
  expect([directory.isOver(), directory.isTimeout(), directory.members(), [...directory.collect()]]).toEqual([
    true,
    false,
    [],
    [],
  ]);
});

test('the folder of a supervisor that was killed is removed by the next run', () => {
  const dead = directory.path.replace(`-${process.pid}-`, `-${2 ** 22 + 1}-`);
  writeFileSync(dead, '');
  RunDirectory.create().remove();
  expect(existsSync(dead)).toBe(false);
});
