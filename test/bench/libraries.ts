// Libraries under the hook with the registry, one operation of each, against a copy of the same that was loaded before it.
import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compareCopies } from './compare-copies.ts';
import { casesOfLibraries } from './library-cases.ts';
import type { Result } from './result.ts';

const plan = { opsPerRun: 100, rounds: 6, least: 40e6, added: 15 };
const require = createRequire(import.meta.url);
const dist = new URL('../../dist/', import.meta.url);

export async function benchLibraries(): Promise<Result[]> {
  const names = Object.keys(casesOfLibraries);
  const bareCopies = await Promise.all(names.map((name) => load(name, '')));
  for (const path of Object.keys(require.cache)) {
    if (path.includes(`${sep}node_modules${sep}`)) delete require.cache[path];
  }
  const { startHook } = (await import(new URL('instrumentation/hook.js', dist).href)) as HookModule;
  const { startRegistry } = (await import(new URL('src/subscribers/registry.js', dist).href)) as RegistryModule;
  const [stopHook, registry] = [startHook(), startRegistry()];
  const results: Result[] = [];
  for (const [index, make] of Object.values(casesOfLibraries).entries()) {
    const name = names[index] as string;
    const [bare, hooked] = [make(bareCopies[index] as never), make((await load(name, '?hooked')) as never)];
    results.push(await compareCopies(`${name}: ${bare.what}`, bare.work, hooked.work, plan));
    await Promise.all([bare.end?.(), hooked.end?.()]);
  }
  registry.stop();
  stopHook();
  return results;
}

type HookModule = typeof import('../../instrumentation/hook.ts');
type RegistryModule = typeof import('../../src/subscribers/registry.ts');

/** CommonJS is loaded anew as it is no longer in the cache, an ES module by another query. */
async function load(name: string, query: string): Promise<object> {
  const path = require.resolve(name);
  const loaded = require(path) as object;
  if (!(Symbol.toStringTag in loaded)) return loaded;
  return (await import(pathToFileURL(path).href + query)) as object;
}
