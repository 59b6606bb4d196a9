// What a program with an OpenTelemetry SDK of its own does, or one with none; the files around it are such programs, as
// modules and in CommonJS, on two lines of OpenTelemetry. Prints the spans that its own SDK got.
async function run({ api, NodeSDK, memory, processor, load }, mode) {
  const lines = [];
  const start = (instrumentations = []) => {
    const sdk = new NodeSDK({
      autoDetectResources: false,
      spanProcessors: [processor],
      metricReaders: [],
      logRecordProcessors: [],
      instrumentations,
    });
    sdk.start();
    return sdk;
  };
  if (mode === 'first') {
    start();
    await load('register');
  }
  const { createTask } = await load('index');
  const work = (name) =>
    createTask(
      async () => {
        await null;
        api.trace.getTracer('program').startActiveSpan(`query ${name}`, (span) => span.end());
      },
      { name },
    );
  if (mode === 'none') await work('alone');
  if (mode === 'first') await work('only');
  if (mode === 'later') {
    await work('before');
    start();
    await work('after');
  }
  if (mode === 'instrumentation') {
    const { LoopscopeInstrumentation } = await load('instrumentation');
    const instrumentation = new LoopscopeInstrumentation();
    await work('early');
    start([instrumentation]);
    await work('on');
    const { default: PQueue } = await import('p-queue');
    await new PQueue().add(() => {});
    instrumentation.disable();
    await new PQueue().add(() => {});
    await work('off');
    instrumentation.enable();
    await work('again');
  }
  for (const { name, parentSpanContext } of memory.getFinishedSpans()) {
    const parent = memory.getFinishedSpans().find((span) => span.spanContext().spanId === parentSpanContext?.spanId);
    lines.push(parent === undefined ? name : `${name} in ${parent.name}`);
  }
  console.log(JSON.stringify(lines));
}

module.exports = { run };
