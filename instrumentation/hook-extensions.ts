// tsx and its like load CommonJS files in Node's place, and ask no hooks. They are there for the program's own files: those
// of known libraries are loaded as Node does it.
import { readFileSync } from 'node:fs';
import Module, { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';

type Extension = (module: CommonModule, path: string) => void;

interface CommonModule {
  /** Node's own: evaluates the text, as an ES module if the format says so. */
  _compile(text: string, path: string, format: string | undefined): void;
}

export interface Script {
  readonly text: string;
  /** `module` or `commonjs`; undefined where Node tells it by the syntax. */
  readonly format: string | undefined;
}

/**
 * Sees the files that whoever stands in the place of Node's loader loads, now or later. While nobody does, nothing is different.
 * @param instrument gives what to load in place of a file; null for one that is let be
 * @returns what stops it
 */
export function watchExtensions(instrument: (path: string, read: () => Script) => Script | null): () => void {
  const extensions = (Module as unknown as { readonly _extensions: Record<string, Extension> })._extensions;
  const descriptor = Object.getOwnPropertyDescriptor(extensions, '.js');
  const first = extensions['.js'];
  if (descriptor === undefined || first === undefined) return () => {};
  let isActive = true;
  const over = (loader: Extension): Extension =>
    function extension(module, path) {
      const own = isActive ? instrument(path, () => readScript(path)) : null;
      if (own === null) loader(module, path);
      else module._compile(own.text, path, own.format);
    };
  let current = isNodes(first) ? first : over(first);
  Object.defineProperty(extensions, '.js', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (loader: Extension) => {
      current = loader === first || loader === current || typeof loader !== 'function' ? loader : over(loader);
    },
  });
  return () => {
    isActive = false;
  };
}

/** Node's own loader is not wrapped: it asks the hooks. */
function isNodes(loader: Extension): boolean {
  return Function.prototype.toString.call(loader).includes('loadSource(');
}

function readScript(path: string): Script {
  return { text: readFileSync(path, 'utf8'), format: formatOf(path) };
}

function formatOf(path: string): string | undefined {
  if (path.endsWith('.mjs')) return 'module';
  if (path.endsWith('.cjs')) return 'commonjs';
  const file = findPackageJSON(pathToFileURL(path));
  if (file === undefined) return undefined;
  const { type } = JSON.parse(readFileSync(file, 'utf8')) as { readonly type?: string };
  return type === 'module' || type === 'commonjs' ? type : undefined;
}
