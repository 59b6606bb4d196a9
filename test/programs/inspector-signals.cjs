// Prints READY and then what happens to it. `own`: listens for SIGUSR1. `removed`: did, and does not any more.
// `block`: its loop does not turn until there is a file with the name of its second argument.
// `server`: has port 9229 for itself.
const { existsSync, writeSync } = require('node:fs');

const [, , mode, file] = process.argv;
const handler = () => console.log('CALLED');

async function waits() {
  await new Promise((resolve) => {
    globalThis.resolve = resolve;
  });
}

if (mode === 'own' || mode === 'removed') process.on('SIGUSR1', handler);
if (mode === 'removed') process.off('SIGUSR1', handler);
void waits();
setInterval(() => {}, 1000);
setTimeout(() => process.exit(), 120_000);
if (mode === 'block') {
  setImmediate(() => {
    writeSync(1, 'READY');
    while (!existsSync(file));
    writeSync(1, 'TURNS');
  });
} else if (mode === 'server') {
  require('node:http')
    .createServer(() => console.log('ASKED'))
    .listen(9229, '127.0.0.1', () => console.log('READY'));
} else setImmediate(console.log, 'READY');
