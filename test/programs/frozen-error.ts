// A program which froze Error, first each half, then all of it, as SES does.
import { createTask, Lock, takeReport } from 'loopscope';

async function tryAll(what: string): Promise<void> {
  const lock = new Lock();
  const task = createTask(async () => lock.run(async () => takeReport()));
  await task;
  console.log(`${what}: ${task.settlement?.outcome}, limit ${Error.stackTraceLimit}`);
}

const { prepareStackTrace } = Error;
Object.defineProperty(Error, 'prepareStackTrace', { value: prepareStackTrace, writable: false, configurable: true });
await tryAll('prepareStackTrace');
Object.defineProperty(Error, 'prepareStackTrace', { value: prepareStackTrace, writable: true, configurable: true });
Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false });
await tryAll('stackTraceLimit');
Object.freeze(Error);
await tryAll('Error');
