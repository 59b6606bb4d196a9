// One of a group takes its cancellation for an error of the network, and tries again.
import { sleep, TaskGroup } from 'loopscope';

async function poll() {
  for (;;) {
    try {
      await sleep(30);
    } catch (error) {
      console.log('network?', error.name);
    }
  }
}

await TaskGroup.run(
  async (group) => {
    group.createTask(poll);
    await sleep(100);
    throw new Error('one of the others failed');
  },
  { name: 'jobs' },
).catch((error) => console.log(error.message));
