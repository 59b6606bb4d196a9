// What a program does whose own OpenTelemetry SDK collects metrics and log records; the files that use it are such programs
// on two lines of OpenTelemetry. Prints what its SDK got.
async function run({ sdkMetrics, setMeterProvider, logProvider, createTask, Lock, LoopscopeInstrumentation }) {
  const instrumentation = new LoopscopeInstrumentation({ spans: false });
  await createTask(async () => {}, { name: 'before the SDK' });

  class Collector extends sdkMetrics.MetricReader {
    async onForceFlush() {}
    async onShutdown() {}
  }
  const reader = new Collector();
  setMeterProvider(new sdkMetrics.MeterProvider({ readers: [reader] }));
  const records = [];
  logProvider({ onEmit: (record) => records.push(record), forceFlush: async () => {}, shutdown: async () => {} });

  await createTask(async () => {}, { name: 'work' });
  const lock = new Lock({ name: 'ledger' });
  await lock.acquire();
  createTask(() => lock.acquire(), { name: 'waiter' });
  const { breakerChanged } = await import('../../dist/src/channels/resource.js');
  breakerChanged.publish({ breaker: lock, from: 'closed', to: 'open', error: new TypeError('down') });

  const { resourceMetrics, errors } = await reader.collect();
  const points = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const number = typeof value === 'number' ? value : `${value.count}x in ${value.buckets.boundaries.length + 1}`;
        return `${descriptor.name} ${Object.values(attributes).join(' ')}: ${number}`;
      }),
    )
    .filter((line) => /duration|pending_requests|task\.active/.test(line));
  instrumentation.disable();
  const events = records.map(({ severityText, eventName, body }) => `${severityText} ${eventName}: ${body}`);
  console.log(JSON.stringify({ errors: errors.map(String), points: points.toSorted(), events }));
}

module.exports = { run };
