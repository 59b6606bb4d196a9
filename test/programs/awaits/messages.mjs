// Messages that nobody sends: from a worker, a port, a channel.
import { once } from 'node:events';
import { BroadcastChannel, MessageChannel, Worker } from 'node:worker_threads';

const silent = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true });
const { port1, port2 } = new MessageChannel();
const news = new BroadcastChannel('news');

async function waitsForWorker() {
  const [message] = await once(silent, 'message'); // suspended: waitsForWorker
  return message;
}

async function waitsForExit() {
  await new Promise((resolve) => silent.on('exit', resolve)); // suspended: waitsForExit
}

async function waitsForPort() {
  await once(port1, 'message'); // suspended: waitsForPort
}

async function waitsForPortByHand() {
  await new Promise((resolve) => (port2.onmessage = resolve)); // suspended: waitsForPortByHand
}

async function waitsForNews() {
  await new Promise((resolve) => (news.onmessage = resolve)); // suspended: waitsForNews
}

for (const one of [waitsForWorker, waitsForExit, waitsForPort, waitsForPortByHand, waitsForNews]) void one();
setTimeout(() => process.exit(), 60_000);
silent.once('online', () => setImmediate(console.log, 'READY'));

// chain: waitsForWorker → [worker found]
// chain: waitsForExit → [worker found]
// chain: waitsForPort → [message-port found]
// chain: waitsForPortByHand → [message-port found]
// chain: waitsForNews → [message-port|event found]
