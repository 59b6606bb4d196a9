// A server that ignores signals, and whose loop never returns from its first request.
import { createServer } from 'node:http';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

function spin() {
  for (;;);
}

createServer(() => {
  console.log(`spinning ${process.pid}`);
  spin();
}).listen(0);
