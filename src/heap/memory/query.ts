// What is looked for in memory, and the loops that look at every word of it.
import { fixed } from './layout.ts';

/**
 * `maps`: maps of objects of these instance types. `objects`: awaited promises and suspended generators, by their maps.
 * `references`: words that refer to one of these addresses.
 */
export type Query =
  | { readonly type: 'maps'; readonly instanceTypes: readonly number[] }
  | { readonly type: 'objects'; readonly promiseMaps: Float64Array; readonly generatorMaps: Float64Array }
  | { readonly type: 'references'; readonly targets: Float64Array };

/** Called with the address of a find, and what was found: an instance type, a map, or the target. */
export type Found = (address: number, what: number) => void;

/** Looks through words of memory, `count` of them from the address `base`; beyond these there are words of overlap. */
export type Look = (words: Uint32Array, count: number, base: number, found: Found) => void;

/** An object's fields up to here are looked at: chunks overlap by so many bytes. */
export const overlap = 256;

/** Compiles a query. Every word of the heap passes through the loop, so each loop does as little as it can. */
export function compile(query: Query): Look {
  switch (query.type) {
    case 'maps':
      return findMaps(query.instanceTypes);
    case 'objects':
      return findObjects(query.promiseMaps, query.generatorMaps);
    default:
      return findReferences(query.targets);
  }
}

function findMaps(instanceTypes: readonly number[]): Look {
  const [first, second, third] = instanceTypes;
  const typeWord = Math.floor(fixed.mapInstanceType / 4);
  return (words, count, base, found) => {
    for (let index = 0; index < count; index += 2) {
      if (((words[index] as number) & 3) !== 1) continue;
      const type = (words[index + typeWord] as number) & 0xff_ff;
      if (type === first || type === second || type === third) found(base + index * 4, type);
    }
  };
}

function findObjects(promiseMaps: Float64Array, generatorMaps: Float64Array): Look {
  const promises = new Set(promiseMaps);
  const isCandidate = findReferences(Float64Array.of(...promiseMaps, ...generatorMaps));
  return (words, count, base, found) => {
    isCandidate(words, count, base, (address, map) => {
      const index = (address - base) / 4;
      const wanted = promises.has(map) ? isAwaited(words, index) : isSuspended(words, index);
      if (wanted) found(address, map);
    });
  };
}

/** A promise that is pending and has reactions. */
function isAwaited(words: Uint32Array, index: number): boolean {
  const flags = index + fixed.promiseFlags / 4;
  const reactions = words[index + fixed.promiseReactions / 4] as number;
  return words[flags] === 0 && ((words[flags + 1] as number) & 3) === 0 && (reactions & 3) === 1;
}

/** A generator that is neither running nor done. */
function isSuspended(words: Uint32Array, index: number): boolean {
  const continuation = index + fixed.generatorContinuation / 4;
  return words[continuation] === 0 && (words[continuation + 1] as number) < 2 ** 31;
}

function findReferences(targets: Float64Array): Look {
  const exact = new Set(targets);
  // A bit for each hash of an address: most words are ruled out by one look at a table that fits into the cache.
  const bits = Math.min(24, Math.max(12, Math.ceil(Math.log2(targets.length + 1)) + 5));
  const mask = 2 ** bits - 1;
  const filter = new Uint32Array(2 ** (bits - 5));
  for (const target of targets) {
    const hash = Math.floor(target / 8) & mask;
    filter[hash >>> 5] = (filter[hash >>> 5] as number) | (1 << (hash & 31));
  }
  return (words, count, base, found) => {
    for (let index = 0; index < count; index += 2) {
      const word = words[index] as number;
      if ((word & 3) !== 1) continue;
      const hash = (word >>> 3) & mask;
      if ((((filter[hash >>> 5] as number) >>> (hash & 31)) & 1) === 0) continue;
      const target = word + (words[index + 1] as number) * 4_294_967_296;
      if (exact.has(target)) found(base + index * 4, target);
    }
  };
}
