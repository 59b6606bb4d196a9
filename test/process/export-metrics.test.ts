// Metrics and log records at a collector: what arrives of a program that is short, and what a bad collector may cost it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { register, startNode, type Outcome } from '../support/cli.ts';

const script = `const { createTask } = await import('loopscope');
  await createTask(async () => {}, { name: 'done' });
  createTask(() => new Promise(() => {}), { name: 'forgotten' });
  setTimeout(() => {}, 20); // until that is pending for longer than LOOPSCOPE_PENDING_AFTER`;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A collector, and the bodies that it got at each path. */
async function startCollector(answer: Answer): Promise<{ url: string; bodies: Map<string, string[]> }> {
  const bodies = new Map<string, string[]>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    void text(request).then((body) => {
      bodies.set(path, [...(bodies.get(path) ?? []), body]);
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

function run(url: string, env: Record<string, string> = {}): Promise<Outcome> {
  return startNode(['--import', register, '--input-type=module', '--eval', script], {
    env: {
      LOOPSCOPE_OTLP: url,
      LOOPSCOPE_OUTPUT: '/dev/null', // the report is of no interest here
      LOOPSCOPE_PENDING_AFTER: '1ms',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ...env,
    },
  }).outcome;
}

const take: Answer = (_, response) => void response.setHeader('content-type', 'application/json').end('{}');

test('what a short program did arrives before it ends', async () => {
  const { url, bodies } = await startCollector(take);
  const { code, stderr } = await run(url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect([...bodies.keys()].toSorted()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
  const metrics = bodies.get('/v1/metrics')?.join('') ?? '';
  for (const name of ['loopscope.task.duration', 'loopscope.task.leaked']) {
    expect(metrics).toContain(`"${name}"`);
  }
  expect(metrics).toContain('"service.name"');
  expect(bodies.get('/v1/logs')?.join('')).toContain('forgotten #');
});

test('the variables of OpenTelemetry switch metrics and log records off', async () => {
  const { url, bodies } = await startCollector(take);
  const { code, stderr } = await run(url, { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect([...bodies.keys()]).toEqual(['/v1/traces']);
});

test('of a collector that takes spans alone, as Jaeger, nothing is said', async () => {
  const { url } = await startCollector((request, response) => {
    if (request.url === '/v1/traces') take(request, response);
    else response.writeHead(404).end();
  });
  const { code, stderr } = await run(url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a collector that is not there, or does not answer, costs a line for each kind and no more than the time for it', async () => {
  const { url } = await startCollector(() => {});
  const hanging = await run(url);
  const absent = await run('http://127.0.0.1:1');
  for (const { code, stderr } of [hanging, absent]) {
    expect(code).toBe(0);
    expect(stderr.match(/metrics cannot be exported/g)).toHaveLength(1);
    expect(stderr.match(/logs cannot be exported/g)).toHaveLength(1);
  }
});
