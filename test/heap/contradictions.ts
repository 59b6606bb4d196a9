// What cannot be in a report of what is awaited, whatever the program: numbers that lead nowhere, edges with one end. And circles:
// there are real ones, but no program of the trial waits for itself.
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
  const circle = findCircle(report);
  if (circle !== null) wrong.push(`a circle: ${circle.join(' → ')}`);
  return wrong.slice(0, 20);
}

/** The promises of a way that leads back to where it begins; null without one. */
function findCircle({ functions, promises }: AwaitReport): number[] | null {
  const done = new Set<number>();
  for (const { id } of promises) {
    // Depth first, by hand: chains are longer than a stack of calls may be.
    const way: { promise: number; rest: number[] }[] = [];
    const enter = (promise: number): void => {
      const sources = promises[promise]?.settledBy ?? [];
      way.push({
        promise,
        rest: sources.flatMap((source) => [...awaitedBy(source, functions), ...promisesOf(source)]),
      });
    };
    if (!done.has(id)) enter(id);
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const next = last.rest.pop();
      if (next === undefined) {
        done.add(last.promise);
        way.pop();
        continue;
      }
      const start = way.findIndex(({ promise }) => promise === next);
      if (start !== -1) return [...way.slice(start).map(({ promise }) => promise), next];
      if (!done.has(next)) enter(next);
    }
  }
  return null;
}

function awaitedBy(source: Source, functions: AwaitReport['functions']): number[] {
  if (source.type !== 'function' && source.type !== 'request') return [];
  const awaits = functions[source.function]?.awaits;
  return awaits === undefined ? [] : [awaits];
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
