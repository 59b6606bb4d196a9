// A server that has each request hashed elsewhere: in a worker thread, in a child process, or in the workers of a cluster.
import { exec, fork } from 'node:child_process';
import cluster from 'node:cluster';
import { pbkdf2Sync } from 'node:crypto';
import { createServer } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const [, script, where] = process.argv;

function hashPassword(password) {
  return pbkdf2Sync(password, 'salt', 20_000, 64, 'sha512').toString('hex');
}

function answer(request, response) {
  response.end(hashPassword(request.url));
}

/** Has it hashed by who answers in the order of the questions. */
function ask(other, send) {
  const waiting = [];
  other.on('message', (hash) => waiting.shift()(hash));
  createServer((request, response) => {
    waiting.push((hash) => response.end(hash));
    send(request.url);
  }).listen(0);
}

if (!isMainThread) parentPort.on('message', (password) => parentPort.postMessage(hashPassword(password)));
else if (where === 'answers') process.on('message', (password) => process.send(hashPassword(password)));
else if (where === 'thread') {
  const worker = new Worker(new URL(import.meta.url));
  ask(worker, (password) => worker.postMessage(password));
} else if (where === 'fork') {
  const child = fork(script, ['answers']);
  ask(child, (password) => child.send(password));
} else if (where === 'exec') exec(`"${process.execPath}" "${script}" here`);
else if (where === 'cluster' && cluster.isPrimary) cluster.fork();
else createServer(answer).listen(0);
