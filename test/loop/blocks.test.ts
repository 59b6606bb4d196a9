import { afterEach, beforeEach, expect, test } from 'vitest';
import { loopBlocked, type BlockRecord } from '../../src/channels/loop.ts';
import { BlockBook } from '../../src/loop/blocks.ts';
import { rootTask } from '../../src/runtime/context.ts';

const top = { file: '/app/orders.ts', line: 12, column: 5, function: 'parseOrders', exact: true };
const caller = { file: '/app/server.ts', line: 3, column: 1, function: 'handle', exact: true };
let book: BlockBook;

beforeEach(() => {
  book = new BlockBook({ maxGroups: 3 });
});
afterEach(() => book.stop());

function publish(fields: Partial<BlockRecord> = {}): void {
  loopBlocked.publish({
    kind: 'javascript',
    since: 1000,
    durationMs: 200,
    ended: true,
    stack: [top, caller],
    native: null,
    task: null,
    ...fields,
  });
}

test('blocks of one function are one group, at whichever of its lines they were caught', () => {
  publish();
  publish({ since: 2000, durationMs: 300, stack: [{ ...top, line: 14 }, caller] });
  publish({ since: 3000, durationMs: 150 });
  expect(book.groups()).toMatchObject([
    { kind: 'javascript', count: 3, totalMs: 650, maxMs: 300, stack: [{ line: 14 }, { function: 'handle' }] },
  ]);
});

test('kind, native function and place tell groups apart, and those with the most time come first', () => {
  publish();
  publish({ kind: 'native call', native: 'execSync', durationMs: 900 });
  publish({ kind: 'native call', native: 'readFileSync', durationMs: 500 });
  expect(book.groups().map(({ native, totalMs }) => [native, totalMs])).toEqual([
    ['execSync', 900],
    ['readFileSync', 500],
    [null, 200],
  ]);
});

test('functions without a name are told apart by their lines', () => {
  for (const line of [1, 2, 1]) publish({ stack: [{ ...top, function: '', line }] });
  expect(book.groups().map(({ count }) => count)).toEqual([2, 1]);
});

test('memory is bounded: groups beyond the limit are counted, as are tasks beyond the first five', () => {
  const task = (id: number) => ({ ...rootTask, id, origin: { kind: 'task', name: `job ${id}`, site: null } as const });
  for (let id = 1; id <= 8; id++) publish({ task: task(id), since: id });
  for (const name of ['a', 'b', 'c', 'd']) publish({ stack: [{ ...top, function: name }] });
  const [group] = book.groups();
  expect(group?.tasks.map(({ name }) => name)).toEqual(['job 1', 'job 2', 'job 3', 'job 4', 'job 5']);
  expect(group?.otherTasks).toBe(3);
  for (let since = 0; since < 100; since++) publish({ since });
  expect(book.groups()[0]?.spans).toHaveLength(20);
  expect(book.groups()).toHaveLength(3);
  expect(book.dropped).toBe(2);
});

test('garbage collections within a block are told apart, in whichever order both are heard of', () => {
  book.addPause(1050, 20);
  book.addPause(990, 15); // 5 ms of it within the block
  publish();
  book.addPause(1195, 30); // and of this
  book.addPause(5000, 50);
  expect(book.groups()).toMatchObject([{ gcMs: 30 }]);
});
