import { expect, test } from 'vitest';
import { parseAwaitOptions } from '../../src/commands/await-options.ts';

function parse(line: string): ReturnType<typeof parseAwaitOptions> {
  const [command, ...words] = line.split(' ');
  return parseAwaitOptions(command === 'tree' ? 'tree' : 'ps', words);
}

test('without options, what cannot disturb anybody', () => {
  expect(parse('ps 42')).toEqual({
    subject: { type: 'pids', pids: [42] },
    via: 'auto',
    stop: false,
    settlers: true,
    force: false,
    format: 'text',
    output: null,
    filter: {},
    watchMs: null,
    direction: 'down',
    focus: null,
    depth: null,
  });
});

test('all options', () => {
  expect(
    parse(
      'tree --via=memory --stop --no-settlers --json --function f --file a.ts --waits-for timer --all-frames ' +
        '--watch 1.5s 42 --up --focus load --depth 3',
    ),
  ).toEqual({
    subject: { type: 'pids', pids: [42] },
    via: 'memory',
    stop: true,
    settlers: false,
    force: false,
    format: 'json',
    output: null,
    filter: { function: 'f', file: 'a.ts', leaf: 'timer', allFrames: true },
    watchMs: 1500,
    direction: 'up',
    focus: 'load',
    depth: 3,
  });
});

test.each([
  ['ps', { type: 'list' }],
  ['ps --json', { type: 'list' }],
  ['ps --all', { type: 'all' }],
  ['ps 1 2 1', { type: 'pids', pids: [1, 2] }],
  ['tree --core package.json --exe README.md', { type: 'core', core: 'package.json', exe: 'README.md' }],
])('%s looks at %o', (line, subject) => {
  expect(parse(line).subject).toEqual(subject);
});

test.each([
  ['ps --watch 42', 2000],
  ['ps 42 --watch', 2000],
  ['ps --watch 500ms 42', 500],
  ['ps 42 --watch=3', 3000],
])('%s looks every %i ms', (line, watchMs) => {
  expect(parse(line)).toMatchObject({ subject: { type: 'pids', pids: [42] }, watchMs });
});

test.each([
  ['ps abc', 'a pid is a number such as 4242, not "abc"; loopscope ps lists the processes'],
  ['ps 0', 'a pid is a number such as 4242, not "0"; loopscope ps lists the processes'],
  ['ps 1.5', 'a pid is a number such as 4242, not "1.5"; loopscope ps lists the processes'],
  ['tree', 'tree needs a pid: loopscope tree PID; loopscope ps lists the processes'],
  ['ps --bad 1', "Unknown option '--bad'; loopscope ps --help lists the options"],
  ['ps --up 1', '--up is an option of loopscope tree, not of loopscope ps'],
  ['ps --depth -1 1', '--depth is an option of loopscope tree, not of loopscope ps'],
  ['tree --depth -1 1', '--depth must be a whole number from 1 to 1000, not "-1"'],
  ['tree --depth x 1', '--depth must be a whole number from 1 to 1000, not "x"'],
  ['tree --up --down 1', '--up and --down exclude each other'],
  ['ps --json --format text 1', '--json and --format text exclude each other'],
  ['ps --format xml 1', '--format must be text or json, not "xml"'],
  ['ps --via gdb 1', '--via must be one of auto, memory, inspector, snapshot, not "gdb"'],
  ['ps --stop --via inspector 1', '--stop is for --via memory'],
  ['ps --force 1', '--force is for --via inspector and --via snapshot'],
  ['ps --watch 0s 1', '--watch must be a time such as 500ms, 30s, 2m or 1.5h (at most 24 days), not "0s"'],
  ['ps --watch 1 2', '--watch looks at one process: loopscope ps --watch PID'],
  ['ps --watch --all', '--watch looks at one process: loopscope ps --watch PID'],
  ['ps --all 1', 'a pid, --all and --core exclude each other'],
  ['ps --function load', '--function needs a pid: loopscope ps --function PID, or --all'],
  ['ps --exe node', '--exe goes with --core: the executable of the process that was dumped'],
  [
    'ps --core package.json',
    '--core needs --exe: the executable of Node that the process ran, as --exe "$(which node)"',
  ],
  ['ps --core nowhere --exe package.json', '--core: there is no file nowhere'],
  ['ps --core package.json --exe src', '--exe: src is not a file'],
  ['ps --core package.json --exe package.json --stop', '--core is read from the file: without --stop and --via'],
  ['ps --output src 1', '--output: src is a folder'],
])('%s is a mistake', (line, message) => {
  expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_USAGE', exitCode: 2, message }));
});
