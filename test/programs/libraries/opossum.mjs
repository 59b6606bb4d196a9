// An open breaker of opossum and a call that hangs; knows nothing of loopscope.
import CircuitBreaker from 'opossum';

async function pay(hang) {
  if (hang) await new Promise(() => {});
  throw new Error('connect ECONNREFUSED');
}

const payments = new CircuitBreaker(pay, { name: 'payments', timeout: false });
payments.fallback(() => 'later');
void payments.fire(true);
await payments.fire();
await payments.fire();
await payments.fire();

const unnamed = new CircuitBreaker(async () => new Promise(() => {}), { timeout: 60_000, capacity: 1 });
void unnamed.fire();
await unnamed.fire().catch(() => {});
process.exit();
