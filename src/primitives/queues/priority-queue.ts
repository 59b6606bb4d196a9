// A queue whose items come out by priority, as asyncio's.
import { ArgumentError } from '../../errors.ts';
import { checkFunction, checkNumber, checkOptions } from '../arguments.ts';
import { Heap, type Order } from './heap.ts';
import { Queue, type QueueOptions } from './queue.ts';

/** One of `priority` and `compare` says what comes out first. */
export type PriorityQueueOptions<Item> = QueueOptions & (ByPriority<Item> | ByComparison<Item>);

interface ByPriority<Item> {
  /** The priority of an item: the lowest number comes out first. Called once, when the item goes in. */
  readonly priority: (item: Item) => number;
  readonly compare?: never;
}

interface ByComparison<Item> {
  /** As for `Array.prototype.sort`: negative if the first one comes out first, 0 if the one that was put first. */
  readonly compare: (one: Item, other: Item) => number;
  readonly priority?: never;
}

/**
 * What comes first by `priority` or `compare` comes out first, and among equals what was put first: a `Queue` but for
 * that, in logarithmic time. Those who wait to put or to get stand in order of asking, and who waits to get is given
 * what is put next. If `priority` or `compare` throws, so does the put or get that called it, and nothing has changed.
 * @example
 * const jobs = new PriorityQueue<Job>({ name: 'jobs', priority: (job) => job.dueAt });
 */
export class PriorityQueue<Item> extends Queue<Item> {
  constructor(options: PriorityQueueOptions<Item>) {
    super(options, new Heap(orderOf(options)));
  }

  override get [Symbol.toStringTag](): string {
    return 'PriorityQueue';
  }
}

function orderOf<Item>(options: PriorityQueueOptions<Item>): Order<Item> {
  checkOptions(options);
  const { priority, compare } = options;
  if (priority !== undefined && compare !== undefined) {
    throw new ArgumentError('a PriorityQueue takes priority or compare, got both');
  }
  if (compare !== undefined) {
    checkFunction(compare, 'compare');
    return byComparison(compare);
  }
  checkFunction(priority, 'priority (or compare) of a PriorityQueue');
  return byPriority(priority);
}

function byPriority<Item>(priorityOf: (item: Item) => number): Order<Item> {
  return {
    priority(item) {
      const priority = priorityOf(item);
      checkNumber(priority, 'the priority of an item', -Infinity);
      return priority;
    },
    precedes: (one, other) =>
      one.priority < other.priority || (one.priority === other.priority && one.number < other.number),
  };
}

function byComparison<Item>(compare: (one: Item, other: Item) => number): Order<Item> {
  return {
    priority: () => 0,
    precedes(one, other) {
      const order = compare(one.item, other.item);
      return order < 0 || (!(order > 0) && one.number < other.number);
    },
  };
}
