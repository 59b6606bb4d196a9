// The way of spans to a collector by OTLP: which one, by which protocol, and what it says that it did not take.
import { UsageError } from '../errors.ts';
import { QuietAgent, whyUnreachable } from './collector.ts';
import type { EndedSpan, ExportQueueOptions, ExportResult, SpanExporter } from './export-queue.ts';
import type { SdkPackages } from './open-telemetry.ts';

const exportTimeoutMs = 5000;
/** Statuses of HTTP and of gRPC with which the same request may succeed later. */
const retryable = new Set([408, 425, 429, 1, 4, 8, 10, 11, 14, 15]);

interface ExporterModule {
  OTLPTraceExporter: new (options: {
    readonly url?: string;
    readonly timeoutMillis?: number;
    readonly httpAgentOptions?: () => QuietAgent;
  }) => SpanExporter;
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
    ...(variable(sdk, 'TIMEOUT') === undefined && { timeoutMillis: exportTimeoutMs }),
    // Not for HTTPS: the exporter's own agent has the certificates of its variables.
    ...(url.startsWith('http:') && protocol !== 'grpc' && { httpAgentOptions: () => new QuietAgent() }),
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

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
    watchResponses(exporter, (response) => this.#read(response));
  }

  export(spans: readonly EndedSpan[], done: (result: ExportResult) => void): void {
    this.#rejected = 0;
    this.#exporter.export(spans, ({ code, error }) => {
      if (code !== 0) return done({ code, ...(error !== undefined && { error }), isFinal: isRefusal(error) });
      const rejected = this.#rejected;
      return done(rejected === 0 ? { code } : { code, rejected, error: new Error(this.#reason) });
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #read(response: unknown): void {
    const { partialSuccess } = (response ?? {}) as { readonly partialSuccess?: Readonly<Record<string, unknown>> };
    this.#rejected = Number(partialSuccess?.['rejectedSpans'] ?? 0) || 0; // of 64 bits, and so a text in JSON
    const message = partialSuccess?.['errorMessage'];
    this.#reason = typeof message === 'string' && message !== '' ? message : `${this.#rejected} spans were rejected`;
  }
}

/** Sees the responses of a collector. The exporter only logs them: where it is built otherwise, nothing is seen. */
function watchResponses(exporter: SpanExporter, see: (response: unknown) => void): void {
  const { _delegate: delegate } = exporter as {
    readonly _delegate?: { _responseHandler?: { handleResponse: unknown } };
  };
  const handler = delegate?._responseHandler;
  const handle = handler?.handleResponse;
  if (delegate === undefined || handler === undefined || typeof handle !== 'function') return;
  delegate._responseHandler = {
    handleResponse(response: unknown) {
      see(response);
      Reflect.apply(handle, handler, [response]);
    },
  };
}

/** A status of HTTP in the 400s or of gRPC says that it was heard and is not wanted. */
function isRefusal(error: Error | undefined): boolean {
  const code = error !== undefined && 'code' in error ? error.code : undefined;
  if (typeof code !== 'number' || retryable.has(code)) return false;
  return (code >= 400 && code < 500) || (code > 0 && code < 17);
}
