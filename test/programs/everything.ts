// Uses every primitive, and stays as it is but for a block of its loop now and then: for Prometheus to look at.
import { useEverything } from '../support/use-everything.ts';

const blockMs = 120;
const kept = await useEverything();
console.log('ready');
setInterval(() => {
  const until = performance.now() + blockMs;
  while (performance.now() < until);
  kept.length = Math.max(1, kept.length); // kept as long as the program runs
}, 1000);
