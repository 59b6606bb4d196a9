// What a real Jaeger has of our spans, read back through its API.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Jaeger, jaegerBinary, missing, until } from '../support/jaeger.ts';

const program = join(import.meta.dirname, '../programs/traced.ts');
const binary = jaegerBinary('test/subscribers/jaeger.test.ts');

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

  async function spansOf(service: string): Promise<OtlpSpan[]> {
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
      'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
      'query.num_traces': '100',
    });
    const answer = await jaeger.ask<{ result: { resourceSpans: ResourceSpans[] } }>(`traces?${query.toString()}`);
    const resourceSpans = answer?.result.resourceSpans ?? [];
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
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
