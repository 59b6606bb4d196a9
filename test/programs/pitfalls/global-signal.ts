// A service that ends by a signal: what it has begun is cut off.
import { createTask } from 'loopscope';

async function send(): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, 60_000));
}

process.once('SIGTERM', () => process.exit(0));
setInterval(() => createTask(send, { name: 'send mail' }), 50); // the mistake
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 180);
