// What a real Jaeger has of our spans, read back through its API.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Jaeger, jaegerBinary, missing, until } from '../../support/jaeger.ts';
import { textOf, type OtlpSpan } from '../../support/otlp-json.ts';

const program = join(import.meta.dirname, '../../programs/traced.ts');
const binary = jaegerBinary('test/subscribers/export/jaeger.test.ts');

test.runIf(process.env.CI)('in CI there is a Jaeger', () => {
  expect(binary ?? missing).toBe(binary);
});

describe.skipIf(binary === null)('Jaeger', () => {
  let jaeger: Jaeger;
  beforeAll(async () => void (jaeger = await Jaeger.start(binary as string)));
  afterAll(() => jaeger.kill());

  test.for([
    { protocol: 'http/protobuf', port: 'http', how: 'argument' },
    { protocol: 'http/json', port: 'http', how: 'variable' },
    { protocol: 'grpc', port: 'grpc', how: 'variable' },
  ] as const)('has every span over $protocol, with parents, links and status', async ({ protocol, port, how }) => {
    const endpoint = `http://127.0.0.1:${jaeger.ports[port]}`;
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
    await until(() => jaeger.spansOf(service).then((spans) => spans.length >= 15));
    const spans = await jaeger.spansOf(service);
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
    expect(spans.filter((span) => textOf(span.attributes, '@jaeger@warnings') !== null)).toEqual([]);
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
});

function line(span: OtlpSpan, all: readonly OtlpSpan[]): string {
  const nameOf = (id: string): string => all.find(({ spanId }) => spanId === id)?.name ?? `unknown ${id}`;
  const kinds = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
  const parts = [`${span.name} ${kinds[Number(span.kind)]}`];
  if (span.parentSpanId) parts.push(`in ${nameOf(span.parentSpanId)}`);
  for (const { spanId, attributes } of span.links ?? []) {
    parts.push(`${textOf(attributes, 'loopscope.link.type')} ${nameOf(spanId)}`);
  }
  if (span.status?.code === 2) parts.push(`ERROR ${textOf(span.attributes, 'error.type')}: ${span.status.message}`);
  return parts.join(', ');
}
