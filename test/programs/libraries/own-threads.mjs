// An executor of loopscope's own, whose threads are piscina's.
import { ThreadExecutor } from '../../../dist/src/index.js';

const executor = new ThreadExecutor({ name: 'threads', workers: 1 });
void executor.run(function hang() {
  return new Promise(() => {});
});
await new Promise((resolve) => setTimeout(resolve, 20));
process.exit();
