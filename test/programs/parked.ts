// Tasks that wait for something of which loopscope knows nothing: a timer, and another task by a plain promise.
import { createTask, Lock } from 'loopscope';

const lock = new Lock({ name: 'stock' });

async function load(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100_000)); // parked: load
}

const holder = createTask(() => lock.run(load), { name: 'holder' });
createTask(() => lock.run(load), { name: 'waiter' });
createTask(
  async () => {
    await Promise.all([holder, null]); // parked: joiner
  },
  { name: 'joiner' },
);
const never = new Promise<void>(() => {}); // what nobody can reach is collected some time
async function lost(): Promise<void> {
  await never; // parked: lost
}
void lost();
console.log('READY');
