// Spans of a worker thread under the hook: to the main thread, or to an SDK that the program starts in each thread.
import type * as SdkNode from '@opentelemetry/sdk-node';
import { loadApi, loadSdk } from '../subscribers/open-telemetry.ts';
import { providerOfProgram, startSdk } from '../subscribers/sdk.ts';
import { startSpans } from '../subscribers/spans/spans.ts';
import { findMainThread, ThreadSpanProcessor } from '../subscribers/spans/thread-spans.ts';
import { beforeEvent } from './events.ts';

/** Starts them. Throws UsageError where OpenTelemetry is not installed. */
export function startThreadTelemetry(): void {
  const counts = findMainThread();
  const api = loadApi();
  if (counts === null || providerOfProgram(api) !== null) {
    startSpans({ api });
    return;
  }
  const processor = new ThreadSpanProcessor(counts);
  const spanProcessors = [processor] as unknown as NonNullable<Partial<SdkNode.NodeSDKConfiguration>['spanProcessors']>;
  const sdk = startSdk(loadSdk(), { spanProcessors });
  startSpans(sdk);
  beforeEvent('exit', () => processor.post());
}
