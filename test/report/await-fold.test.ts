import { expect, test } from 'vitest';
import { foldAwaits } from '../../src/report/await-fold.ts';
import { awaitTree } from '../../src/reporters/await-tree.ts';
import { awaitProgram, siteOf, type AwaitProgram } from '../support/await-report.ts';

const isOwn = (file: string): boolean => file.startsWith('/own/');

function treeOf(program: AwaitProgram): string[] {
  return awaitTree(foldAwaits(program.report(), isOwn))
    .trim()
    .split('\n')
    .slice(6)
    .map((line) => line.replace(/^ {2}/, ''));
}

test('what our functions and callbacks await is awaited by the function above them', () => {
  const program = awaitProgram();
  const timer = program.leaf('timer', '2 s left');
  const pause = program.call('Operation.#pause', timer, '/own/retry.js:122');
  const attempt = program.call('Operation.run', pause, '/own/retry.js:86');
  const callback = siteOf('/own/await-wait.js:48');
  const then = program.promise({ type: 'then', method: 'then', callback, promise: attempt });
  program.call('mailer', then, 'mail.js:42');
  expect(treeOf(program)).toEqual(['mailer  mail.js:42:5', '└─ timer, 2 s left · settler not found']);
});

test('a function of ours stays at the top, where it says what is under way, and those of the program stay below it', () => {
  const program = awaitProgram();
  const body = program.call('body', program.leaf('socket', '127.0.0.1:5432'), 'shop.js:7');
  program.call('runHolding', program.call('runAfter', body, '/own/permits.js:152'), '/own/permits.js:144');
  expect(treeOf(program)).toEqual([
    'runHolding  /own/permits.js:144:5',
    '└─ body  shop.js:7:5',
    '   └─ socket 127.0.0.1:5432 · settler not found',
  ]);
});

test('a request of a generator of ours leads on, too, and a report without any of ours is the same', () => {
  const program = awaitProgram();
  const next = program.promise({ type: 'request', function: 0, position: 2 });
  const fields = { kind: 'async generator', settles: [next] } as const;
  program.call('iterate', program.leaf('timer', '2 s left'), '/own/iterate.js:9', fields);
  program.call('consume', program.join('race', [next]), 'shop.js:7');
  expect(treeOf(program)).toEqual([
    'consume  shop.js:7:5',
    '└─ Promise.race, 1 of 1 pending',
    '   └─ timer, 2 s left · settler not found',
  ]);
  const foreign = awaitProgram();
  foreign.call('main', foreign.call('load', foreign.leaf('timer', '2 s left')));
  expect(foldAwaits(foreign.report(), isOwn)).toEqual(foreign.report());
});
