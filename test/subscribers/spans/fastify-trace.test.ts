// A request to Fastify with the instrumentations of OpenTelemetry beside ours: all of it is one trace.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startCollector } from '../../support/collector.ts';
import { Jaeger, jaegerBinary, missing, until } from '../../support/jaeger.ts';
import { treeOf, type OtlpSpan } from '../../support/otlp-json.ts';

const binary = jaegerBinary('test/subscribers/spans/fastify-trace.test.ts');
const require = createRequire(import.meta.url);
const root = new URL('../../../', import.meta.url);
const trace = [
  'POST CLIENT',
  '  POST SERVER',
  '    run order INTERNAL',
  '      run fulfil INTERNAL',
  '        run fulfil body INTERNAL',
  '        run count INTERNAL',
  '        run pack INTERNAL',
  '          put parcels PRODUCER',
  '        run ship INTERNAL',
  '          get parcels CLIENT, item put parcels',
  '          process parcels CONSUMER, item put parcels',
  '          acquire stock INTERNAL, blocked_by run count',
  '          retry carrier INTERNAL',
  '            attempt carrier INTERNAL, ERROR Error',
  '              GET CLIENT, ERROR 503',
  '                GET SERVER, ERROR 503',
  '            attempt carrier INTERNAL',
  '              GET CLIENT',
  '                GET SERVER',
];

test.runIf(process.env.CI)('in CI there is a Jaeger', () => {
  expect(binary ?? missing).toBe(binary);
});

test('request, task, queue, lock, retry and outgoing requests are one trace', async () => {
  const collector = await startCollector();
  try {
    await runService(collector.url, 'http/json');
    expect(treeOf(traceOfRequest(collector.spans))).toEqual(trace);
  } finally {
    collector.close();
  }
});

test.skipIf(binary === null)('and so they are in Jaeger', async () => {
  const jaeger = await Jaeger.start(binary as string);
  try {
    await runService(`http://127.0.0.1:${jaeger.ports.http}`, 'http/protobuf');
    const ofRequest = async (): Promise<OtlpSpan[]> => traceOfRequest(await jaeger.spansOf('shop'));
    await until(async () => (await ofRequest()).length >= trace.length);
    expect(treeOf(await ofRequest())).toEqual(trace);
  } finally {
    await jaeger.kill();
  }
});

/** As the manual of the instrumentations says, and with our hook beside them. */
async function runService(endpoint: string, protocol: string): Promise<void> {
  const flags = [require.resolve('@opentelemetry/auto-instrumentations-node/register'), './dist/src/register.js'];
  await promisify(execFile)(
    process.execPath,
    [...flags.flatMap((flag) => ['--require', flag]), 'test/programs/fastify-trace.cjs'],
    {
      cwd: root,
      timeout: 60_000,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        OTEL_SERVICE_NAME: 'shop',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http',
        OTEL_NODE_RESOURCE_DETECTORS: 'env',
      },
    },
  );
}

/** What Fastify does before it listens is in traces of its own. */
function traceOfRequest(spans: readonly OtlpSpan[]): OtlpSpan[] {
  const request = spans.find(({ name }) => name === 'POST');
  return spans.filter(({ traceId }) => traceId === request?.traceId);
}
