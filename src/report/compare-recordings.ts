// What of a recording is compared with another: findings, requests, loop, garbage collection, memory, operations by line.
import type { Item } from './compare.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Recording, ThreadRecording } from './recording.ts';
import { delayP99 } from './turn-delay.ts';

/** A recording, and what was found in it. */
export interface Recorded {
  readonly recording: Recording;
  readonly diagnosis: Diagnosis;
}

/** Kinds of which a recording has more than its reports; what is pending at the end of a load is chance. */
const ofReports: ReadonlySet<Item['kind']> = new Set(['warnings', 'cycles', 'blocks']);

/** Whether this is to be compared where it comes from a report within a recording. */
export function isKept({ kind }: Item): boolean {
  return ofReports.has(kind);
}

/** From how much on a difference is none of chance, where that of the unit does not fit. */
const noise = { requestMs: 1, processorMs: 0.05, waitMs: 2 };

/** What is open for as long as it is wanted: how long it waits is no fault of anybody. */
const lasting: ReadonlySet<string> = new Set([
  'socket',
  'server',
  'watcher',
  'worker thread',
  'child process',
  'timer',
]);

/** What is compared, each once for all threads. */
export function* itemsOfRecording({ recording, diagnosis }: Recorded): Generator<Item> {
  const { threads } = recording;
  const { directory } = diagnosis;
  const fields = { site: null, directory, message: null };
  const item = (
    kind: Item['kind'],
    name: string,
    value: number,
    unit: Item['unit'],
    more: Pick<Item, 'noise' | 'isMoreBetter'> = {},
  ): Item => ({ key: `${kind}\0${name}`, kind, name, value, unit, ...fields, ...more });
  for (const { disease, verdict, at } of diagnosis.findings) {
    const key = ['findings', disease, at?.file ?? '', at?.function ?? ''].join('\0');
    yield { key, kind: 'findings', name: disease, value: 1, unit: 'count', ...fields, site: at, message: verdict };
  }
  const sum = (read: (thread: ThreadRecording) => number): number =>
    threads.reduce((total, each) => total + read(each), 0);
  const most = (read: (thread: ThreadRecording) => number): number => Math.max(0, ...threads.map(read));
  const finished = sum(({ requests }) => requests?.finished ?? 0);
  if (finished > 0) {
    const seconds = most(({ activeMs, requests }) => (requests === null ? 0 : activeMs)) / 1000;
    const errors = sum(({ requests }) => (requests?.refused ?? 0) + (requests?.failed ?? 0));
    const requestMs = sum(({ requests }) => requests?.totalMs ?? 0) / finished;
    yield item('requests', 'requests a second', finished / Math.max(0.001, seconds), '/s', { isMoreBetter: true });
    yield item('requests', 'time of a request', requestMs, 'ms', { noise: noise.requestMs });
    yield item(
      'requests',
      'longest request',
      most(({ requests }) => requests?.maxMs ?? 0),
      'ms',
    );
    yield item('requests', 'answered with an error', (errors / finished) * 100, '%');
    const processorMs = sum(({ processor }) => processor.threadMs) / finished;
    yield item('processor', 'time of a request', processorMs, 'ms', { noise: noise.processorMs });
  }
  yield item(
    'loop',
    'delay p99',
    most(({ turns }) => (turns === null ? 0 : delayP99(turns))),
    'ms',
    { noise: noise.waitMs },
  );
  yield item(
    'loop',
    'busy',
    most(({ turns, activeMs }) => share(turns?.busyMs ?? 0, activeMs)),
    '%',
  );
  yield item(
    'gc',
    'share of the loop',
    most(({ profile }) => share(profile?.gcMs ?? 0, profile?.busyMs ?? 0)),
    '%',
  );
  yield item(
    'gc',
    'longest pause',
    most(({ gc }) => gc?.maxMs ?? 0),
    'ms',
  );
  yield item(
    'memory',
    'heap',
    most(({ series }) => Math.max(0, ...series.heapMB)),
    'MB',
  );
  for (const { name, at, waitMs } of diagnosis.operations) {
    if (lasting.has(name)) continue;
    const key = ['operations', name, at?.file ?? '', at?.function ?? ''].join('\0');
    const of = { kind: 'operations', ...fields, site: at } as const;
    yield { ...of, key: `${key}\0wait`, name: `${name}: wait each`, value: waitMs, unit: 'ms', noise: noise.waitMs };
  }
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, (part / whole) * 100) : 0;
}
