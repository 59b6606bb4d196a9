// A server that ignores signals, and whose loop never returns from its first request.
import { createServer } from 'node:http';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

function spin() {
  for (let index = 0; index < 1e9; index++); // half a second
  console.log(`spinning ${process.pid}`);
  for (;;);
}

createServer(spin).listen(0);
