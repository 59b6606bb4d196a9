// What executors under test are given as a file.
import { writeFileSync } from 'node:fs';
import { currentTask, sleep } from 'loopscope';

export default function greet(name) {
  return `hello ${name}`;
}

export const twice = (number) => number * 2;

export const notCallable = 5;

/** The task that runs it, as it is seen in the worker. */
export async function describeTask() {
  const { origin, parent } = currentTask();
  return { kind: origin.kind, name: origin.name, parent };
}

/** Says in a file that it has begun, waits until it is cancelled, and says that it has cleaned up. */
export async function stubborn(file, cleanUpMs) {
  try {
    writeFileSync(file, 'begun');
    await sleep(Infinity);
  } finally {
    await sleep(cleanUpMs);
    writeFileSync(file, 'cleaned up');
  }
}

/** Never ends. */
export async function wait() {
  await sleep(Infinity);
}

/** Declines its cancellation. */
export async function unmoved(file) {
  writeFileSync(file, 'begun');
  try {
    await sleep(Infinity);
  } catch {
    // not now
  }
  return 'still here';
}
