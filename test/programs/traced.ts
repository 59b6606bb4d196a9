// One trace with a span of each sort, exported to where the variables of OpenTelemetry or the first argument say.
// `--patient`: gives the collector a minute before it stops.
import { trace } from '@opentelemetry/api';
import { Lock } from '../../src/primitives/locks/lock.ts';
import { Queue } from '../../src/primitives/queues/queue.ts';
import { sleep } from '../../src/primitives/tasks/sleep.ts';
import { TaskGroup } from '../../src/primitives/tasks/task-group.ts';
import { createTask } from '../../src/primitives/tasks/task.ts';
import { retry } from '../../src/resilience/retry.ts';
import { startExport } from '../../src/subscribers/export/export.ts';
import { startSpans } from '../../src/subscribers/spans/spans.ts';

const endpoint = process.argv.slice(2).find((word) => word !== '--patient');
const exporter = startExport({ otlp: endpoint ?? null });
const spans = startSpans(exporter.sdk);
const tracer = trace.getTracer('program');

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

await createTask(
  async () => {
    const orders = new Queue<string>({ name: 'orders', maxsize: 2 });
    const accounts = new Lock({ name: 'accounts' });
    await TaskGroup.run(
      (group) => {
        void group.createTask(() => orders.put('book'), { name: 'producer' });
        void group.createTask(() => orders.get(), { name: 'consumer' });
        for (const name of ['debit', 'credit']) void group.createTask(() => accounts.run(tick), { name });
      },
      { name: 'shop' },
    );
    let calls = 0;
    await retry(() => (++calls === 1 ? Promise.reject(new TypeError('no rates')) : tick()), {
      name: 'rates',
      delay: 1,
    });
    tracer.startActiveSpan('query', (query) => query.end());
    const givenUp = createTask(() => sleep(60_000), { name: 'given up' });
    givenUp.cancel();
    await givenUp.catch(() => {});
  },
  { name: 'main' },
);
if (process.argv.includes('--patient')) await exporter.flush(60_000);
const stopping = performance.now();
await exporter.stop();
spans.stop();
console.log(JSON.stringify({ ...exporter.counts()[0], stopMs: performance.now() - stopping }));
