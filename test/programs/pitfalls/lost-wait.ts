// Who waits for some tasks looks at none of them.
import { createTask, sleep, wait } from 'loopscope';

async function mail(): Promise<void> {
  await sleep(20);
  throw new Error('no mail server');
}

const task = createTask(mail); // the mistake
const { done } = await wait([task, createTask(() => sleep(30), { name: 'other' })]);
console.log(done.size);
