import { expect, test } from 'vitest';
import { leafNature, type HolderStep } from '../../src/heap/leaf-kind.ts';

/** `'Socket._events'` is an object of that class which holds the next step there; `'.name'` has no class. */
function path(...steps: readonly string[]): HolderStep[] {
  return steps.map((step) => {
    const dot = step.indexOf('.');
    return dot < 0
      ? { className: step, property: '' }
      : { className: step.slice(0, dot), property: step.slice(dot + 1) };
  });
}

test.each([
  ['timer', path('Timeout._onTimeout', '.resolve')],
  ['socket', path('ClientRequest._events', 'Object.response')],
  ['socket', path('Node / TCPConnectWrap.oncomplete')],
  ['server', path('Server._events', 'Object.close')],
  ['file', path('FSReqPromise')],
  ['file', path('Node / FSReqPromise')],
  ['file', path('ReadFileJob.ondone')],
  ['child process', path('ChildProcess._events', 'Object.exit')],
  ['worker', path('Worker._events', 'Object.message')],
  ['message port', path('MessagePort.onmessage')],
  ['dns', path('GetAddrInfoReqWrap.resolve')],
  ['dns', path('QueryReqWrap.callback')],
  ['fetch', path('Fetch._events', 'Object.terminated')],
  ['stream', path('PassThrough._events', 'Object.end')],
  ['stream', path('DefaultReadRequest.<symbol kState>', 'Object.resolve')],
  ['event', path('EventEmitter._events', 'Object.never')],
  ['event', path('Repository._events', 'Object.never')],
  ['event', path('EventEmitter._events', 'Object.saved', 'FixedQueue.tail', 'Array')],
  ['lock', path('Mutex._semaphore', 'Semaphore._queue', 'Array.0')],
  ['lock', path('ReadWriteLock.waiting')],
  ['queue', path('PriorityQueue.#queue', 'Array.0', 'Object.run')],
  ['queue', path('PQueue', 'Queue', 'resolve')],
  ['queue', path('Mailer.queue', 'Array.0')],
  ['other', path('Db.pending', 'Map', 'Object.resolve')],
  ['other', path('Clock.ticks')],
  ['other', path('Client._connectionCallback')],
  ['unknown', []],
])('a leaf is of kind %s by the path %j', (kind, steps) => {
  expect(leafNature(steps).kind).toBe(kind);
});

test('what is next to the resolver counts, not what holds it from far away', () => {
  expect(leafNature(path('Server._events', 'Object.request', '.pool', 'Timeout._onTimeout')).kind).toBe('timer');
  expect(leafNature(path('Timeout._onTimeout', '.db', 'Socket._events', 'Object.data')).kind).toBe('socket');
});

test('the event that would settle it is named', () => {
  expect(leafNature(path('Socket._events', 'Object.drain', '.resolve'))).toEqual({
    kind: 'socket',
    detail: 'event "drain"',
  });
  expect(leafNature(path('Repository._events', 'Object.saved'))).toEqual({ kind: 'event', detail: 'event "saved"' });
  expect(leafNature(path('Socket._events')).detail).toBe('');
  expect(leafNature(path('Socket.connecting', 'Object.drain')).detail).toBe('');
});

test('a fake timer of a test is told from one of Node', () => {
  const fake = { kind: 'timer', detail: 'a fake one, until the test advances its clock' };
  expect([
    leafNature(path('TimerHeap.timers', 'Object.func', '.resolve')),
    leafNature(path('FakeTimers._clock', 'Object.timers', 'Object.1000', 'Object.func')),
    leafNature(path('Timeout.callback', '.resolve')),
    leafNature(path('Timeout._onTimeout', '.resolve')),
    leafNature(path('FakeTimers._global', 'Socket._events', 'Object.drain')),
  ]).toEqual([fake, fake, fake, { kind: 'timer', detail: '' }, { kind: 'socket', detail: 'event "drain"' }]);
});
