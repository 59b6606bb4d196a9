// The three queues, and a comparing priority queue, for tests that hold for all of them.
import { LifoQueue, PriorityQueue, Queue, type QueueOptions } from '../../src/index.ts';

/** One kind of queue of numbers. */
export interface QueueKind {
  readonly kind: string;
  readonly make: (options?: QueueOptions) => Queue<number>;
  /** Which of these, given oldest first, comes out first. */
  readonly next: (items: readonly number[]) => number;
  /** The same items in the order in which they come out. */
  readonly inOrder: (items: readonly number[]) => number[];
}

/** Small numbers with many equals: 12 and 22 are of the same priority. */
function priorityOf(item: number): number {
  return item % 10;
}

function lowest(items: readonly number[]): number {
  const least = Math.min(...items.map((item) => priorityOf(item)));
  return items.findIndex((item) => priorityOf(item) === least);
}

const kinds: readonly Omit<QueueKind, 'inOrder'>[] = [
  { kind: 'Queue', make: (options) => new Queue(options), next: () => 0 },
  { kind: 'LifoQueue', make: (options) => new LifoQueue(options), next: (items) => items.length - 1 },
  {
    kind: 'PriorityQueue by priority',
    make: (options) => new PriorityQueue({ ...options, priority: priorityOf }),
    next: lowest,
  },
  {
    kind: 'PriorityQueue by compare',
    make: (options) => new PriorityQueue({ ...options, compare: (one, other) => priorityOf(one) - priorityOf(other) }),
    next: lowest,
  },
];

export const queueKinds: readonly QueueKind[] = kinds.map((each) => ({
  ...each,
  inOrder(items) {
    const rest = [...items];
    return items.map(() => rest.splice(each.next(rest), 1)[0] as number);
  },
}));
