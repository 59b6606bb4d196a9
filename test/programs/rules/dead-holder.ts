// A task ends without releasing its lock, and another waits for it when the loop runs empty.
import { createTask, ignoreRule, Lock } from '../../../src/index.ts';

const stock = new Lock({ name: 'stock' });
createTask(
  async () => {
    await stock.acquire();
  },
  { name: 'ship' },
);
createTask(() => stock.acquire(), { name: 'buy' });
const [ignored] = process.argv.slice(2);
if (ignored !== undefined) ignoreRule(ignored);
