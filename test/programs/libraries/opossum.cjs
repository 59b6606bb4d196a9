// The same, as CommonJS, and with the major version before.
const CircuitBreaker = require('opossum');
const CircuitBreaker8 = require('opossum-8');

async function fail() {
  throw new Error('no');
}

void (async () => {
  for (const Breaker of [CircuitBreaker, CircuitBreaker8]) {
    const closing = new Breaker(async (works) => (works ? 1 : fail()), { name: 'closing', resetTimeout: 20 });
    await closing.fire(false).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    void closing.fire(true).then(() => closing.fire(true));
    const slow = new Breaker(() => new Promise(() => {}), { name: 'slow', timeout: 10 });
    await slow.fire().catch(() => {});
    const probing = new Breaker(async (hang) => (hang ? new Promise(() => {}) : fail()), { resetTimeout: 20 });
    await probing.fire(false).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    void probing.fire(true);
  }
  process.exit();
})();
