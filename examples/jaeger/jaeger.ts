// A real Jaeger, in memory, on ports of its own: found, started, asked.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const commit = '798e4b0fcf22609e381df764a01461affd813e1e'; // v2.20.0, whose tag `go install` refuses
const module = `github.com/jaegertracing/jaeger/cmd/jaeger@${commit}`;
export const howToInstall =
  'There is no Jaeger here: with Go 1.26 or newer, which takes minutes, --install installs it by\n' +
  `  go install ${module}\n` +
  'or set LOOPSCOPE_JAEGER to the one that you have.';

/** Builds it with Go, in sight. */
export function installJaeger(): void {
  const { status, error } = spawnSync('go', ['install', module], { stdio: 'inherit' });
  if (status !== 0) console.error(error === undefined ? 'go install failed' : 'There is no Go here: https://go.dev/dl');
}

/** Where LOOPSCOPE_JAEGER says, in PATH, or where `go install` puts it; null if it is nowhere. */
export function findJaeger(): string | null {
  const { LOOPSCOPE_JAEGER: chosen, PATH = '', GOPATH = join(homedir(), 'go') } = process.env;
  if (chosen !== undefined) return existsSync(chosen) ? chosen : null;
  const folders = [...PATH.split(delimiter), join(GOPATH, 'bin')];
  return folders.map((folder) => join(folder, 'jaeger')).find((file) => existsSync(file)) ?? null;
}

export interface Jaeger {
  readonly otlp: string;
  readonly url: string;
  readonly child: ChildProcess;
}

/** Resolves when it answers. */
export async function startJaeger(binary: string): Promise<Jaeger> {
  const [http, query, queryGrpc] = (await freePorts(3)) as [number, number, number];
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-example-'));
  const config = join(folder, 'jaeger.json');
  writeFileSync(config, JSON.stringify(configuration(http, query, queryGrpc)));
  const child = spawn(binary, ['--config', config], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${query}`;
  while (child.exitCode === null) {
    const response = await fetch(`${url}/api/v3/services`).catch(() => null);
    if (response?.ok === true) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  rmSync(folder, { recursive: true });
  if (child.exitCode !== null) throw new Error(`${binary} ended with code ${child.exitCode} before it was ready`);
  return { otlp: `http://127.0.0.1:${http}`, url, child };
}

function configuration(http: number, query: number, queryGrpc: number): object {
  const endpoint = (port: number): object => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 10_000 } } } },
      jaeger_query: { storage: { traces: 'memory' }, http: endpoint(query), grpc: endpoint(queryGrpc) },
    },
    receivers: { otlp: { protocols: { http: endpoint(http) } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
