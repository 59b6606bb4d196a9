// The main task cleans up when the process is asked to end.
import { run, sleep } from 'loopscope';

setTimeout(() => process.kill(process.pid, 'SIGTERM'), 20);
await run(
  async () => {
    try {
      await sleep(60_000);
    } finally {
      await sleep(5);
      console.log('cleaned up');
    }
  },
  { signals: ['SIGINT', 'SIGTERM'] },
);
