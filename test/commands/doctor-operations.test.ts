// The asynchronous operations of a real server: what began where, how often, how long it waited, and who began it.
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../src/report/diagnosis.ts';
import { loopscope } from '../support/cli.ts';

const rounds = 15;
const atATime = 2;
const load = [
  'const ask = () => fetch("http://127.0.0.1:" + process.env.PORT).then((response) => response.text());',
  `const asks = () => Promise.all(Array.from({ length: ${atATime} }, ask));`,
  `for (let round = 0; round < ${rounds}; round++) await asks();`,
].join(' ');

test('each operation has its line, its number, what is open, and who began it, also beyond an await', async () => {
  const command = `"${process.execPath}" --input-type=module -e '${load}'`;
  const words = ['doctor', '--format', 'json', '--on-port', command, '--', 'test/programs/diseases/chain.mjs'];
  const { stdout } = await loopscope(words);
  const { operations } = JSON.parse(stdout) as Diagnosis;
  const requests = rounds * atATime;
  const rows = operations.map(({ name, at, count, open, peak, mean, onLoopMs, parent }) => ({
    name: `${name}:${at?.line}`,
    // A file is opened, read and closed; who finds the lock free does not wait.
    count: onLoopMs === null ? Math.sign(count) : Math.min(1, count / requests),
    open,
    isAtATime: peak >= mean && mean > 0,
    hasCallbacks: onLoopMs !== null,
    from: parent === null ? null : `${parent.name}${parent.at === null ? '' : `:${parent.at.line}`}`,
  }));
  const row = { count: 1, open: 0, isAtATime: true, hasCallbacks: true };
  // Node 22 says nothing of the callbacks of node:fs/promises.
  const fromFile = process.versions.node.startsWith('22.') ? null : 'file:10';
  expect({ rows: rows.toSorted((a, b) => a.name.localeCompare(b.name)) }).toEqual({
    rows: [
      { ...row, name: 'acquire lock stock:16', hasCallbacks: false, from: 'request' },
      { ...row, name: 'file:10', from: 'request' },
      { ...row, name: 'timer:15', from: fromFile },
      { ...row, name: 'timer:17', from: 'timer:15' },
      { ...row, name: 'timer:19', open: requests, from: 'timer:17' },
    ],
  });
}, 60_000);
