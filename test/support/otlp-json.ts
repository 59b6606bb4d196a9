// Spans in OTLP's JSON, as tests want to read them.

/** The parts of a request that are looked at. */
export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource?: object;
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number | string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly links?: readonly { readonly spanId: string; readonly attributes?: readonly OtlpAttribute[] }[];
  readonly events?: readonly { readonly name: string }[];
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

const kinds = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/** One line for each span of a trace, indented below its parent, in the order in which they began. */
export function treeOf(spans: readonly OtlpSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const lines: string[] = [];
  const draw = (span: OtlpSpan, indent: string): void => {
    lines.push(`${indent}${lineOf(span, byId)}`);
    for (const other of inOrder(spans)) if (other.parentSpanId === span.spanId) draw(other, `${indent}  `);
  };
  for (const span of inOrder(spans)) if (!byId.has(span.parentSpanId ?? '')) draw(span, '');
  return lines;
}

function inOrder(spans: readonly OtlpSpan[]): OtlpSpan[] {
  return spans.toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
}

/** Name, kind, links, and what went wrong. */
function lineOf({ name, kind, links = [], status, attributes }: OtlpSpan, all: ReadonlyMap<string, OtlpSpan>): string {
  const linked = links.map(
    (link) => `, ${textOf(link.attributes, 'loopscope.link.type')} ${all.get(link.spanId)?.name ?? 'elsewhere'}`,
  );
  const error = Number(status?.code) === 2 ? `, ERROR ${textOf(attributes, 'error.type')}` : '';
  return `${name} ${kinds[Number(kind)]}${linked.join('')}${error}`;
}

/** The text of an attribute; what it is instead of a text; null where it is missing. */
export function textOf(attributes: readonly OtlpAttribute[] | undefined, key: string): string | null {
  const value = attributes?.find((attribute) => attribute.key === key)?.value;
  return value === undefined ? null : (value.stringValue ?? JSON.stringify(value));
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
