// A trace as a tree with a bar for each span, in 80 columns; and how to ask Jaeger for traces.

export interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly links?: readonly { readonly spanId: string }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

interface Answer {
  readonly result: {
    readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: Span[] }[] }[];
  };
}

/** All spans of a service from the last hour. */
export async function spansOf(url: string, service: string): Promise<Span[]> {
  const query = new URLSearchParams({
    'query.service_name': service,
    'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
    'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
    'query.num_traces': '1000',
  });
  const response = await fetch(`${url}/api/v3/traces?${query.toString()}`);
  if (!response.ok) return []; // it says 404 while there are none
  const { result } = (await response.json()) as Answer;
  return result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

export function durationMs({ startTimeUnixNano, endTimeUnixNano }: Span): number {
  return Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6;
}

export function hasFailed({ status }: Span): boolean {
  return status?.code === 2;
}

const nameWidth = 44;
const barWidth = 24;

/** Draws what is below a span, and the span itself. `all` are those which links may lead to. */
export function drawTree(root: Span, all: readonly Span[]): string[] {
  const trace = all.filter(({ traceId }) => traceId === root.traceId);
  const whole = durationMs(root);
  const lines: string[] = [];
  const draw = (span: Span, before: string, own: string, below: string): void => {
    const offset = Number(BigInt(span.startTimeUnixNano) - BigInt(root.startTimeUnixNano)) / 1e6;
    const from = clamp(Math.floor((offset / whole) * barWidth), barWidth - 1);
    const to = clamp(Math.ceil(((offset + durationMs(span)) / whole) * barWidth), barWidth);
    const bar = ' '.repeat(from) + '━'.repeat(Math.max(1, to - from));
    const title = `${before}${own}${span.name}${note(span, all)}`;
    const label = title.length > nameWidth ? `${title.slice(0, nameWidth - 1)}…` : title.padEnd(nameWidth);
    lines.push(`${label} ${`${durationMs(span).toFixed(1)} ms`.padStart(9)} ${bar}`.trimEnd());
    const children = trace
      .filter(({ parentSpanId }) => parentSpanId === span.spanId)
      .toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      draw(child, before + below, isLast ? '└ ' : '├ ', isLast ? '  ' : '│ ');
    }
  };
  draw(root, '', '', '');
  return lines;
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** What went wrong, or who was in the way. */
function note(span: Span, all: readonly Span[]): string {
  const { name, status, links = [] } = span;
  if (hasFailed(span)) return ` · ${status?.message ?? 'failed'}`;
  const holder = all.find(({ spanId }) => spanId === links[0]?.spanId);
  return name.startsWith('acquire ') && holder !== undefined ? ` · held by ${holder.name.replace('run ', '')}` : '';
}
