// A real Jaeger in memory, on ports of its own, with its query API and its own metrics.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { spansOf, type OtlpRequest, type OtlpSpan } from './otlp-json.ts';

interface Ports {
  readonly grpc: number;
  readonly http: number;
  readonly query: number;
  readonly queryGrpc: number;
  readonly metrics: number;
}

/** Why there is none. */
export const missing = 'no Jaeger found: run `.ci/install-jaeger <folder>` and set LOOPSCOPE_JAEGER=<folder>/jaeger';

/** The executable; null where there is none, which is said once. */
export function jaegerBinary(test: string): string | null {
  const binary = findJaeger();
  if (binary === null) process.stderr.write(`skipped ${test}: ${missing}\n`);
  return binary;
}

/** One that runs. */
export class Jaeger {
  readonly ports: Ports;
  readonly #child: ChildProcess;

  private constructor(ports: Ports, child: ChildProcess) {
    this.ports = ports;
    this.#child = child;
  }

  /** Starts one, on the ports of an earlier one or on others. */
  static async start(binary: string, on?: Ports): Promise<Jaeger> {
    // Somebody may take one of the ports before Jaeger does: then it ends, and others are tried.
    for (let attempt = 1; attempt <= 5; attempt++) {
      const [grpc, http, query, queryGrpc, metrics] = (await freePorts(5)) as [number, number, number, number, number];
      const ports = on ?? { grpc, http, query, queryGrpc, metrics };
      const folder = mkdtempSync(join(tmpdir(), 'loopscope-jaeger-'));
      const config = join(folder, 'jaeger.json');
      writeFileSync(config, JSON.stringify(jaegerConfig(ports)));
      const jaeger = new Jaeger(ports, spawn(binary, ['--config', config], { stdio: 'ignore' }));
      let ended = false;
      jaeger.#child.once('exit', () => (ended = true));
      await until(async () => ended || (await jaeger.ask('services')) !== null);
      rmSync(folder, { recursive: true, force: true });
      if (!ended) return jaeger;
    }
    throw new Error('Jaeger ended before it was ready, five times');
  }

  /** It has nothing to save, and takes ten seconds to end when it is asked to. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  }

  /** Of the query API; null where it does not answer, or has nothing. */
  async ask<Answer = object>(path: string): Promise<Answer | null> {
    const response = await fetch(`http://127.0.0.1:${this.ports.query}/api/v3/${path}`).catch(() => null);
    return response?.ok === true ? ((await response.json()) as Answer) : null;
  }

  /** The spans of the last traces of a service. */
  async spansOf(service: string): Promise<OtlpSpan[]> {
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
      'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
      'query.num_traces': '100',
    });
    const answer = await this.ask<{ result: OtlpRequest }>(`traces?${query.toString()}`);
    return answer === null ? [] : spansOf(answer.result);
  }

  /** How many spans it says that it has taken. */
  async accepted(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.ports.metrics}/metrics`)).text();
    const counts = text.matchAll(/^otelcol_receiver_accepted_spans_total\{.*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }
}

function findJaeger(): string | null {
  const { LOOPSCOPE_JAEGER: chosen, PATH = '' } = process.env;
  if (chosen !== undefined) return existsSync(chosen) ? chosen : null;
  const folders = PATH.split(delimiter);
  try {
    folders.push(join(execFileSync('go', ['env', 'GOPATH'], { encoding: 'utf8', stdio: 'pipe' }).trim(), 'bin'));
  } catch {
    // no Go: then nothing was installed with it
  }
  return folders.map((folder) => join(folder, 'jaeger')).find((file) => existsSync(file)) ?? null;
}

/** Nothing but OTLP, the query API, and metrics. */
function jaegerConfig(ports: Ports): object {
  const endpoint = (port: number): { endpoint: string } => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: {
        logs: { level: 'error' },
        metrics: {
          level: 'normal',
          readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports.metrics } } } }],
        },
      },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 1000 } } } },
      jaeger_query: { storage: { traces: 'memory' }, http: endpoint(ports.query), grpc: endpoint(ports.queryGrpc) },
    },
    receivers: { otlp: { protocols: { grpc: endpoint(ports.grpc), http: endpoint(ports.http) } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}

/** Ports that were free a moment ago, all at the same time. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Asks again until the answer is yes: a server of another process tells nobody when it is ready. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 1200; asked++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not so within a minute: ${String(condition)}`);
}
