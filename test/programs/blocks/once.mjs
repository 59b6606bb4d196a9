// Is watched, does one thing, and says what was reported. Argument: what it does.
import { execSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, Agent } from 'node:http';
import { Session } from 'node:inspector/promises';
import { createTask, watchLoop } from '../../../dist/src/index.js';

const [what, ...rest] = process.argv.slice(2);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const worked = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;

function busy(milliseconds) {
  const end = worked() + milliseconds;
  while (worked() < end);
}

const state = { watches: false, started: false };
const stop = watchLoop({
  onBlock({ kind, native, durationMs, stack, task }) {
    state.watches = true;
    // A server makes garbage, and to collect it may take long where neighbours have the processors.
    if (!state.started || (what === 'serve' && kind === 'unknown')) return;
    console.log(`blocked: ${kind}, ${native ?? stack[0]?.function}, ${task?.origin.name}, ${durationMs > 100}`);
  },
});

const acts = {
  /** Nothing at all: nobody keeps it. */
  nothing: () => stop(),
  async 'end in a block'() {
    execSync('sleep 0.4');
    process.exit();
  },
  /** Until it is told. */
  async wait() {
    const told = once(process, 'SIGTERM');
    const timer = setInterval(() => {}, 1000);
    console.log('waiting');
    await told;
    clearInterval(timer);
    await pause(200);
  },
  async 'be busy'() {
    await createTask(() => busy(400), { name: 'work' });
    await pause(200);
  },
  /** With an inspector of its own, which it uses meanwhile. */
  async 'inspect itself'() {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    const paused = [];
    session.on('Debugger.paused', () => paused.push('paused'));
    await session.post('Debugger.enable');
    await createTask(() => busy(400), { name: 'work' });
    await pause(200);
    const { profile } = await session.post('Profiler.stop');
    const { result } = await session.post('Runtime.evaluate', { expression: '6 * 7' });
    const names = new Set(profile.nodes.map(({ callFrame }) => callFrame.functionName));
    console.log(`itself: ${result.value}, ${names.has('busy')}, ${paused.length}`);
    session.disconnect();
  },
  /** A server under full load: requests beget requests. */
  async serve() {
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const end = performance.now() + Number(rest[0]);
    let served = 0;
    const client = async () => {
      while (performance.now() < end) {
        const [response] = await once(get({ port: server.address().port, agent }), 'response');
        response.resume();
        await once(response, 'end');
        served++;
      }
    };
    await Promise.all(Array.from({ length: 20 }, client));
    console.log(`served: ${served > 100}`);
    server.closeAllConnections();
    server.close();
    agent.destroy();
  },
};

do {
  busy(150);
  await pause(100);
} while (!state.watches);
state.started = true;
await acts[what]();
