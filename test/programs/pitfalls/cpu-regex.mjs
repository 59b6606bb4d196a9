// A regular expression that backtracks.
import { setTimeout as sleep } from 'node:timers/promises';

function isName(text) {
  return /^(\w+\s?)*$/.test(text); // the mistake
}

await sleep(300);
const started = performance.now();
let length = 22;
while (performance.now() - started < 500) isName(`${'a'.repeat(length++)}!`);
await sleep(50);
