// Spans in OTLP's JSON, as tests want to read them.

/** The parts of a request that are looked at. */
export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export interface OtlpSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** Each span of JSON lines as its name and that of its parent, in the order of the lines. */
export function spansIn(lines: string): string[] {
  const spans = lines
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => spansOf(JSON.parse(line) as OtlpRequest));
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return spans.map(({ name, parentSpanId }) =>
    parentSpanId === undefined ? name : `${name} in ${names.get(parentSpanId) ?? 'a span that is elsewhere'}`,
  );
}

export function spansOf({ resourceSpans }: OtlpRequest): OtlpSpan[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
