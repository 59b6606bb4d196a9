// What cannot be in any report of what is awaited, whatever the program: numbers that lead nowhere, edges with one end.
import type { AwaitReport, Source } from '../../src/report/awaits.ts';

/** The contradictions of a report, one sentence each. */
export function findContradictions(report: AwaitReport): string[] {
  const { functions, promises, threads } = report;
  const wrong: string[] = [];
  const check = (fine: boolean, what: string): void => {
    if (!fine) wrong.push(what);
  };
  for (const list of [functions, promises, threads]) {
    for (const [index, { id }] of list.entries()) check(id === index, `the entry ${index} says that it is ${id}`);
  }
  for (const { id, name, thread, awaits, settles } of functions) {
    check(threads[thread] !== undefined, `function ${id} (${name}) is of no thread: ${thread}`);
    check(promises[awaits] !== undefined, `function ${id} (${name}) awaits no promise: ${awaits}`);
    for (const promise of settles) {
      const back = promises[promise]?.settledBy.some(
        (source) => (source.type === 'function' || source.type === 'request') && source.function === id,
      );
      check(
        promises[promise] === undefined || back === true,
        `promise ${promise} is not settled by ${name}, which says so`,
      );
    }
  }
  for (const { id, settledBy } of promises) {
    check(settledBy.length > 0, `promise ${id} is settled by nothing`);
    for (const source of settledBy) {
      for (const promise of promisesOf(source))
        check(promises[promise] !== undefined, `promise ${id} leads to no promise`);
      if (source.type !== 'function' && source.type !== 'request') continue;
      const settler = functions[source.function];
      check(settler?.settles.includes(id) === true, `promise ${id} names ${settler?.name}, which does not settle it`);
    }
  }
  return wrong.slice(0, 20);
}

function promisesOf(source: Source): readonly number[] {
  switch (source.type) {
    case 'combinator':
      return source.inputs.map(({ promise }) => promise);
    case 'then':
    case 'follows':
      return [source.promise];
    case 'module':
      return source.promises;
    default:
      return [];
  }
}
