// Measures a function that waits and one that works, and prints both as JSON.
import { setTimeout as nap } from 'node:timers/promises';
import { measure } from 'loopscope';

function spin(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const waits = await measure(() => nap(200));
const works = await measure(async () => {
  spin(100);
  await null;
  spin(100);
});
console.log(JSON.stringify({ waits, works }));
