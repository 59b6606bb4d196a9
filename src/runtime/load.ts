// Loading a module of ours at once, when it is needed: what only a report needs would make every start slower.
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a module beside the one at `url`, for a thread that loads it later. */
export function pathBeside(url: string, name: string): string {
  return fileURLToPath(new URL(name + extname(url), url));
}

/** Loads a module beside the one at `url`, its name without an ending: compiled or not, it has that of its neighbour. */
export function load(url: string, name: string): unknown {
  return createRequire(url)(name + extname(url));
}

/** Loads a module of Node's when it is needed: `node:tls` takes 9 ms. As `require` does, so that what is hooked stays so. */
export function loadNode(name: `node:${string}`): unknown {
  return createRequire(import.meta.url)(name);
}

/** Loads a package that loopscope depends on when it is needed. */
export function loadPackage(name: 'lru-cache' | 'piscina'): unknown {
  return createRequire(import.meta.url)(name);
}
