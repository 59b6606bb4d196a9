// What Node itself has to be awaited is not patched: reports that somebody asks for name it all the same, with the line.
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program, startLoopscope } from '../support/cli.ts';

describe.concurrent('a report at --timeout has', () => {
  test.each(['waits.mjs', 'waits.cjs'])(
    'each function of %s that waits, with line and what it waits for',
    async (file) => {
      const words = ['run', '--timeout', '3s', '--', process.execPath, program(`waits/${file}`)];
      const { stderr } = await startLoopscope(words).outcome;
      const report = stderr.split('\nloopscope: ').find((one) => one.includes('SUSPENDED FUNCTIONS')) ?? stderr;
      expect([...waitsIn(report), ...handlesIn(report)]).toEqual([
        `finishing ${file}:28 stream`,
        `iterating ${file}:21 promise`,
        `listening ${file}:18 event "ready"`,
        `parenting ${file}:36 child process`,
        `piping ${file}:25 stream`,
        `sleeping ${file}:15 timer`,
        `working ${file}:32 event "message"`,
        `child process made at ${file}:35`,
        'timer of 10 m',
        `worker thread made at ${file}:31`,
      ]);
    },
  );
});

/** Each suspended function with its line and what is awaited there. */
function waitsIn(report: string): string[] {
  const found = report.matchAll(/^ {2}(\w+) +(\S+?):(\d+):\d+\n {2}└─ ([^,·\n]*)/gm);
  return [...found]
    .map(([, name, path = '', line, what = '']) => `${name} ${basename(path)}:${line} ${what.trim()}`)
    .toSorted();
}

/** What is open, without durations and numbers, and where it was made. */
function handlesIn(report: string): string[] {
  const found = report.matchAll(
    /^ {2}(worker thread|child process|timer of 10 m)\b(?:[^]*?made at (\S+?):(\d+):\d+)?/gm,
  );
  return [...found]
    .map(([, what, path, line]) => `${what}${path === undefined ? '' : ` made at ${basename(path)}:${line}`}`)
    .toSorted();
}
