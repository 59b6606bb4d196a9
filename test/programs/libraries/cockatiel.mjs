// Hangs in each policy of cockatiel, and knows nothing of loopscope.
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ConstantBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';

const never = () => new Promise(() => {});
const fail = async () => {
  throw new Error('connect ECONNREFUSED');
};
process.on('unhandledRejection', () => {});

const breaker = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(1) });
void breaker.execute(async function pay() {
  await never();
});
await breaker.execute(fail).catch(() => {});
await breaker.execute(fail).catch(() => {});

const probing = circuitBreaker(handleAll, { halfOpenAfter: 1, breaker: new ConsecutiveBreaker(1) });
await probing.execute(fail).catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 10));
void probing.execute(never);
void probing.execute(fail);

const retries = retry(handleAll, { maxAttempts: 5, backoff: new ConstantBackoff(60_000) });
void retries.execute(fail);

const two = bulkhead(1, 1);
void two.execute(never);
void two.execute(async function second() {});
await two.execute(fail).catch(() => {});

const patient = timeout(60_000, TimeoutStrategy.Cooperative);
void wrap(retry(handleAll, { maxAttempts: 2 }), patient).execute(async function ask() {
  await never();
});
// they are used until the end: what nobody can reach any more is collected
setTimeout(() => process.exit([breaker, probing, retries, two, patient].length - 5), 20);
