// Libraries under the hook with the registry, one operation of each, against a copy of the same that was loaded before it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { compareCopies, underHook } from './compare-copies.ts';
import { casesOfLibraries } from './library-cases.ts';
import type { Result } from './result.ts';

const plan = { opsPerRun: 100, rounds: 6, least: 40e6, added: 15 };
const require = createRequire(import.meta.url);

export async function benchLibraries(): Promise<Result[]> {
  const names = Object.keys(casesOfLibraries);
  const bareCopies = await Promise.all(names.map((name) => load(name, '')));
  return underHook(async () => {
    const results: Result[] = [];
    for (const [index, make] of Object.values(casesOfLibraries).entries()) {
      const name = names[index] as string;
      const [bare, hooked] = [make(bareCopies[index] as never), make((await load(name, '?hooked')) as never)];
      results.push(await compareCopies(`${name}: ${bare.what}`, bare.work, hooked.work, plan));
      await Promise.all([bare.end?.(), hooked.end?.()]);
    }
    return results;
  });
}

/** CommonJS is loaded anew as it is no longer in the cache, an ES module by another query. */
async function load(name: string, query: string): Promise<object> {
  const path = require.resolve(name);
  const loaded = require(path) as object;
  if (!(Symbol.toStringTag in loaded)) return loaded;
  return (await import(pathToFileURL(path).href + query)) as object;
}
