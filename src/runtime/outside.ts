// Runs what is loopscope's own outside of the program's contexts: what it makes belongs to no task and keeps no context alive.
import { AsyncResource } from 'node:async_hooks';

const resource = new AsyncResource('loopscope', { requireManualDestroy: true });
// Told at once, and it works on: who lists what is open (`jest --detectOpenHandles`) does not list it.
resource.emitDestroy();

/** Calls a function in the context in which this module was loaded, that of no task. */
export function outside<Given extends unknown[], Result>(act: (...given: Given) => Result, ...given: Given): Result {
  return resource.runInAsyncScope(act, undefined, ...given);
}
