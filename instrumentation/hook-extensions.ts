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

const extensions = (Module as unknown as { readonly _extensions: Record<string, Extension> })._extensions;

export interface Script {
  readonly text: string;
  /** `module` or `commonjs`; undefined where Node tells it by the syntax. */
  readonly format: string | undefined;
}

/** Gives what to load in place of a file; null for one that is let be. */
export type Instrument = (path: string, read: () => Script) => Script | null;

/** Packages that put themselves in the place of Node's loader. */
const loaders = new Set([
  'tsx',
  'ts-node',
  'pirates', // of which @babel/register, sucrase and others are made
  'esbuild-register',
  '@swc-node/register',
  '@swc/register',
  'jiti',
]);

let stop: (() => void) | null = null;

/** A package is loaded: if it is one that replaces Node's loader, what it loads is seen from now on. */
export function noteLoader(name: string, instrument: Instrument): void {
  if (loaders.has(name)) watchExtensions(instrument);
}

/** Somebody stands in the place of Node's loader already. */
export function noteLoaderBefore(instrument: Instrument): void {
  const { '.js': current } = extensions;
  if (current !== undefined && !isNodes(current)) watchExtensions(instrument);
}

/** Sees no more. */
export function forgetLoaders(): void {
  stop?.();
  stop = null;
}

/** A property that is set and read through functions: otherwise it stays what it is, because stacks have its name. */
function watchExtensions(instrument: Instrument): void {
  const first = extensions['.js'];
  if (stop !== null || first === undefined) return;
  let isActive = true;
  stop = () => {
    isActive = false;
  };
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
