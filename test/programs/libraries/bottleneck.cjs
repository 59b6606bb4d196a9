// As CommonJS: what ended or was dropped is not pending.
const Bottleneck = require('bottleneck');

void (async () => {
  const one = new Bottleneck({ maxConcurrent: 1 });
  await Promise.all([one.schedule(async () => 1), one.schedule(() => Promise.reject(new Error('no'))).catch(() => {})]);
  const silent = new Bottleneck({
    maxConcurrent: 1,
    highWater: 0,
    strategy: Bottleneck.strategy.LEAK,
    rejectOnDrop: false,
  });
  void silent.schedule(() => new Promise(() => {}));
  void silent.schedule(async () => 2);
  const slow = new Bottleneck({ minTime: 60_000 });
  await slow.schedule({ expiration: 5 }, () => new Promise(() => {})).catch(() => {});
  void slow.submit(
    (done) => done(null),
    () => {},
  );
  const stopped = new Bottleneck({ maxConcurrent: 1 });
  void stopped.schedule(() => new Promise((resolve) => setTimeout(resolve, 5))).catch(() => {});
  void stopped.schedule(async () => 3).catch(() => {});
  await stopped.stop();
  setTimeout(() => process.exit(), 20);
})();
