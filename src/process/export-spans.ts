// The export of spans, while the program runs and when it ends. Loaded only where spans are wanted.
import { complain } from '../runtime/complain.ts';
import { startOtlp } from '../subscribers/otlp.ts';
import { startSpans } from '../subscribers/spans.ts';
import { beforeEvent } from './events.ts';

const flushAtEndMs = 2000;

/** Sends what has ended, within the milliseconds given. Never rejects. */
export type Flush = (milliseconds: number) => Promise<unknown>;

/** Exports the spans of this process to a collector: what is left when the loop runs empty too. */
export function exportSpans(endpoint: string): Flush {
  const exporter = startOtlp({ endpoint });
  const spans = startSpans({ api: exporter.api });
  beforeEvent('beforeExit', () => {
    if (exporter.counts().pending > 0) void exporter.flush(flushAtEndMs);
  });
  beforeEvent('exit', () => {
    const { pending, dropped, failed } = exporter.counts();
    const { tasks, operations } = spans.dropped();
    const left = pending + dropped + failed;
    if (left > 0) complain(`${left} of the spans that ended were not exported`);
    if (tasks + operations > 0) complain(`${tasks} tasks and ${operations} operations got no span, beyond the limits`);
  });
  return (milliseconds) => exporter.flush(milliseconds);
}
