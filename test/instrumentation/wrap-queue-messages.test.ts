// What the channels are told of foreign queues.
import fastq from 'fastq';
import PQueue from 'p-queue';
import { afterEach, expect, test } from 'vitest';
import { waitEnded, type WaitRecord } from '../../src/channels/wait.ts';
import { wrapQueue } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { turn } from '../support/turn.ts';

const outcomes: string[] = [];
const note = ({ task, kind, outcome }: WaitRecord): void => {
  outcomes.push(`${task.origin.name} ${kind} ${outcome}`);
};

afterEach(() => {
  waitEnded.unsubscribe(note);
  outcomes.length = 0;
});

test('a job of p-queue is put, taken and done, whether it fulfils or fails; one that is cleared is not done', async () => {
  const gate = Promise.withResolvers<void>();
  const queue = wrapQueue(new PQueue({ concurrency: 1 }), { name: 'mails' });
  waitEnded.subscribe(note);
  const { stop } = recordMessages();
  const first = queue.add(function first() {
    return gate.promise;
  });
  const second = queue
    .add(async function second() {
      throw new Error('no');
    })
    .catch(String);
  gate.resolve();
  await Promise.all([first, second]);
  queue.pause();
  void queue.add(async function third() {});
  queue.clear();
  await turn();
  expect(stop()).toEqual([
    'job first created',
    '(main) put 1 into mails',
    'job first started',
    'first took 1 from mails',
    'job second created',
    '(main) put 2 into mails',
    'second waits to start mails',
    'first is done with one of mails',
    'job first fulfilled',
    'second waited to start mails',
    'job second started',
    'second took 2 from mails',
    'second is done with one of mails',
    'job second rejected',
    'job third created',
    '(main) put 3 into mails',
    'third waits to start mails',
    'third waited to start mails',
    'job third cancelled',
  ]);
  expect(outcomes).toEqual(['second start fulfilled', 'third start cancelled']);
});

test('an item of fastq is done when its callback is called, and its wait ends as the callback says', () => {
  const callbacks: ((error: Error | null) => void)[] = [];
  const queue = wrapQueue(
    fastq<unknown, string>((_item, done) => void callbacks.push(done), 2),
    { name: 'files' },
  );
  waitEnded.subscribe(note);
  const { stop } = recordMessages();
  queue.push('a', () => {});
  queue.push('b', () => {});
  callbacks[0]?.(null);
  callbacks[1]?.(new Error('disk full'));
  expect(stop()).toEqual([
    'job files created',
    '(main) put 1 into files',
    'files waits to join files',
    'job files created',
    '(main) put 2 into files',
    'files waits to join files',
    'files waited to join files',
    'files is done with one of files',
    'job files fulfilled',
    'files waited to join files',
    'files is done with one of files',
    'job files rejected',
  ]);
  expect(outcomes).toEqual(['files join fulfilled', 'files join rejected']);
});

test('a put that fails ends its wait as rejected', async () => {
  const queue = wrapQueue({ put: async (item: string): Promise<void> => Promise.reject(new Error(item)) });
  waitEnded.subscribe(note);
  await queue.put('no').catch(String);
  expect(outcomes).toEqual(['(main) put rejected']);
});
