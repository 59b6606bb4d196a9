// What real things of each sort unclosed-resource knows, with the line that opened them: the last quiet and the first warning
// number of each.
import { expect, test } from 'vitest';
import { program, startNode } from '../support/cli.ts';

const announced = [
  "6 servers: const other = createTcpServer().listen(0, '127.0.0.1');",
  "6 connections: const socket = connect(port, '127.0.0.1');",
  '6 connections: const request = get({ port, agent: false }); // its answer is never read',
  "6 UDP sockets: const udp = createSocket('udp4').bind(0, '127.0.0.1');",
  "6 child processes: const child = fork('-', { execArgv: ['--eval', idle], stdio: 'ignore' });",
  '6 workers: const worker = new Worker(idle, { eval: true });',
  '6 files: kept.push(await open(self));',
];
const onlyExact = [
  '6 watchers: watch(self, () => {}),',
  '6 watchers: watchFile(`${written}.${kept.length}`, { interval: 60_000 }, () => {});',
  ...(process.platform === 'linux'
    ? [
        '6 files: const reader = createReadStream(self); // nobody reads',
        '6 files: const writer = createWriteStream(written); // nobody ends it',
      ]
    : []),
];
const timers = ['25 intervals: setInterval(() => {}, 60_000);', '25 timers: setTimeout(function later() {}, 60_000);'];

test.each([
  { level: '', sorts: announced },
  { level: 'exact', sorts: [...announced, ...onlyExact] },
])('each sort, and no other: $level', async ({ level, sorts }) => {
  const { stdout, stderr } = await startNode([program('rules/unclosed.ts'), level]).outcome;
  const [six, seven, most, more] = (JSON.parse(stdout) as string[][]).map((lines) => lines.toSorted());
  expect([six, seven, most, more, stderr]).toEqual([[...sorts, ...timers].toSorted(), timers, timers, [], '']);
});
