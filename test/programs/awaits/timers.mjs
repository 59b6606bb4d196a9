// Functions that sleep, by every timer there is.
import { EventEmitter, once } from 'node:events';
import { scheduler, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

async function naps() {
  await sleep(53_000); // suspended: naps
}

async function napsByHand() {
  await new Promise((resolve) => setTimeout(resolve, 54_000)); // suspended: napsByHand
}

async function napsPromisified() {
  await promisify(setTimeout)(55_000); // suspended: napsPromisified
}

async function yieldsToOthers() {
  await scheduler.wait(56_000); // suspended: yieldsToOthers
}

async function everyMinute() {
  for await (const tick of ticks(57_000)) void tick; // suspended: everyMinute
}

async function withTimeout(promise) {
  await Promise.race([promise, sleep(58_000)]); // suspended: withTimeout
}

// Kept: nobody waits for an emitter that is collected.
const silent = (globalThis.silent = new EventEmitter());

async function whileSignalled() {
  await once(silent, 'never', { signal: AbortSignal.timeout(59_000) }); // suspended: whileSignalled
}

void Promise.all([naps(), napsByHand(), napsPromisified(), yieldsToOthers(), everyMinute()]);
void withTimeout(new Promise((resolve) => (globalThis.hold = resolve)));
void whileSignalled();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: naps → [timer found /\b(53(\.0)?|5[0-2]\.?\d?|[34]\d\.?\d?) s left/]
// chain: napsByHand → [timer found /\b(54(\.0)?|5[0-3]\.?\d?|[34]\d\.?\d?) s left/]
// chain: napsPromisified → [timer found /\b[345]\d\.?\d? s left/]
// chain: yieldsToOthers → ... → [timer found /\b[345]\d\.?\d? s left/]
// chain: everyMinute → ... → [timer found]
// chain: withTimeout → race → [timer found /\b[345]\d\.?\d? s left/]
// chain: withTimeout → race → [* found hold]
