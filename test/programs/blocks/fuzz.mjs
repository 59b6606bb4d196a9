// Is looked at a thousand times a second while it computes what is known: nothing may come out differently. It prints how
// many looks there were, and what was different. Argument: for how many milliseconds.
import { createHash } from 'node:crypto';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Pulse } from '../../../dist/src/loop/pulse.js';
import { Probe } from '../../../dist/src/loop/probe.js';
import { Interrupt } from '../../../dist/src/loop/interrupt.js';
import { createTask, currentTask } from '../../../dist/src/index.js';

if (!isMainThread) {
  const keeper = setInterval(() => {}, 1000); // a session keeps no thread alive
  const pulse = new Pulse(workerData);
  for (let round = 0; !pulse.stopped;) {
    const interrupt = new Interrupt(pulse);
    for (let count = 0; count < 50 && !pulse.stopped; count++) {
      await interrupt.look(pulse.sequence, round++);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    interrupt.close();
  }
  clearInterval(keeper);
} else {
  const pulse = new Pulse();
  const probe = new Probe(pulse, null);
  probe.install();
  new Worker(new URL(import.meta.url), { workerData: pulse.buffer });
  const differences = [];
  const known = new Map();
  const expectSame = (what, value) => {
    if (!known.has(what)) known.set(what, value);
    else if (known.get(what) !== value) differences.push(what);
  };
  const digest = (text) => createHash('md5').update(text).digest('hex');
  const text = Array.from({ length: 3000 }, (_, index) => `k${index}=v${index * 7}; `).join('');

  function* doubled(count) {
    for (let index = 0; index < count; index++) yield index * 2;
  }

  function fall(depth) {
    if (depth === 0) throw new RangeError('bottom');
    try {
      fall(depth - 1);
    } finally {
      falls++;
    }
  }

  let falls = 0;
  let looks = 0;
  const compute = async (round) => {
    expectSame(
      'matchAll',
      [...text.matchAll(/k(\d+)=v(\d+)/g)].reduce((sum, [, a, b]) => sum + a * b, 0),
    );
    expectSame('replace', digest(text.replace(/(\w+)=(\w+)/g, (_, a, b) => `${b}:${a}`)));
    expectSame('backtracking', /^(a+)+$/.test(`${'a'.repeat(17)}b`));
    /(\d+)=v(\d+)/.exec(text);
    let sum = 0;
    for (let index = 0; index < 2e5; index++) sum += index % 7;
    expectSame('what RegExp remembers', `${RegExp.$2} ${RegExp.lastMatch} ${sum}`);
    const rows = Array.from({ length: 3000 }, (_, index) => ({ index, text: `x${index}` }));
    expectSame('JSON', digest(JSON.stringify(JSON.parse(JSON.stringify(rows)))));
    const numbers = Array.from({ length: 2e4 }, (_, index) => (index * 7919) % 10007);
    expectSame('sort', digest(numbers.toSorted((a, b) => a - b).join()));
    const map = new Map();
    for (let index = 0; index < 3e4; index++) {
      map.set(index, index);
      if (index % 3 === 0) map.delete(index >> 1);
    }
    expectSame('Map', map.size);
    expectSame(
      'generator',
      [...doubled(20000)].reduce((a, b) => a + b, 0),
    );
    falls = 0;
    try {
      fall(500);
    } catch (error) {
      expectSame('exception', `${error.message} ${falls} ${error.stack.split('\n').length}`);
    }
    // No promise callback may run before the code that runs now has returned.
    let early = true;
    void Promise.resolve().then(() => (early = false));
    for (let index = 0; index < 2e5; index++) sum += index % 5;
    expectSame('order of callbacks', early);
    await createTask(
      async () => {
        for (let count = 0; count < 50; count++) {
          await null;
          expectSame('current task', currentTask()?.origin.name === `round ${round}`);
        }
      },
      { name: `round ${round}` },
    );
    expectSame('limit of stacks', `${Error.stackTraceLimit} ${typeof Error.prepareStackTrace}`);
    looks += probe.samples.length;
    probe.clear();
  };

  const end = performance.now() + Number(process.argv[2]);
  for (let round = 0; performance.now() < end; round++) {
    await compute(round);
    if (round % 5 === 0) await new Promise(setImmediate);
  }
  pulse.stop();
  console.log(JSON.stringify({ enough: looks > 20, differences }));
  process.exitCode = differences.length === 0 ? 0 : 1;
}
