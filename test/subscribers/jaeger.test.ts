// What a real Jaeger has of our spans, read back through its API.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const program = join(import.meta.dirname, '../programs/traced.ts');
const missing = 'no Jaeger found: run `.ci/install-jaeger <folder>` and set LOOPSCOPE_JAEGER=<folder>/jaeger';
const binary = findJaeger();
if (binary === null) process.stderr.write(`skipped test/subscribers/jaeger.test.ts: ${missing}\n`);

test.runIf(process.env.CI)('in CI there is a Jaeger', () => {
  expect(binary ?? missing).toBe(binary);
});

describe.skipIf(binary === null)('Jaeger', () => {
  let folder: string;
  let jaeger: ChildProcess;
  let ports: { grpc: number; http: number; query: number };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopscope-jaeger-'));
    // Somebody may take one of the ports before Jaeger does: then it ends, and others are tried.
    for (let attempt = 1; !(await startJaeger()); attempt++) {
      if (attempt === 5) throw new Error('Jaeger ended before it was ready, five times');
    }
  });

  afterAll(async () => {
    // It has nothing to save, and takes ten seconds to end when it is asked to.
    if (jaeger.exitCode === null && jaeger.signalCode === null && jaeger.kill('SIGKILL')) await once(jaeger, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  test.for([
    { protocol: 'http/protobuf', port: 'http', how: 'argument' },
    { protocol: 'http/json', port: 'http', how: 'variable' },
    { protocol: 'grpc', port: 'grpc', how: 'variable' },
  ] as const)('has every span over $protocol, with parents, links and status', async ({ protocol, port, how }) => {
    const endpoint = `http://127.0.0.1:${ports[port]}`;
    const service = `traced-${protocol.replace('/', '-')}`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [program, '--patient', ...(how === 'argument' ? [endpoint] : [])],
      {
        timeout: 60_000,
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          OTEL_SERVICE_NAME: service,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          ...(how === 'variable' && { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
        },
      },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ exported: 15, pending: 0, dropped: 0, failed: 0 });
    await until(() => spansOf(service).then((spans) => spans.length >= 15));
    const spans = await spansOf(service);
    expect(spans.map((span) => line(span, spans)).toSorted()).toEqual([
      'acquire accounts INTERNAL, in run credit, blocked_by run debit',
      'attempt rates INTERNAL, in retry rates',
      'attempt rates INTERNAL, in retry rates, ERROR TypeError: no rates',
      'get orders CLIENT, in run consumer, item put orders',
      'put orders PRODUCER, in run producer',
      'query INTERNAL, in run main',
      'retry rates INTERNAL, in run main',
      'run consumer INTERNAL, in run shop',
      'run credit INTERNAL, in run shop',
      'run debit INTERNAL, in run shop',
      'run given up INTERNAL, in run main',
      'run main INTERNAL',
      'run producer INTERNAL, in run shop',
      'run shop INTERNAL, in run main',
      'run shop body INTERNAL, in run shop',
    ]);
    expect(spans.filter((span) => text(span.attributes, '@jaeger@warnings') !== null)).toEqual([]);
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    const outside = spans.filter(({ parentSpanId, startTimeUnixNano, endTimeUnixNano }) => {
      const parent = spans.find((other) => other.spanId === parentSpanId);
      return (
        parent !== undefined &&
        (BigInt(startTimeUnixNano) < BigInt(parent.startTimeUnixNano) ||
          BigInt(endTimeUnixNano) > BigInt(parent.endTimeUnixNano))
      );
    });
    // The SDK cuts the start of the program's own span to whole milliseconds.
    expect(outside.map((span) => span.name).filter((name) => name !== 'query')).toEqual([]);
  });

  /** False if it ended before it was ready. */
  async function startJaeger(): Promise<boolean> {
    const [grpc, http, query, queryGrpc] = (await freePorts(4)) as [number, number, number, number];
    ports = { grpc, http, query };
    const config = join(folder, 'jaeger.json');
    writeFileSync(config, JSON.stringify(jaegerConfig({ grpc, http, query, queryGrpc })));
    jaeger = spawn(binary as string, ['--config', config], { stdio: 'ignore' });
    let ended = false;
    jaeger.once('exit', () => (ended = true));
    await until(async () => ended || (await ask('services')) !== null);
    return !ended;
  }

  async function spansOf(service: string): Promise<OtlpSpan[]> {
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
      'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
      'query.num_traces': '100',
    });
    const answer = await ask<{ result: { resourceSpans: ResourceSpans[] } }>(`traces?${query.toString()}`);
    const resourceSpans = answer?.result.resourceSpans ?? [];
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  }

  async function ask<Answer = object>(path: string): Promise<Answer | null> {
    const response = await fetch(`http://127.0.0.1:${ports.query}/api/v3/${path}`).catch(() => null);
    return response?.ok === true ? ((await response.json()) as Answer) : null;
  }
});

/** The parts of the JSON form of OTLP that are looked at. */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number | string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly links?: readonly { readonly spanId: string; readonly attributes?: readonly Attribute[] }[];
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface ResourceSpans {
  readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
}

function line(span: OtlpSpan, all: readonly OtlpSpan[]): string {
  const nameOf = (id: string): string => all.find(({ spanId }) => spanId === id)?.name ?? `unknown ${id}`;
  const kinds = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
  const parts = [`${span.name} ${kinds[Number(span.kind)]}`];
  if (span.parentSpanId) parts.push(`in ${nameOf(span.parentSpanId)}`);
  for (const { spanId, attributes } of span.links ?? []) {
    parts.push(`${text(attributes, 'loopscope.link.type')} ${nameOf(spanId)}`);
  }
  if (span.status?.code === 2) parts.push(`ERROR ${text(span.attributes, 'error.type')}: ${span.status.message}`);
  return parts.join(', ');
}

/** The text of an attribute; what it is instead of a text; null where it is missing. */
function text(attributes: readonly Attribute[] | undefined, key: string): string | null {
  const value = attributes?.find((attribute) => attribute.key === key)?.value;
  return value === undefined ? null : (value.stringValue ?? JSON.stringify(value));
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

/** Jaeger in memory, with nothing but OTLP and its query API, on ports of our own. */
function jaegerConfig(ports: { grpc: number; http: number; query: number; queryGrpc: number }): object {
  const endpoint = (port: number): { endpoint: string } => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
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
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 1200; asked++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not so within a minute: ${String(condition)}`);
}
