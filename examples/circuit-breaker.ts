// S6: when does a breaker open, and who closes it again? Three failures open it; what is refused costs nothing; after 100 ms one
// call is let through to see, and closes it.
//   node examples/circuit-breaker.ts
//     prints `closed -> open`, `2 calls refused`, `open -> half-open`, `half-open -> closed`
//   node examples/circuit-breaker.ts --stay-open
//     reports `breaker payments · open for …`, `last error: Error: connect ECONNREFUSED · next probe in …`
//   npx loopscope run --otlp http://localhost:4318 -- examples/circuit-breaker.ts
//     sends `call payments`
import { BreakerOpenError, CircuitBreaker, printTasks, sleep } from 'loopscope';

const staysOpen = process.argv.includes('--stay-open');
let isDown = true;
function pay(): string {
  if (isDown) throw new Error('connect ECONNREFUSED');
  return 'paid';
}

const payments = new CircuitBreaker({ name: 'payments', failures: 3, openFor: staysOpen ? 30_000 : 100 });
payments.onChange(({ from, to }) => console.log(`${from} -> ${to}`));

let refused = 0;
for (let call = 1; call <= 5; call++) {
  await payments.run(pay).catch((error: Error) => {
    if (error instanceof BreakerOpenError) refused++;
  });
}
console.log(`${refused} calls refused`);
console.log(`meanwhile: ${await payments.run(pay, { fallback: () => 'will be paid later' })}`);

if (staysOpen) {
  printTasks();
} else {
  isDown = false;
  await sleep(120);
  console.log(`again: ${await payments.run(pay)}`);
}
