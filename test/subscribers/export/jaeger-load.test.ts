// Many spans to a real Jaeger, and one that is killed and started again: what we count is what it counts.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { DestinationCounts } from '../../../src/subscribers/export/export.ts';
import { Jaeger, jaegerBinary } from '../../support/jaeger.ts';

const programs = join(import.meta.dirname, '../../programs');
const binary = jaegerBinary('test/subscribers/export/jaeger-load.test.ts');

describe.skipIf(binary === null)('Jaeger', () => {
  let jaeger: Jaeger;
  afterEach(() => jaeger.kill());

  test.for([
    { protocol: 'http/protobuf', port: 'http' },
    { protocol: 'http/json', port: 'http' },
    { protocol: 'grpc', port: 'grpc' },
  ] as const)('gets 100,000 spans over $protocol, each once', async ({ protocol, port }) => {
    jaeger = await Jaeger.start(binary as string);
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(programs, 'many-spans.ts'), `http://127.0.0.1:${jaeger.ports[port]}`, '100000', '1000', '--patient'],
      { timeout: 80_000, env: { ...process.env, NODE_OPTIONS: '', OTEL_EXPORTER_OTLP_PROTOCOL: protocol } },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ exported: 100_000, pending: 0, dropped: 0, failed: 0 });
    expect(await jaeger.accepted()).toBe(100_000);
  });

  test('that is killed and started again gets all that ended meanwhile', async () => {
    jaeger = await Jaeger.start(binary as string);
    const child = spawn(
      process.execPath,
      [join(programs, 'spans-on-demand.ts'), `http://127.0.0.1:${jaeger.ports.http}`],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const tell = async (line: string): Promise<Partial<DestinationCounts>> => {
      child.stdin.write(`${line}\n`);
      const { exported, pending, dropped, failed } = JSON.parse(
        (await answers.next()).value as string,
      ) as DestinationCounts;
      return { exported, pending, dropped, failed };
    };
    const none = { pending: 0, dropped: 0, failed: 0 };
    try {
      await tell('make 5000');
      expect(await tell('flush')).toEqual({ ...none, exported: 5000 });
      expect(await jaeger.accepted()).toBe(5000);
      await jaeger.kill();
      await tell('make 5000');
      expect(await tell('flush')).toEqual({ ...none, exported: 5000, pending: 5000 });
      jaeger = await Jaeger.start(binary as string, jaeger.ports);
      await tell('make 5000');
      expect(await tell('flush')).toEqual({ ...none, exported: 15_000 });
      expect(await jaeger.accepted()).toBe(10_000);
      expect(await tell('stop')).toEqual({ ...none, exported: 15_000 });
    } finally {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    }
    expect(stderr).toMatch(
      /^loopscope: spans cannot be exported to \S+\/v1\/traces: (connect|read) ECONN\S+( \S+)?\n$/,
    );
  });
});
