// Functions that sleep, by every timer there is.
import { EventEmitter, once } from 'node:events';
import { scheduler, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

async function naps() {
  await sleep(90_000); // suspended: naps
}

async function napsByHand() {
  await new Promise((resolve) => setTimeout(resolve, 91_000)); // suspended: napsByHand
}

async function napsPromisified() {
  await promisify(setTimeout)(92_000); // suspended: napsPromisified
}

async function yieldsToOthers() {
  await scheduler.wait(93_000); // suspended: yieldsToOthers
}

async function everyMinute() {
  for await (const tick of ticks(94_000)) void tick; // suspended: everyMinute
}

async function withTimeout(promise) {
  await Promise.race([promise, sleep(95_000)]); // suspended: withTimeout
}

async function whileSignalled() {
  await once(new EventEmitter(), 'never', { signal: AbortSignal.timeout(96_000) }); // suspended: whileSignalled
}

void Promise.all([naps(), napsByHand(), napsPromisified(), yieldsToOthers(), everyMinute()]);
void withTimeout(new Promise((resolve) => (globalThis.hold = resolve)));
void whileSignalled();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: naps → [timer found /(90|8\d(\.\d)?) s left/]
// chain: napsByHand → [timer found /(91|90(\.\d)?|8\d(\.\d)?) s left/]
// chain: napsPromisified → [timer found /(92|9[01](\.\d)?|8\d(\.\d)?) s left/]
// chain: yieldsToOthers → ... → [timer found /(9[0-3](\.\d)?|8\d(\.\d)?) s left/]
// chain: everyMinute → ... → [timer found]
// chain: withTimeout → race → [timer found]
// chain: withTimeout → race → [* found hold]
