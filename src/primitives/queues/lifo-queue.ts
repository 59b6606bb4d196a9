// A queue whose newest item comes out first, as asyncio's.
import { Queue, type QueueOptions } from './queue.ts';
import { Stack } from './stack.ts';

/**
 * Last in, first out: a `Queue` but for the order of what is in it. Those who wait to put or to get still stand in order
 * of asking.
 * @example
 * const pages = new LifoQueue<Page>({ name: 'pages to visit' });
 */
export class LifoQueue<Item> extends Queue<Item> {
  constructor(options?: QueueOptions) {
    super(options, new Stack());
  }

  override get [Symbol.toStringTag](): string {
    return 'LifoQueue';
  }
}
