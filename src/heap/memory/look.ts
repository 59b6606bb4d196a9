// Looks for promises and generators until two looks agree, so that what moves or goes on meanwhile is told apart.
import { fixed } from './layout.ts';
import { continuationOf } from './holders.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scanner } from './scan.ts';

const mostLooks = 4;

/** What is suspended, and what is awaited. */
export interface Sight {
  readonly promises: readonly Reference[];
  /** Suspended async functions and generators. */
  readonly suspended: ReadonlySet<Reference>;
  /** How often memory was looked through. */
  readonly looks: number;
  /** Generators that were seen suspended, and were not any more when they were looked at again. */
  readonly changed: number;
  /** Whether the last two looks saw the same, apart from what changed. */
  readonly agreed: boolean;
  readonly bytes: number;
  /** Whether there was more than could be kept. */
  readonly cut: boolean;
}

/** `frozen`: the process stands still, so that one look tells all. */
export async function look(scanner: Scanner, objects: Objects, frozen: boolean): Promise<Sight> {
  const seen = { promises: new Set<Reference>(), generators: new Set<Reference>() };
  let bytes = 0;
  let cut = false;
  for (let looks = 1; ; looks++) {
    const maps = await findMaps(scanner, objects);
    const finds = await scanner.find({ type: 'objects', ...maps });
    const size = seen.promises.size + seen.generators.size;
    const promiseMaps = new Set(maps.promiseMaps);
    for (let index = 0; index < finds.pairs.length; index += 2) {
      const kind = promiseMaps.has(finds.pairs[index + 1] as number) ? seen.promises : seen.generators;
      kind.add((finds.pairs[index] as number) + 1);
    }
    bytes = finds.bytes;
    cut ||= finds.cut;
    objects.forget();
    const suspended = [...seen.generators].filter((generator) => isSuspended(generator, objects));
    const promises = [...seen.promises].filter((promise) => isPending(promise, objects));
    const agreed = seen.promises.size + seen.generators.size === size;
    if (!frozen && looks < 2) continue;
    // A busy program has something new at every look: what is still there at the end is what is asked for.
    if (!frozen && !agreed && looks < mostLooks && suspended.length === 0) continue;
    const changed = seen.generators.size - suspended.length;
    return { promises, suspended: new Set(suspended), looks, changed, agreed: frozen || agreed, bytes, cut };
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
  return { promiseMaps: Float64Array.from(promiseMaps), generatorMaps: Float64Array.from(generatorMaps) };
}

function isSuspended(generator: Reference, objects: Objects): boolean {
  const { types } = objects.layout;
  const type = objects.type(generator);
  if (type !== types.asyncFunction && type !== types.asyncGenerator) return false;
  const isWhole =
    objects.isFunction(objects.type(objects.field(generator, fixed.generatorFunction))) &&
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
