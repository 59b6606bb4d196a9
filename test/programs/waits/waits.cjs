// Hangs in what Node itself has to be awaited, one function each, and knows nothing of loopscope.
const { spawn } = require('node:child_process');
const { EventEmitter, on, once } = require('node:events');
const { PassThrough } = require('node:stream');
const { finished, pipeline } = require('node:stream/promises');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');

const emitter = new EventEmitter();
const [source, other] = [new PassThrough(), new PassThrough()];
globalThis.kept = [emitter, source, other]; // what nobody can reach is collected, with all that awaits it

const hanging = {
  async sleeping() {
    await sleep(600_000);
  },
  async listening() {
    await once(emitter, 'ready');
  },
  async iterating() {
    for await (const [event] of on(process, 'never')) console.log(event);
  },
  async piping() {
    source.write('a');
    await pipeline(source, new PassThrough());
  },
  async finishing() {
    await finished(other);
  },
  async working() {
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await once(worker, 'message');
  },
  async parenting() {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'exit');
  },
};

for (const name of Object.keys(hanging)) void hanging[name]();
