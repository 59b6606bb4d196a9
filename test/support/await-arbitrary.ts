// Await reports of any shape for fast-check: shared promises, circles, hostile names, functions of Node.
import * as fc from 'fast-check';
import type { AwaitReport, LeafKind, Source } from '../../src/report/awaits.ts';
import type { SiteEntry } from '../../src/report/format.ts';
import { awaitProgram, siteOf } from './await-report.ts';

const kinds: readonly LeafKind[] = ['timer', 'socket', 'file', 'event', 'other', 'unknown'];
const name = fc.oneof(fc.constantFrom('load', 'Repo.find', '', 'run'), fc.string({ unit: 'binary', maxLength: 90 }));
const place = fc.constantFrom('src/a.ts:3', 'b.js:70:2', 'node:internal/timers:5', '/elsewhere/deep/c.js:1');
const callback: fc.Arbitrary<SiteEntry | null> = fc.option(place.map((text) => siteOf(text, 'then')));
const upToNine: fc.Arbitrary<number | null> = fc.option(fc.nat(9));
const leaf = fc.record({
  type: fc.constant('leaf' as const),
  kind: fc.constantFrom(...kinds),
  detail: fc.oneof(
    fc.constantFrom('', '3.2 s left', '127.0.0.1:5432', '10.0.0.1:40001'),
    fc.string({ unit: 'binary' }),
  ),
  settledBy: fc.array(fc.oneof(fc.constantFrom('Map', 'Array[3]'), fc.string({ unit: 'binary' })), { maxLength: 12 }),
  verdict: fc.constantFrom('found' as const, 'none' as const, 'unknown' as const),
});

function source(functions: number, promises: number): fc.Arbitrary<Source> {
  const promise = fc.nat(promises - 1);
  const others: fc.Arbitrary<Source>[] = [
    leaf,
    fc.record({ type: fc.constant('follows' as const), promise }),
    fc.record({ type: fc.constant('module' as const), promises: fc.array(promise, { maxLength: 3 }) }),
    fc.record({
      type: fc.constant('then' as const),
      method: fc.constantFrom('then' as const, 'catch' as const, 'finally' as const),
      callback,
      promise,
    }),
    fc.record({
      type: fc.constant('combinator' as const),
      method: fc.constantFrom('all' as const, 'allSettled' as const, 'any' as const, 'race' as const),
      inputs: fc.array(fc.record({ promise, index: upToNine }), { maxLength: 5 }),
      total: upToNine,
    }),
  ];
  if (functions === 0) return fc.oneof(...others);
  const each = fc.nat(functions - 1);
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('function' as const), function: each }) },
    fc.record({ type: fc.constant('request' as const), function: each, position: fc.integer({ min: 1, max: 3 }) }),
    ...others,
  );
}

export const anyAwaitReport: fc.Arbitrary<AwaitReport> = fc
  .tuple(fc.nat(12), fc.integer({ min: 1, max: 12 }))
  .chain(([functions, promises]) =>
    fc.record({
      calls: fc.array(
        fc.record({
          name,
          at: place,
          awaits: fc.nat(promises - 1),
          thread: fc.nat(1),
          task: fc.option(fc.record({ id: fc.nat(5), name, ageMs: fc.nat(100_000) })),
          kind: fc.constantFrom('async function' as const, 'async generator' as const, 'module' as const),
        }),
        { minLength: functions, maxLength: functions },
      ),
      sources: fc.array(fc.array(source(functions, promises), { minLength: 1, maxLength: 3 }), {
        minLength: promises,
        maxLength: promises,
      }),
      handler: callback,
      note: fc.string({ unit: 'binary', maxLength: 200 }),
      command: fc.string({ unit: 'binary', maxLength: 200 }),
    }),
  )
  .map(({ calls, sources, handler, note, command }) => {
    const { promise, call, whenSettled, report } = awaitProgram();
    for (const settledBy of sources) promise(...settledBy);
    for (const { name: called, at, awaits, ...fields } of calls) call(called, awaits, at, fields);
    if (handler !== null) whenSettled(0, handler);
    const { process } = report();
    return report({ notes: [note], process: { ...process, command } });
  });
