import { describe, expect, test } from 'vitest';
import { examine } from '../../src/reporters/findings.ts';
import { renderGithub } from '../../src/reporters/github.ts';
import { examined, failOnLeaked, hostileReport, orderService } from '../support/ci-reports.ts';
import { reportOf, taskOf } from '../support/rule-report.ts';

interface Command {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** As GitHub's runner reads it: a line that begins with `::`, split at the first `::` after that. */
function read(text: string): Command[] {
  return text
    .split(/\r\n|\r|\n/)
    .filter(Boolean)
    .map((line) => {
      const [, level = '', list = '', message = ''] = /^::([a-z]+) ([^]*?)::([^]*)$/.exec(line) ?? [];
      const properties = list.split(',').map((pair) => pair.split('=') as [string, string]);
      return {
        level,
        properties: Object.fromEntries(properties.map(([name, value]) => [name, unescape(value)])),
        message: unescape(message),
      };
    });
}

function unescape(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

function leaks(count: number): ReturnType<typeof reportOf> {
  const tasks = Array.from({ length: count }, (_, index) => taskOf(index + 1, `task-${index}`));
  return reportOf({ reason: 'exit', process: { directory: '/app' }, tasks });
}

describe('annotations of GitHub', () => {
  test('stand at the file below the workspace and its line: errors for what fails the build, warnings for the rest', () => {
    const commands = read(renderGithub([examined(orderService)], failOnLeaked));
    expect(commands).toContainEqual({
      level: 'error',
      properties: { file: 'examples/order-service.ts', line: '40', col: '11', title: 'loopscope: leaked' },
      message: `retry send mail #8 is pending at exit, waits for retry in 1.0 s
pending for 2.0 s, created at examples/order-service.ts:40:11
attempt 4 of 10 failed, Error: connect ECONNREFUSED 127.0.0.1:1, next in 1.0 s
waits for retry in 1.0 s, for 565 ms`,
    });
    const cycle = commands.find(({ properties }) => properties['title'] === 'loopscope: wait-cycle');
    expect(cycle).toMatchObject({
      level: 'warning',
      properties: { file: 'examples/order-service.ts', line: '14', col: '19' },
    });
  });

  test('have no file where it lies outside of the workspace', () => {
    const [command] = read(renderGithub([examine(leaks(1))], { ...failOnLeaked, root: '/elsewhere' }));
    expect(command?.properties).toEqual({ title: 'loopscope: leaked' });
  });

  const rest = 'more findings of loopscope, of which GitHub shows none: see the summary of this step';

  test.each([
    [10, 'task-9 #10 is pending at exit'],
    [11, `2 ${rest}`],
    [5000, `492 ${rest}`], // of 501 findings: 500, and one that counts the tasks beyond
  ])('of %i findings 10 are written, for GitHub shows no more, and the last counts the rest', (found, last) => {
    const commands = read(renderGithub([examine(leaks(found))], failOnLeaked));
    expect([commands.length, commands.at(-1)?.message.split('\n')[0]]).toEqual([10, last]);
  });

  test('what is said of one task at one line is one annotation', () => {
    const report = leaks(1);
    const site = report.tasks[0]?.createdAt ?? null;
    const warning = {
      rule: 'forgotten-task',
      message: 'Nobody awaits it.',
      advice: '',
      site,
      task: { id: 1, name: 'task-0' },
      resource: null,
      count: 1,
      value: null,
    };
    const commands = read(renderGithub([examine({ ...report, warnings: [warning] })], failOnLeaked));
    expect(commands.map(({ properties: { title }, message }) => [title, message.split('\n').slice(0, 2)])).toEqual([
      ['loopscope: forgotten-task, leaked', ['Nobody awaits it.', 'task-0 #1 is pending at exit']],
    ]);
  });

  test('no name of the program is a command of its own, nor a property', () => {
    const text = renderGithub([examined(hostileReport())], failOnLeaked);
    const commands = read(text);
    expect(commands.every(({ level }) => level === 'error' || level === 'warning')).toBe(true);
    const names = new Set(commands.flatMap(({ properties }) => Object.keys(properties)));
    expect([...names].toSorted()).toEqual(['col', 'file', 'line', 'title']);
    expect(text.split('\n').every((line) => line === '' || line.startsWith('::'))).toBe(true);
  });
});
