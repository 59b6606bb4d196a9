// S12, S21: how do I wait for several things: for all, for the first, or as they come, with the errors as values?
//   node examples/gather.ts
//     prints `gather: 1, 2, Error: three`, `first: fast`, `as they come: fast, middle, slow`, `first error: broken`,
//       `group: 2 errors: one, two`
//   npx loopscope run --otlp http://localhost:4318 -- examples/gather.ts
//     sends `run slow`, `run fast`, `run pair body`
import { asCompleted, createTask, gather, sleep, TaskGroup, wait, type Task } from 'loopscope';

const after = async <Value>(ms: number, value: Value): Promise<Value> => {
  await sleep(ms);
  return value;
};
const fail = (message: string): never => {
  throw new Error(message);
};

const results = await gather([() => after(20, 1), () => after(10, 2), () => fail('three')], { returnExceptions: true });
console.log(`gather: ${results.join(', ')}`);

const start = (): Task<string>[] =>
  Object.entries({ slow: 60, middle: 40, fast: 20 }).map(([name, ms]) => createTask(() => after(ms, name), { name }));

const { done, pending } = await wait(start(), { returnWhen: 'FIRST_COMPLETED' });
console.log(`first: ${[...done].map((task) => task.name).join(', ')}`);
for (const task of pending) task.cancel();

const order: string[] = [];
for await (const task of asCompleted(start())) order.push(task.result());
console.log(`as they come: ${order.join(', ')}`);

const broken = createTask(() => fail('broken'), { name: 'broken' });
const { done: ended } = await wait([...start(), broken], { returnWhen: 'FIRST_EXCEPTION' });
console.log(`first error: ${[...ended].map((task) => task.name).join(', ')}`);

// in a group the first failure cancels the rest, and every error is told
await TaskGroup.run(
  async (group) => {
    group.createTask(() => fail('one'));
    group.createTask(() => fail('two'));
  },
  { name: 'pair' },
).catch((error: unknown) => {
  const { errors } = error as AggregateError;
  console.log(`group: ${errors.length} errors: ${errors.map(({ message }: Error) => message).join(', ')}`);
});
