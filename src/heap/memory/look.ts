// Looks for promises and generators, twice while the process runs: what moves during one look is found by the other, and
// what is gone after both is told apart.
import { fixed } from './layout.ts';
import { continuationOf } from './holders.ts';
import { ReadError } from '../read-error.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scanner } from './scan.ts';

const mostLooks = 5;
const tolerated = 0.02;

/** What is suspended, and what is awaited. */
export interface Sight {
  readonly promises: readonly Reference[];
  /** Suspended async functions and generators. */
  readonly suspended: ReadonlySet<Reference>;
  /** How often it was looked once more, because the last look still found much that was new. */
  readonly extraLooks: number;
  /** Generators that were seen suspended, and were not any more when they were looked at again. */
  readonly changed: number;
  readonly bytes: number;
  /** Whether there was more than could be kept. */
  readonly cut: boolean;
}

/** `frozen`: the process stands still, so that one look tells all. */
export async function look(scanner: Scanner, objects: Objects, frozen: boolean): Promise<Sight> {
  const promises = new Set<Reference>();
  const generators = new Set<Reference>();
  const known = new Set<Reference>();
  let maps = await findMaps(scanner, objects);
  for (let looks = 1; ; looks++) {
    const finds = await scanner.find({ type: 'objects', ...maps });
    const promiseMaps = new Set(maps.promiseMaps);
    for (let index = 0; index < finds.pairs.length; index += 2) {
      const kind = promiseMaps.has(finds.pairs[index + 1] as number) ? promises : generators;
      kind.add((finds.pairs[index] as number) + 1);
    }
    objects.forget();
    const suspended = [...generators].filter((generator) => isSuspended(generator, objects));
    const fresh = suspended.filter((generator) => !known.has(generator)).length;
    for (const generator of suspended) known.add(generator);
    // A busy program has something new at every look; after a garbage collection most of it is new.
    const agreed =
      looks > 1 && fresh <= suspended.length * tolerated && (suspended.length > 0 || generators.size === 0);
    if (!frozen && !agreed && looks < mostLooks) {
      if (looks > 1) maps = await findMaps(scanner, objects); // they may have been moved too
      continue;
    }
    return {
      promises: [...promises].filter((promise) => isPending(promise, objects)),
      suspended: new Set(suspended),
      extraLooks: Math.max(0, looks - 2),
      changed: generators.size - suspended.length,
      bytes: finds.bytes,
      cut: finds.cut,
    };
  }
}

/** The maps of promises and of generators. There are several: one for each realm, thread and subclass. */
async function findMaps(
  scanner: Scanner,
  objects: Objects,
): Promise<{ promiseMaps: Float64Array; generatorMaps: Float64Array }> {
  const { types } = objects.layout;
  const instanceTypes = [types.promise, types.asyncFunction, types.asyncGenerator];
  const { pairs } = await scanner.find({ type: 'maps', instanceTypes });
  const promiseMaps: number[] = [];
  const generatorMaps: number[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const map = (pairs[index] as number) + 1;
    const type = pairs[index + 1] as number;
    if (objects.typeOfMap(map) !== type) continue;
    (type === types.promise ? promiseMaps : generatorMaps).push(map);
  }
  if (promiseMaps.length === 0) {
    // Node itself has promises from its start on.
    throw new ReadError('unsupported', 'no heap of V8 is found in this memory: is it of this very build of Node?');
  }
  return { promiseMaps: Float64Array.from(promiseMaps), generatorMaps: Float64Array.from(generatorMaps) };
}

function isSuspended(generator: Reference, objects: Objects): boolean {
  const { types } = objects.layout;
  const type = objects.type(generator);
  return (type === types.asyncFunction || type === types.asyncGenerator) && isHalted(generator, objects);
}

/** Whether a generator of any kind, by its type, is one by its fields as well, and neither runs nor is done. */
export function isHalted(generator: Reference, objects: Objects): boolean {
  const { types, offsets } = objects.layout;
  const closure = objects.field(generator, fixed.generatorFunction);
  const isWhole =
    objects.isFunction(objects.type(closure)) &&
    objects.type(objects.field(objects.field(closure, offsets.functionShared), offsets.sharedScript)) ===
      types.script &&
    objects.type(objects.field(generator, fixed.generatorRegisters)) === types.fixedArray;
  return isWhole && continuationOf(objects, generator) >= 0;
}

function isPending(promise: Reference, objects: Objects): boolean {
  const { types } = objects.layout;
  if (objects.type(promise) !== types.promise) return false;
  const flags = objects.smallInteger(promise, fixed.promiseFlags);
  const reactions = objects.field(promise, fixed.promiseReactions);
  return flags !== null && (flags & 3) === 0 && objects.type(reactions) === types.reaction;
}
