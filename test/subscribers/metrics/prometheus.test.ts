// What a real Prometheus has of our metrics, read back through its API.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { metricTable, type MetricDefinition } from '../../../src/subscribers/metrics/metrics-table.ts';
import { program, startLoopscope, type Run } from '../../support/cli.ts';

const missing = 'no Prometheus found: apt-get install prometheus (of Debian), or put one of prometheus.io into PATH';
const binary = find('prometheus');
if (binary === null) process.stderr.write(`skipped test/subscribers/metrics/prometheus.test.ts: ${missing}\n`);

test.runIf(process.env.CI)('in CI there is a Prometheus', () => {
  expect(binary ?? missing).toBe(binary);
});

describe.skipIf(binary === null)('Prometheus', () => {
  let folder: string;
  let url: string;
  let target: string;
  let prometheus: ChildProcess;
  let run: Run;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopscope-prometheus-'));
    const spans = join(folder, 'spans.jsonl'); // so that there are metrics of the export of spans
    const options = ['--prometheus', '0', '--trace-file', spans, '--block-threshold', '50ms'];
    run = startLoopscope(['run', ...options, '--', program('everything.ts')], { limitMs: 180_000 });
    let text = '';
    run.child.stderr?.on('data', (part: string) => (text += part));
    await Promise.all([run.printed('/metrics'), run.printed('ready')]);
    target = /http:\/\/(\S+)\/metrics/.exec(text)?.[1] ?? '';
    // Somebody may take its port before it does: then it ends, and another is tried.
    for (let attempt = 1; !(await startPrometheus()); attempt++) {
      if (attempt === 5) throw new Error('Prometheus ended before it was ready, five times');
    }
  });

  afterAll(async () => {
    run.child.kill('SIGTERM');
    await run.outcome;
    if (prometheus.exitCode === null && prometheus.signalCode === null && prometheus.kill('SIGKILL')) {
      await once(prometheus, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('scrapes every metric', async () => {
    const wanted = Object.values<MetricDefinition>(metricTable)
      .filter(({ name }) => name !== 'loopscope.task.leaked') // it goes on
      .flatMap(seriesOf);
    await expect
      .poll(async () => (await names()).filter((name) => name.startsWith('loopscope_')), { timeout: 60_000 })
      .toEqual([...wanted, 'loopscope_process_up'].toSorted());
    expect(await query('up')).toEqual({ '': 1 });
  });

  test('answers how deep a queue is, who waits for a lock, and whether a breaker is open', async () => {
    await expect.poll(() => query('loopscope_queue_size'), { timeout: 60_000 }).toEqual({ orders: 3 });
    expect(await query('loopscope_queue_size / loopscope_queue_capacity')).toEqual({ orders: 1 });
    expect(await query('loopscope_queue_pending_requests{loopscope_queue_operation="put"}')).toEqual({ orders: 2 });
    expect(await query('loopscope_lock_pending_requests{loopscope_lock_type="mutex"} > 0')).toEqual({ ledger: 2 });
    expect(await query('loopscope_circuit_breaker_status{loopscope_circuit_breaker_state="open"}')).toEqual({
      payments: 1,
    });
    expect(await query('sum by (loopscope_circuit_breaker_name) (loopscope_circuit_breaker_status)')).toEqual({
      payments: 1,
    });
    expect(await query('loopscope_pool_resource_count{loopscope_pool_resource_state="used"}')).toEqual({
      connections: 1,
    });
    expect(await query('sum(loopscope_task_active{loopscope_task_name="booking"})')).toEqual({ '': 2 });
    const long = 'histogram_quantile(0.5, loopscope_eventloop_block_duration_seconds_bucket) >= bool 0.05';
    expect(await query(long)).toEqual({ '': 1 });
  });

  test('objects to nothing but the names that OpenTelemetry has for numbers of resources', async () => {
    const promtool = find('promtool') ?? 'promtool';
    const text = await (await fetch(`http://${target}/metrics`)).text();
    const { stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(stderr.trim().split('\n').toSorted()).toEqual(
      ['executor_thread', 'pool_resource'].map(
        (name) => `loopscope_${name}_count non-histogram and non-summary metrics should not have "_count" suffix`,
      ),
    );
  });

  /** False if it ended before it was ready. */
  async function startPrometheus(): Promise<boolean> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = join(folder, 'prometheus.json');
    const scrape = { job_name: 'loopscope', static_configs: [{ targets: [target] }] };
    // JSON is YAML
    writeFileSync(
      config,
      JSON.stringify({ global: { scrape_interval: '500ms', scrape_timeout: '500ms' }, scrape_configs: [scrape] }),
    );
    const data = `--storage.tsdb.path=${join(folder, `data-${port}`)}`;
    const words = [`--config.file=${config}`, data, `--web.listen-address=127.0.0.1:${port}`];
    prometheus = spawn(binary as string, words, { stdio: 'ignore' });
    let ended = false;
    prometheus.once('exit', () => (ended = true));
    const isReady = async (): Promise<boolean> => {
      const response = await fetch(`${url}/-/ready`).catch(() => null);
      return response?.ok === true;
    };
    await vi.waitUntil(async () => ended || (await isReady()), { timeout: 60_000, interval: 50 });
    return !ended;
  }

  /** The values now, by the name that a series has in our labels. */
  async function query(promql: string): Promise<Record<string, number>> {
    const answer = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(promql)}`,
    );
    return Object.fromEntries(
      answer.result.map(({ metric, value }) => {
        const label = Object.keys(metric).find((key) => key.endsWith('_name') && key !== '__name__');
        return [label === undefined ? '' : metric[label], Number(value[1])];
      }),
    );
  }

  function names(): Promise<string[]> {
    return ask<string[]>('label/__name__/values');
  }

  async function ask<Data>(path: string): Promise<Data> {
    const response = await fetch(`${url}/api/v1/${path}`);
    return ((await response.json()) as { readonly data: Data }).data;
  }
});

/** What a metric is in Prometheus. */
function seriesOf({ name, instrument, unit }: MetricDefinition): string[] {
  const seconds = unit === 's' ? '_seconds' : '';
  const whole = name.replaceAll('.', '_') + seconds + (unit === '1' && instrument === 'gauge' ? '_ratio' : '');
  if (instrument === 'histogram') return ['_bucket', '_count', '_sum'].map((end) => whole + end);
  return [instrument === 'counter' ? `${whole}_total` : whole];
}

function find(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders, '/usr/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
