// Measures its loop, which reports keep from turning twice: in the middle of a turn, and while they are still under way.
import { setTimeout as pause } from 'node:timers/promises';
import { measureLoop } from '../../src/process/measure-loop.ts';
import { asOwnTime } from '../../src/runtime/own-time.ts';

function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const meter = measureLoop();
await pause(100);
asOwnTime(() => standStill(400));
await pause(100);
asOwnTime(() => {
  standStill(400);
  const { observedMs, delay, utilization } = meter.statistics();
  console.log(JSON.stringify({ observedMs, maxMs: delay.maxMs, utilization }));
});
