// Who is in the way of whom in the line of a lock for reading and writing.
import type { ResourceEntry } from './format.ts';

/** One who stands in line, and those who all have to be done before it has its turn. */
export interface Turn {
  readonly task: number;
  readonly after: readonly number[];
}

/**
 * In order of the line. A writer waits for all who read before it, a reader for the last writer before it; whoever
 * these wait for themselves is not named again, so the whole line has a number of names in proportion to its length.
 */
export function* turnsOf({ holders, line = [] }: ResourceEntry): Generator<Turn> {
  let writers = holders.filter(({ mode }) => mode === 'write').map(({ task }) => task.id);
  let all = holders.map(({ task }) => task.id);
  for (const { task, mode } of line) {
    if (mode === 'read') {
      yield { task: task.id, after: writers };
      all.push(task.id);
    } else {
      yield { task: task.id, after: all };
      writers = [task.id];
      all = [task.id];
    }
  }
}
