// Tests that are over when their callback is called, which nobody does: who has the callback is told by its line.
import { expect, test } from 'vitest';
import { runTexts } from '../support/runner-suites.ts';
import { jest, mocha, nodeTest } from '../support/runners.ts';

test.each([
  { runner: jest, parameters: '(done)' },
  { runner: mocha, parameters: '(done)' },
  { runner: nodeTest, parameters: '(t, done)' },
])('who has the callback of a test is named by its line with $runner.entry', async ({ runner, parameters }) => {
  const suite = `${runner.imports}
const { EventEmitter } = process.getBuiltinModule('node:events');
const orders = new EventEmitter();
describe('orders', () => {
  ${runner.test('are shipped', `${parameters} => { orders.on('shipped', () => done()); }`, 200)}
  ${runner.test('are counted', `${parameters} => { setImmediate(done); }`, 5000)}
});
const keepsTheEmitter = setInterval(() => orders, 1000);
keepsTheEmitter.unref();
`;
  const { output } = await runTexts(runner, { [`callback${runner.ending}`]: suite });
  const line = suite.split('\n').findIndex((text) => text.includes('are shipped')) + 1;
  const [, report = output] = /SUSPENDED FUNCTIONS.*\n([^]*?done\(\)[^]*?done\(\))/.exec(output) ?? [];
  expect(report.replaceAll(/[\s#]+/g, ' ').replace(/ · task .*? ms/, '')).toMatch(
    new RegExp(
      `^ done\\(\\) callback\\S+:${line}:\\d+ └─ event "shipped" settled by EventEmitter._events → shipped → \\(anonymous\\) \\(callback\\S+:${line}\\) → done\\(\\)$`,
    ),
  );
});
