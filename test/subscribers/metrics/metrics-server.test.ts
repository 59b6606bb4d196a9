// Metrics over HTTP and through sockets, as a program gives them.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { giveMetrics, readMetrics, serveMetrics } from '../../../src/subscribers/metrics/metrics-server.ts';

const host = '127.0.0.1';

/** Serves at any port, and says at which. */
async function serve(render: (withinMs: number) => Promise<string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  onTestFinished(serveMetrics({ host, port: 0, render, say: resolve }));
  const line = await promise;
  expect(line).toMatch(/^metrics are at http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  return line.replace('metrics are at ', '');
}

test('what is rendered is served at /metrics alone, as text of Prometheus', async () => {
  const url = await serve(async () => 'a 1\n');
  const response = await fetch(`${url}?format=text`);
  expect([response.status, await response.text()]).toEqual([200, 'a 1\n']);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect((await fetch(new URL('/', url))).status).toBe(404);
});

test('a path that is no URL is not found, and nothing breaks', async () => {
  const { port } = new URL(await serve(async () => ''));
  const socket = connect(Number(port), host).end('GET // HTTP/1.1\r\nHost: a\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /);
});

test('what is asked for has half the time that Prometheus waits for it, and 2 s at most', async () => {
  const url = await serve(async (withinMs) => String(withinMs));
  const times = ['1', '0.5', '10', '0', 'soon'].map(async (seconds) => {
    const response = await fetch(url, { headers: { 'x-prometheus-scrape-timeout-seconds': seconds } });
    return Number(await response.text());
  });
  expect(await Promise.all(times)).toEqual([500, 250, 2000, 2000, 2000]);
});

test('what cannot be collected is an error of the server, and the next is served', async () => {
  let fails = true;
  const url = await serve(() => (fails ? Promise.reject(new Error('no meter')) : Promise.resolve('a 1\n')));
  expect((await fetch(url)).status).toBe(500);
  fails = false;
  expect(await (await fetch(url)).text()).toBe('a 1\n');
});

test('a port that is in use is said in one line', async () => {
  const other: Server = createServer().listen(0, host);
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { promise, resolve } = Promise.withResolvers<string>();
  onTestFinished(serveMetrics({ host, port, render: async () => '', say: resolve }));
  expect(await promise).toBe(`metrics are not served: port ${port} of 127.0.0.1 is in use; it is tried again`);
});

test('an address that is not of this machine is said with its reason', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  onTestFinished(serveMetrics({ host: '203.0.113.1', port: 9464, render: async () => '', say: resolve }));
  expect(await promise).toMatch(/^metrics are not served: .*EADDRNOTAVAIL/);
});

test('a socket gives all of a long text, and one that does not answer gives null', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-metrics-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const long = 'loopscope_task_active 1\n'.repeat(100_000);
  giveMetrics(join(folder, 'a.sock'), async () => long, expect.unreachable);
  giveMetrics(join(folder, 'b.sock'), () => new Promise(() => {}), expect.unreachable);
  await expect.poll(() => readMetrics(join(folder, 'a.sock'))).toBe(long);
  expect(await readMetrics(join(folder, 'b.sock'))).toBe(null);
  expect(await readMetrics(join(folder, 'none.sock'))).toBe(null);
});
