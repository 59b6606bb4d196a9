// The promises which have to settle before one that is pending can.
import type { Source } from './awaits.ts';

/** Ids of the promises that a source waits for itself; none where it is a function or a leaf. */
export function promisesOf(source: Source): readonly number[] {
  switch (source.type) {
    case 'leaf':
    case 'function':
    case 'request':
      return [];
    case 'combinator':
      return source.inputs.map(({ promise }) => promise);
    case 'module':
      return source.promises;
    default:
      return [source.promise];
  }
}
