// Asks for files very often, ten at a time, three times from one line for each time from another, while it is followed.
import { stat } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
const { followOperations } = await import(process.argv[2]);

const each = 15_000;
const follower = followOperations({ isDeep: false });
follower.restart();
const since = performance.now();
const ticks = setInterval(() => follower.tick(), 100);
let asked = 0;
const { promise, resolve } = Promise.withResolvers();
let open = 0;

function ask() {
  const isOften = asked++ % 4 !== 0;
  open++;
  if (isOften) stat('/', answer);
  else stat('/', answer);
}

function answer() {
  open--;
  if (asked < 4 * each) ask();
  else if (open === 0) resolve();
}

for (let index = 0; index < 10; index++) ask();
await promise;
await turn();
clearInterval(ticks);
const observedMs = performance.now() - since;
const { groups, followedMs, dropped } = follower.stop((site) => site);
const rows = groups.filter(({ type }) => type === 'FSREQCALLBACK').toSorted((a, b) => a.at.line - b.at.line);
const scale = observedMs / followedMs;
const numbers = rows.map(({ at, count, peak, waitingMs, onLoopMs }) => ({
  line: at.line,
  count: (count * scale) / each,
  peak,
  mean: (waitingMs + onLoopMs) / followedMs,
}));
console.log(JSON.stringify({ part: followedMs / observedMs, dropped, numbers }));
