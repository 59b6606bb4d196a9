// A child process and a worker thread, each with something of its own that does not end.
const { fork } = require('node:child_process');
const { Worker, isMainThread } = require('node:worker_threads');

if (!isMainThread) setInterval(function inWorker() {}, 60_000);
else if (process.argv[2] === 'child') setInterval(function inChild() {}, 60_000);
else {
  fork(__filename, ['child']);
  new Worker(__filename);
}
