// Of the major version before, as CommonJS: what ended is not pending.
const {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
} = require('cockatiel-3');

const fail = async () => {
  throw new Error('no');
};

void (async () => {
  await retry(handleAll, { maxAttempts: 2 })
    .execute(fail)
    .catch(() => {});
  await retry(handleAll, { maxAttempts: 2 }).execute(async () => 1);
  await timeout(5, TimeoutStrategy.Aggressive)
    .execute(() => new Promise(() => {}))
    .catch(() => {});
  await timeout(5, TimeoutStrategy.Cooperative)
    .execute(fail)
    .catch(() => {});
  const one = bulkhead(1, 1);
  await Promise.all([one.execute(async () => 1), one.execute(fail).catch(() => {})]);
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 1, breaker: new ConsecutiveBreaker(1) });
  await breaker.execute(fail).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 10));
  await breaker.execute(async () => 1);
  const open = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(1) });
  await open.execute(fail).catch(() => {});
  void retry(handleAll, { maxAttempts: 2 }).execute(async function last() {
    await new Promise(() => {});
  });
  process.exit();
})();
