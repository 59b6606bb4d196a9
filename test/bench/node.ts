// What Node publishes of servers and of fetch, and Fastify of its routes: the same process with a part of the hook switched on
// and off in turn, in processor time of its thread. Neighbours on the machine disturb that least.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { fastify } from 'fastify';
import { threadTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

const requests = 2000;
const rounds = 15;
const warmUp = 3;
const dist = new URL('../../dist/', import.meta.url);
const autocannon = createRequire(import.meta.url).resolve('autocannon');
const program = fileURLToPath(new URL('hello.program.ts', import.meta.url));

type Instrumentation = typeof import('../../src/instrumentation.ts');
type Registry = typeof import('../../src/subscribers/registry.ts');

/** Answers or sends as many requests as are measured at a time. */
type Work = () => Promise<void>;

export async function benchNode(): Promise<Result[]> {
  const { startHook, ...hook } = (await import(new URL('src/instrumentation.js', dist).href)) as Instrumentation;
  const { startRegistry } = (await import(new URL('src/subscribers/registry.js', dist).href)) as Registry;
  const [stopHook, registry] = [startHook(), startRegistry()];
  const compare = async (name: string, parts: readonly string[], work: Work, budget: number): Promise<Result> => {
    const times: { bare: number; hooked: number }[] = [];
    for (let round = 0; round < rounds + warmUp; round++) {
      // each goes first as often as the other
      const got = { bare: 0, hooked: 0 };
      for (const side of round % 2 === 0 ? (['bare', 'hooked'] as const) : (['hooked', 'bare'] as const)) {
        for (const part of parts) (side === 'bare' ? hook.disableLibrary : hook.enableLibrary)(part);
        const start = threadTime();
        await work();
        got[side] = (threadTime() - start) / requests;
      }
      if (round >= warmUp) times.push(got);
    }
    const added = median(times.map(({ bare, hooked }) => hooked - bare));
    return {
      name,
      bare: format(median(times.map(({ bare }) => bare)) / 1000, 'µs'),
      wrapped: format(median(times.map(({ hooked }) => hooked)) / 1000, 'µs'),
      value: median(times.map(({ bare, hooked }) => hooked / bare)),
      unit: '×',
      budget,
      limit: 1.6,
      note: `${format(added / 1000, 'µs')} more`,
    };
  };
  const results = [
    await withServer((load) => compare('node:http: a request to it', ['http'], load, 1.15)),
    await withFastify((load) => compare('Fastify: a request to it', ['http', 'fastify'], load, 1.15)),
    await withFetch((load) => compare('fetch: a request', ['undici'], load, 1.15)),
  ];
  registry.stop();
  stopHook();
  return results;
}

async function withServer(measure: (load: Work) => Promise<Result>): Promise<Result> {
  const server = createServer((_, response) => response.end('hello'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const result = await measure(() => loadOf((server.address() as AddressInfo).port));
  server.close();
  return result;
}

async function withFastify(measure: (load: Work) => Promise<Result>): Promise<Result> {
  const app = fastify();
  app.get('/', () => Promise.resolve('hello'));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const result = await measure(() => loadOf((app.server.address() as AddressInfo).port));
  await app.close();
  return result;
}

/** The load comes from another process. */
async function loadOf(port: number): Promise<void> {
  const words = [autocannon, '--json', '-c', '10', '-a', String(requests), `http://127.0.0.1:${port}`];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore'] });
  assertDone('the exit code of autocannon', 0, ((await once(child, 'exit')) as [number | null])[0]);
}

async function withFetch(measure: (load: Work) => Promise<Result>): Promise<Result> {
  const server = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${port.toString().trim()}`;
  const result = await measure(async () => {
    for (let sent = 0; sent < requests; sent += 10) {
      const texts = Array.from({ length: 10 }, async () => await (await fetch(url)).text());
      assertDone('what is answered', 10, (await Promise.all(texts)).filter((text) => text === 'hello').length);
    }
  });
  server.kill();
  return result;
}
