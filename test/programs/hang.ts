// A handler waits for a lock that the top level took and never gives back.
// `own`: has its own ideas of Ctrl-C and SIGTERM. `block`: its loop stops turning. `end`: its loop runs empty.
import { writeSync } from 'node:fs';
import { createTask, Lock } from 'loopscope';

const mode = process.argv[2];
const lock = new Lock({ name: 'db' });
await lock.acquire();
createTask(() => lock.run(() => 'never'), { name: 'handler' });
if (mode === 'own') {
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      console.log(`own ${signal} ${++signals}`);
      if (signals === 2) process.exit(5);
    });
  }
}
if (mode !== 'end') setInterval(() => {}, 1000);
if (mode === 'block') {
  setImmediate(() => {
    writeSync(1, 'ready\n');
    for (;;);
  });
} else {
  console.log('ready');
}
