// Who holds a lock that is not loopscope's, and who waits for it? Its author says so in a line each.
//   npx loopscope run -- examples/own-lock.ts
//     reports `lock ledger`
import { createTask, declareHolder, declareResource, declareWait } from 'loopscope';

class OwnLock {
  readonly #visible;
  #tail: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.#visible = declareResource(name, { kind: 'lock' });
  }

  async acquire(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#tail;
    this.#tail = promise;
    const waited = declareWait(this.#visible);
    await before;
    waited();
    const released = declareHolder(this.#visible);
    return () => {
      released();
      resolve();
    };
  }
}

const ledger = new OwnLock('ledger');

async function book(order: number): Promise<void> {
  const release = await ledger.acquire();
  if (order === 2) return; // the mistake: a way out that does not release
  release();
}

for (let order = 1; order <= 3; order++) createTask(() => book(order), { name: `order ${order}` });
