// S10, S22, pitfall 1: who forgot an await? The order is said to be saved before it is, and only the report knows.
//   npx loopscope run -- examples/pitfalls/forgotten-await.ts
//     reports `forgotten-task: task save, created at`
//   node examples/pitfalls/forgotten-await.ts --cure      prints `order 7 is saved: true`
import { createTask, run, sleep } from 'loopscope';

const saved = new Set<number>();

async function save(order: number): Promise<void> {
  await sleep(50); // the database
  saved.add(order);
}

async function checkout(order: number): Promise<boolean> {
  createTask(() => save(order), { name: 'save' }); // the mistake: nobody awaits it
  return saved.has(order);
}

async function curedCheckout(order: number): Promise<boolean> {
  await createTask(() => save(order), { name: 'save' });
  return saved.has(order);
}

await run(async () => {
  const check = process.argv.includes('--cure') ? curedCheckout : checkout;
  console.log(`order 7 is saved: ${await createTask(() => check(7), { name: 'checkout' })}`);
  await sleep(100); // other work
});
