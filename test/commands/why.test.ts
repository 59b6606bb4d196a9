// `loopscope why`: programs that do not end, and the list of what keeps them.
import { describe, expect, test } from 'vitest';
import { kill, loopscope, program, startLoopscope } from '../support/cli.ts';

/** Without what differs from run to run: times, numbers of processes and ports, the folder of this project. */
function steady(text: string): string {
  return text
    .replaceAll(`${process.cwd()}/`, '')
    .replaceAll(/\d+(\.\d)? m?s(?= ·|\n|:)/g, 'TIME')
    .replaceAll(/pid \d+/g, 'pid PID')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/Node [\d.]+, up .*/g, 'Node VERSION, up TIME')
    .replaceAll(/\n {4,6}(?=made|accepted|TIME)/g, ' · ');
}

const interval = (line: string, name: string): string =>
  `  interval every 1 m · calls ${name} · TIME · made at ${line}\n    → clearInterval(…), or timer.unref()`;

/** What is said until all of these words are, each by the process that it is about when that is idle. */
async function whyUntil(name: string, ...words: readonly string[]): Promise<string> {
  const run = startLoopscope(['why', '--', program(name)], { group: true });
  await Promise.all(words.map((word) => run.printed(word)));
  kill(run);
  const { stderr } = await run.outcome;
  return steady(stderr);
}

test('a program that hangs: what keeps it, where it was made, and what ends it', async () => {
  const run = startLoopscope(['why', '--', program('handles/hangs.ts')], { group: true });
  await run.printed('not in the way');
  kill(run);
  const { stdout, stderr } = await run.outcome;
  expect(stdout).toBe('');
  expect(steady(stderr)).toBe(`
loopscope: 26 things keep the process alive, and nothing else happens
  test/programs/handles/hangs.ts
  pid PID, Node VERSION, up TIME

  server 127.0.0.1:PORT · TIME · made at test/programs/handles/hangs.ts:9:31
    → server.close()
${interval('test/programs/handles/hangs.ts:13:1', 'poll')}
  12 × connection to 127.0.0.1:PORT · oldest TIME · made at test/programs/handles/hangs.ts:11:53
    → socket.end(), or agent.destroy() for HTTP
  12 × connection from 127.0.0.1 · oldest TIME · accepted by the server of test/programs/handles/hangs.ts:9:31
    → socket.destroy(), or server.closeAllConnections() for HTTP
  besides, and not in the way: 1 timer
`);
});

describe('a program that ends', () => {
  test('by itself: a line says so', async () => {
    const { stderr, code } = await loopscope(['why', program('handles/exits.mjs'), 'by-itself']);
    expect([code, steady(stderr)]).toEqual([
      0,
      'loopscope: test/programs/handles/exits.mjs by-itself (pid PID) ended by itself after TIME: nothing kept it alive\n',
    ]);
  });

  test('by process.exit(): what would have kept it is listed', async () => {
    const { stderr, code } = await loopscope(['why', program('handles/exits.mjs')]);
    expect(code).toBe(3);
    expect(steady(stderr)).toMatch(/process\.exit\(\) or an error ended it; 1 thing would have kept it alive/);
    expect(steady(stderr)).toMatch(/timer of 1 m · in .* · made at test\/programs\/handles\/exits\.mjs:2:15/);
  });
});

test('at --timeout it is said, and the program ended', async () => {
  const { stderr, code } = await loopscope(['why', '--timeout', '700ms', program('handles/hangs.ts')]);
  expect(code).toBe(124);
  expect(stderr).toMatch(/things? keeps? the process alive\n/);
});

test('--after says it then, idle or not, once', async () => {
  const run = startLoopscope(['why', '--after', '700ms', program('handles/hangs.ts')], { group: true });
  await run.printed('not in the way');
  run.child.kill('SIGINT');
  const { stderr, signal } = await run.outcome;
  expect([signal, stderr.match(/things? keeps? the process alive/g)?.length]).toEqual(['SIGINT', 1]);
});

test('child processes and worker threads have lists of their own', async () => {
  const text = await whyUntil('handles/family.cjs', 'inWorker', 'inChild', 'family.cjs:9:3');
  expect(text).toContain(interval('test/programs/handles/family.cjs:5:20', 'inWorker'));
  expect(text).toContain(interval('test/programs/handles/family.cjs:6:39', 'inChild'));
  expect(text).toMatch(/child process node test\/programs\/handles\/family\.cjs child \(pid PID\) · .*family\.cjs:8:3/);
  expect(text).toMatch(/worker thread \d · .*family\.cjs:9:3/);
});

test('a server of a cluster has its line, though its socket is in another process', async () => {
  const text = await whyUntil('handles/cluster.mjs', 'server http 127.0.0.1');
  expect(text).toMatch(/server http 127\.0\.0\.1:PORT · .*cluster\.mjs:6:21/);
  expect(text).not.toContain('interval'); // with which Node stands in for the socket
});

test('mistakes are one line', async () => {
  const mistakes = [['why'], ['why', '--after', 'soon', program('handles/exits.mjs')], ['why', '--befor', 'x.js']];
  const outcomes = await Promise.all(mistakes.map((words) => loopscope(words)));
  expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual([
    [2, 'loopscope: why needs a program: loopscope why [options] -- <script> [args]\n'],
    [2, 'loopscope: --after must be a time such as 500ms, 30s, 2m or 1.5h (at most 24 days), not "soon"\n'],
    [2, "loopscope: Unknown option '--befor'; loopscope why --help lists the options\n"],
  ]);
});
