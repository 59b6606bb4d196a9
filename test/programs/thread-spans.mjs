// A worker thread of the program's own, which makes spans and ends at once.
import { once } from 'node:events';
import { Worker, isMainThread } from 'node:worker_threads';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { createTask } from '../../dist/src/index.js';

if (isMainThread) {
  await createTask(() => once(new Worker(new URL(import.meta.url)), 'exit'), { name: 'main' });
} else {
  await createTask(
    async () => {
      trace
        .getTracer('program')
        .startActiveSpan('query', { links: [{ context: trace.getActiveSpan().spanContext() }] }, (span) => {
          span.addEvent('asked', { rows: [1, 2] });
          span.setStatus({ code: SpanStatusCode.ERROR, message: 'no rows' });
          span.end();
        });
    },
    { name: 'in thread' },
  );
  process.exit();
}
