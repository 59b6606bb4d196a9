// The exporter in processes of its own, against collectors that are missing, hang, or are somebody else's.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { program, register, startNode, type Outcome } from '../../support/cli.ts';
import { startCollector } from '../../support/collector.ts';

// On a machine that is busy the loop may be blocked, which would be a span more.
vi.stubEnv('LOOPSCOPE_WATCHDOG', '0');

const programs = join(import.meta.dirname, '../../programs');

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  /** From its output to its end. */
  readonly lastedMs: number;
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const running = promisify(execFile)(process.execPath, [join(programs, program), ...args], {
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  let printed = Number.NaN;
  running.child.stdout?.once('data', () => (printed = performance.now()));
  const { stdout, stderr } = await running;
  return { stdout, stderr, lastedMs: performance.now() - printed };
}

/** A collector that answers as it is told, for as long as it is used. */
async function withCollector(listener: RequestListener, use: (endpoint: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a collector that is not there costs one line, and the program its time no more', async () => {
  let endpoint = '';
  await withCollector(
    () => {},
    async (free) => void (endpoint = free),
  );
  const { stdout, stderr, lastedMs } = await run('traced.ts', [endpoint]);
  const { stopMs, ...counts } = JSON.parse(stdout);
  expect(counts).toMatchObject({ exported: 0, pending: 0, dropped: 15, failed: 0 });
  expect(stderr).toMatch(/^loopscope: spans cannot be exported to \S+\/v1\/traces: connect ECONNREFUSED \S+\n$/);
  expect(stopMs).toBeLessThan(1400); // a flush that waits takes 1.5 s
  expect(lastedMs).toBeLessThan(10_000);
});

test('a collector that never answers is left after two seconds, and does not keep the process', async () => {
  await withCollector(
    () => {},
    async (endpoint) => {
      // The export itself would wait for 30 s, and the process with it.
      const { stdout, stderr, lastedMs } = await run('traced.ts', [endpoint], { OTEL_EXPORTER_OTLP_TIMEOUT: '50000' });
      const { stopMs } = JSON.parse(stdout);
      expect(stopMs).toBeGreaterThan(1400);
      expect(stopMs).toBeLessThan(10_000);
      expect(lastedMs).toBeLessThan(10_000);
      expect(stderr).toMatch(/^loopscope: spans cannot be exported to \S+: no answer within 1.5 s\n$/);
    },
  );
});

test('a collector that refuses costs one line', async () => {
  await withCollector(
    (_request, response) => response.writeHead(400).end(),
    async (endpoint) => {
      const { stdout, stderr } = await run('traced.ts', [endpoint]);
      expect(JSON.parse(stdout)).toMatchObject({ exported: 0, dropped: 0, failed: 15 });
      expect(stderr).toMatch(/^loopscope: spans cannot be exported to \S+: 400 Bad Request\n$/);
    },
  );
});

test('a web page in the place of a collector has taken nothing', async () => {
  await withCollector(
    (request, response) => request.resume().on('end', () => response.end('<!doctype html><title>Sign in</title>')),
    async (endpoint) => {
      const { stdout, stderr } = await run('traced.ts', [endpoint]);
      expect(JSON.parse(stdout)).toMatchObject({ exported: 0, dropped: 0, failed: 15 });
      expect(stderr).toMatch(
        /^loopscope: spans cannot be exported to \S+: a web page answers there, and no collector\n$/,
      );
    },
  );
});

test.each([
  ['http/json', JSON.stringify({ partialSuccess: { rejectedSpans: '4', errorMessage: 'too old' } })],
  // The same by hand: field 1 is the partial success, in which 1 is the number and 2 the message.
  ['http/protobuf', Buffer.from([0x0a, 0x0b, 0x08, 4, 0x12, 7, ...Buffer.from('too old')])],
])('what a collector takes in part, over %s, is counted and said', async (protocol, answer) => {
  await withCollector(
    (request, response) => {
      request
        .resume()
        .on('end', () => response.setHeader('content-type', `application/${protocol.slice(5)}`).end(answer));
    },
    async (endpoint) => {
      const { stdout, stderr } = await run('traced.ts', [endpoint], { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
      expect(JSON.parse(stdout)).toMatchObject({ pending: 0, dropped: 0, problem: 'too old' });
      const { exported, failed } = JSON.parse(stdout);
      expect([exported + failed, failed % 4]).toEqual([15, 0]); // a loaded machine sends more than one batch
      expect(stderr).toMatch(/^loopscope: spans cannot be exported to \S+: too old\n$/);
    },
  );
});

test('a collector that is slow loses what exceeds the limit, and one that dies the rest: all of it is counted', async () => {
  const sockets = new Set<Socket>();
  let requests = 0;
  const listener: RequestListener = (request, response) => {
    sockets.add(request.socket);
    request.resume().on('end', () => {
      if (++requests === 4) for (const socket of sockets) socket.destroy();
      else setTimeout(() => response.end(), 20);
    });
  };
  await withCollector(listener, async (endpoint) => {
    const { stdout, lastedMs } = await run('many-spans.ts', [endpoint, '30000', '2000']);
    const { exported, pending, dropped, failed, longestTurnMs, stopMs } = JSON.parse(stdout);
    expect({ sum: exported + pending + dropped + failed, pending }).toEqual({ sum: 30_000, pending: 0 });
    expect(exported).toBeGreaterThan(500);
    expect(dropped).toBeGreaterThan(1000);
    expect(longestTurnMs).toBeLessThan(2000);
    expect(stopMs).toBeLessThan(5000); // 2 s, on a machine that has time
    expect(lastedMs).toBeLessThan(5000);
  });
});

test('under the hook a collector that hangs delays the end by two seconds at most, and its loss is said', async () => {
  await withCollector(
    () => {},
    async (endpoint) => {
      const started = performance.now();
      const { stderr, code } = await startNode(['--import', register, program('trace-ends.mjs'), 'return'], {
        env: { LOOPSCOPE_OTLP: endpoint, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      }).outcome;
      expect({ stderr, code }).toEqual({
        stderr:
          `loopscope: spans cannot be exported to ${endpoint}/v1/traces: no answer within 2 s\n` +
          `loopscope: 3 of the spans that ended were not exported to ${endpoint}/v1/traces\n`,
        code: 0,
      });
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );
});

test.each([
  ['that closes every connection', 'http', true],
  ['that hangs with TLS', 'https', false],
])('nor does one %s, whatever its exporter waits for', async (_name, scheme, closes) => {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    if (closes) socket.destroy();
    else sockets.add(socket.on('error', () => {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const endpoint = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const started = performance.now();
    const { stderr } = await startNode(['--import', register, program('trace-ends.mjs'), 'return'], {
      env: {
        LOOPSCOPE_OTLP: endpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT: '30000',
        OTEL_LOGS_EXPORTER: 'none',
      },
    }).outcome;
    expect(stderr).toContain(`3 of the spans that ended were not exported to ${endpoint}`);
    expect(performance.now() - started).toBeLessThan(10_000); // attempts go on for 13 s, or a request for 30 s
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test('what a signal leaves behind is said', async () => {
  await withCollector(
    (_request, response) => void response.end('{}'),
    async (endpoint) => {
      const { stderr, signal } = await startNode(['--import', register, program('trace-ends.mjs'), 'SIGTERM'], {
        env: { LOOPSCOPE_OTLP: endpoint, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      }).outcome;
      expect(signal).toBe('SIGTERM');
      expect(stderr).toMatch(/^loopscope: \d of the spans that ended were not exported to \S+\/v1\/traces\n$/);
    },
  );
});

test('the variables of OpenTelemetry choose exporter, sampler, name and headers, or switch all of it off', async () => {
  const collector = await startCollector();
  const outcome = (env: Record<string, string>): Promise<Outcome> =>
    startNode(['--import', register, program('trace-ends.mjs'), 'return'], { env }).outcome;
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const said = ({ code, stdout, stderr }: Outcome): object => ({ code, stdout, stderr });
  const quiet = { code: 0, stdout: '', stderr: '' };
  try {
    const off: Record<string, string>[] = [
      { OTEL_SDK_DISABLED: 'true' },
      { OTEL_TRACES_EXPORTER: 'none' },
      { OTEL_TRACES_SAMPLER: 'always_off' },
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
    ];
    const ends = await Promise.all(off.map((env) => outcome({ ...endpoint, ...env, OTEL_METRICS_EXPORTER: 'none' })));
    expect(ends.map(said)).toEqual(off.map(() => quiet));
    expect(collector.taken).toEqual([]);
    const headers = {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    };
    expect(said(await outcome({ ...endpoint, ...headers }))).toEqual(quiet);
    expect(collector.taken).toEqual(['run stored', 'run first', 'run last']);
    expect(collector.requests[0]?.headers['x-key']).toBe('secret');
    const { stdout } = await outcome({ OTEL_TRACES_EXPORTER: 'console', OTEL_SERVICE_NAME: 'shop' });
    expect(stdout.match(/(?<=name: )'(run )?.*'/g)).toEqual(
      expect.arrayContaining(["'run stored'", "'run first'", "'run last'"]),
    );
    expect(stdout).toContain("'service.name': 'shop'");
  } finally {
    collector.close();
  }
});

test('spans go where the variables of OpenTelemetry say, with the name of the script and no command line', async () => {
  const bodies: { url: string | undefined; body: string }[] = [];
  await withCollector(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push({ url: request.url, body: Buffer.concat(chunks).toString() });
        response.end();
      });
    },
    async (endpoint) => {
      await run('traced.ts', [], {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      });
    },
  );
  // Spans that end half a second after the first, on a loaded machine, are a batch of their own.
  expect(new Set(bodies.map(({ url }) => url))).toEqual(new Set(['/v1/traces']));
  const { attributes } = JSON.parse(bodies[0]?.body ?? '').resourceSpans[0].resource;
  expect(attributes.map(({ key }: { key: string }) => key).toSorted()).toEqual([
    'process.pid',
    'process.runtime.name',
    'process.runtime.version',
    'service.instance.id',
    'service.name',
    'telemetry.sdk.language',
    'telemetry.sdk.name',
    'telemetry.sdk.version',
  ]);
  expect(attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'traced' } });
});

test('a program with its own SDK keeps it and gets our spans', async () => {
  const { stdout, stderr } = await run('own-sdk.ts', []);
  expect(JSON.parse(stdout)).toEqual({
    flushed: true,
    counts: [],
    spans: ['run theirs'],
  });
  expect(stderr).toBe('loopscope: the program has its own OpenTelemetry SDK: spans go where that one sends them\n');
});

test('a program that starts its own SDK later keeps its spans, and they nest below ours', async () => {
  const collector = createServer((request, response) => request.resume().on('end', () => response.end()));
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = collector.address() as AddressInfo;
    const { stdout, stderr } = await run('later-sdk.ts', [`http://127.0.0.1:${port}`]);
    expect(JSON.parse(stdout)).toEqual({ theirs: ['query', 'run after'], nested: true, exported: 1 });
    expect(stderr).toBe(
      'loopscope: the program has started its own OpenTelemetry SDK: spans go where that one sends them\n',
    );
  } finally {
    collector.close();
  }
});

test('an endpoint that is no URL, and a package that is missing, are errors that say what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-otlp-'));
  try {
    cpSync(join(import.meta.dirname, '../../../dist/src'), join(folder, 'src'), { recursive: true });
    cpSync(join(programs, 'broken-export.mjs'), join(folder, 'broken-export.mjs'));
    const missing = await promisify(execFile)(process.execPath, [join(folder, 'broken-export.mjs'), './src']);
    expect(missing.stdout).toBe(
      'ERR_LOOPSCOPE_USAGE @opentelemetry/sdk-node is needed and not installed: ' +
        'npm install @opentelemetry/api @opentelemetry/sdk-node\n',
    );
    const { stdout } = await run('broken-export.mjs', ['../../dist/src']);
    expect(stdout).toBe(
      'ERR_LOOPSCOPE_USAGE the endpoint for spans must be a URL such as http://localhost:4318, got localhost:4318\n',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
