// Prints how late intervals are while the loop is busy in short turns.
import { readIntervals, watchIntervals } from '../../../src/handles/intervals.ts';
import { findTimers } from '../../../src/handles/timers.ts';

function tick(): void {}
function turn(): void {
  const end = performance.now() + 70;
  while (performance.now() < end);
  setImmediate(turn);
}

setInterval(tick, 100);
setInterval(() => tick(), 100);
setInterval(tick.bind(null), 150);
const cleared = setInterval(() => {}, 120);
setTimeout(() => clearInterval(cleared), 500);
setInterval(() => watchIntervals(findTimers()), 600);
setTimeout(() => {
  console.log(JSON.stringify(readIntervals((site) => site)));
  process.exit();
}, 3200);
turn();
