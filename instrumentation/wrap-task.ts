// Makes each call of a function visible as a task.
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import { originOf } from '../src/runtime/origin.ts';
import { checkFunction, checkName, wrapFunction } from './patch.ts';
import { CallRecord, complainOnce, runRecorded, type Callable } from './record.ts';

export interface WrapTaskOptions {
  /** What reports, spans and metrics call it. Default: the name of the function, or `task`. */
  readonly name?: string;
}

/**
 * Returns a function that does what `run` does, and each call of which is a task until what it returned settles. It has
 * the same name, length and members, and is called with the same `this`.
 *
 * What it returns is what `run` returned, with one exception: in the place of a plain promise comes one derived from it,
 * so that a rejection which nobody handles stays an unhandled rejection. Promises of a subclass or with members of their
 * own stay the objects that they are; looking at them handles them, so of these no unhandled rejection is reported.
 * Thenables which are no promises are never touched, and end with the call.
 * @example const loadUser = wrapTask(async (id: string) => database.find(id), { name: 'load user' });
 * @throws ArgumentError if `run` is no function or the name no string
 */
export function wrapTask<Run extends Callable>(run: Run, options: WrapTaskOptions = {}): Run {
  checkFunction(run, 'the function to wrap');
  const name = checkName(options, run.name === '' ? 'task' : run.name);
  return wrapFunction(run, (target, self, args) => {
    let record: CallRecord;
    try {
      const at = now();
      record = new CallRecord(originOf('task', name, at), at, parentForNew());
    } catch (error) {
      complainOnce(error);
      return Reflect.apply(target, self, args);
    }
    return runRecorded(record, target, self, args);
  });
}
