// Does its work and leaves nothing behind.
const { createTask, sleep } = require('loopscope');

createTask(async () => {
  await sleep(10);
  console.log('done');
});
