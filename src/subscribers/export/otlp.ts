// The way of spans to a collector by OTLP: which one, by which protocol, and what it says that it did not take.
import { UsageError } from '../../errors.ts';
import { whyUnreachable } from './collector.ts';
import type { EndedSpan, ExportQueueOptions, ExportResult, SpanExporter } from './export-queue.ts';
import type { SdkPackages } from '../open-telemetry.ts';
import { holdNoProcess, watchAnswers } from './otlp-transport.ts';

/** Milliseconds that a request may take where no variable says it. One of gRPC holds the process for so long. */
export const requestTimeoutMs = { http: 5000, grpc: 2000 } as const;
const lessThan = 60; // the first byte of HTML, with which neither a message of protobuf for us nor JSON begins
/** Statuses of HTTP and of gRPC with which the same request may succeed later. */
const retryable = new Set([408, 425, 429, 1, 4, 8, 10, 11, 14, 15]);

interface ExporterModule {
  OTLPTraceExporter: new (options: { readonly url?: string; readonly timeoutMillis?: number }) => SpanExporter;
}

interface Destination {
  readonly protocol: string;
  readonly url: string;
  /** Whether the URL is ours to set; otherwise the exporter reads its variables. */
  readonly explicit: boolean;
}

/**
 * What an `ExportQueue` needs to send spans by OTLP.
 * @param endpoint base URL of the collector, as in `OTEL_EXPORTER_OTLP_ENDPOINT`; null for what the variables say
 * @throws UsageError if the endpoint is no URL
 */
export function otlpExport(
  sdk: SdkPackages,
  endpoint: string | null,
): Pick<ExportQueueOptions, 'exporter' | 'destination' | 'whyUnreachable'> {
  const { protocol, url, explicit } = findDestination(sdk, endpoint);
  const kind = protocol === 'grpc' ? 'grpc' : protocol === 'http/json' ? 'http' : 'proto';
  const { OTLPTraceExporter } = sdk.load(`@opentelemetry/exporter-trace-otlp-${kind}`) as ExporterModule;
  const exporter = new OTLPTraceExporter({
    ...(explicit && { url }),
    ...(variable(sdk, 'TIMEOUT') === undefined && {
      timeoutMillis: requestTimeoutMs[kind === 'grpc' ? 'grpc' : 'http'],
    }),
  });
  return { exporter: new OtlpExporter(exporter), destination: url, whyUnreachable: () => whyUnreachable(url) };
}

/** The URL for traces of a collector whose base URL this is. */
export function tracesUrl(endpoint: string): string {
  return endpoint.endsWith('/v1/traces') ? endpoint : `${endpoint.replace(/\/$/, '')}/v1/traces`;
}

function findDestination(sdk: SdkPackages, endpoint: string | null): Destination {
  const protocol = variable(sdk, 'PROTOCOL') ?? 'http/protobuf';
  if (endpoint === null) {
    const fallback = protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318';
    return { protocol, url: variable(sdk, 'ENDPOINT') ?? fallback, explicit: false };
  }
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new UsageError(`the endpoint for spans must be a URL such as http://localhost:4318, got ${endpoint}`);
  }
  return { protocol, url: protocol === 'grpc' ? endpoint : tracesUrl(endpoint), explicit: true };
}

/** One of the exporter's variables: the one for traces goes before the one for all signals. */
function variable({ core }: SdkPackages, name: string): string | undefined {
  return (
    core.getStringFromEnv(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? core.getStringFromEnv(`OTEL_EXPORTER_OTLP_${name}`)
  );
}

/** The exporter of the SDK, with what it keeps to itself: what was taken in part, and what is refused for good. */
class OtlpExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  #rejected = 0;
  #reason = '';
  #isCollector = true;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
    holdNoProcess(exporter);
    watchAnswers(exporter, (answer, data) => this.#read(answer, data));
  }

  export(spans: readonly EndedSpan[], done: (result: ExportResult) => void): void {
    this.#rejected = 0;
    this.#isCollector = true;
    this.#exporter.export(spans, ({ code, error }) => {
      if (code !== 0) return done({ code, error: explain(error), isFinal: isRefusal(error) });
      if (!this.#isCollector) {
        return done({ code: 1, error: new Error('a web page answers there, and no collector'), isFinal: true });
      }
      const rejected = this.#rejected;
      return done(rejected === 0 ? { code } : { code, rejected, error: new Error(this.#reason) });
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #read(answer: unknown, data: Uint8Array): void {
    this.#isCollector = data[0] !== lessThan;
    const { partialSuccess } = (answer ?? {}) as { readonly partialSuccess?: Readonly<Record<string, unknown>> };
    this.#rejected = Number(partialSuccess?.['rejectedSpans'] ?? 0) || 0; // of 64 bits, and so a text in JSON
    const message = partialSuccess?.['errorMessage'];
    this.#reason = typeof message === 'string' && message !== '' ? message : `${this.#rejected} spans were rejected`;
  }
}

/** A status of HTTP in the 400s or of gRPC says that it was heard and is not wanted. */
function isRefusal(error: Error | undefined): boolean {
  const code = codeOf(error);
  if (code === null || retryable.has(code)) return false;
  return (code >= 400 && code < 500) || (code > 0 && code < 17);
}

/** Of a status of HTTP the exporter gives the words alone, and of one that may pass not even these. */
export function explain(error: Error | undefined): Error {
  const code = codeOf(error) ?? 0;
  if (error?.message === 'Export failed with retryable status') return new Error('429, 502, 503 or 504: not now');
  return code >= 100 ? new Error(`${code} ${error?.message ?? ''}`.trim()) : (error ?? new Error('no reason given'));
}

function codeOf(error: Error | undefined): number | null {
  return error !== undefined && 'code' in error && typeof error.code === 'number' ? error.code : null;
}
