// The program ends in the middle of what it has begun.
const { createTask } = require('loopscope');

async function upload() {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

createTask(upload); // the mistake
setTimeout(() => process.exit(), 100);
