// The hook on require and import: files of known libraries are told apart as they are loaded, and patched in place.
import { createRequire, registerHooks } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complain } from '../src/runtime/complain.ts';
import { addNote } from '../src/runtime/notes.ts';
import { libraries, partOf } from './hook-libraries.ts';
import { fileOf, matchesVersion, type Library, type LibraryFile } from './hook-library.ts';
import { forgetLoaders, noteLoader, noteLoaderBefore, type Script } from './hook-extensions.ts';
import { LoadedModule } from './hook-module.ts';
import { partNames, startPart, stopPart } from './hook-node.ts';
import { packageOf, type InstalledPackage } from './hook-package.ts';
import { instrumentKey, prepareSource } from './hook-source.ts';

export interface HookOptions {
  /** Names of libraries that are let be; `all` for all. */
  readonly disabled?: readonly string[];
}

/** What the text in the library tells: that it was evaluated, makes an instance, or calls. */
type Told = 'loaded' | 'new' | 'call';

interface Entry {
  readonly file: LibraryFile;
  readonly module: LoadedModule;
}

const entries: (Entry | null)[] = [];
const entriesKept = 10_000; // a development server loads the same file again and again
const byLibrary = new Map<string, LoadedModule[]>();
const disabledLibraries = new Set<string>();
let stopHook: (() => void) | null = null;

/**
 * Makes known libraries visible that are loaded from now on, with `import` and `require` alike. Those that were loaded
 * before are named in the notes of reports.
 * @returns what stops it: what is loaded then is let be, and what was patched is restored
 */
export function startHook({ disabled = [] }: HookOptions = {}): () => void {
  for (const name of disabled) disabledLibraries.add(name);
  if (stopHook !== null || disabledLibraries.has('all')) return stopHook ?? (() => {});
  Object.defineProperty(globalThis, Symbol.for(instrumentKey), { value: told, configurable: true, writable: true });
  noteLoadedBefore();
  for (const name of partNames) if (!isDisabled(name)) startPart(name);
  const hooks = registerHooks({
    load(url, context, next) {
      const result = next(url, context);
      const { source, format } = result;
      if (source === null || source === undefined || !url.startsWith('file:') || !isScript(format)) return result;
      const read = (): Script => ({
        text: typeof source === 'string' ? source : new TextDecoder().decode(source),
        format: format ?? undefined,
      });
      const script = instrumented(fileURLToPath(url), read);
      return script === null ? result : { ...result, source: script.text };
    },
  });
  noteLoaderBefore(instrumented);
  stopHook = () => {
    stopHook = null;
    hooks.deregister();
    forgetLoaders();
    for (const name of [...byLibrary.keys(), ...partNames]) disableLibrary(name);
  };
  return stopHook;
}

/** Restores a library as it is without loopscope. What it made goes on; further objects of it are not seen. */
export function disableLibrary(name: string): void {
  disabledLibraries.add(name);
  stopPart(name);
  for (const module of modulesOf(name)) module.disable();
}

/** Makes a library visible again. */
export function enableLibrary(name: string): void {
  disabledLibraries.delete(name);
  if (stopHook !== null) startPart(name);
  for (const module of modulesOf(name)) if (!isDisabled(module.package.name)) module.enable();
}

function modulesOf(name: string): LoadedModule[] {
  return [...byLibrary].flatMap(([own, modules]) => (own === name || partOf.get(own) === name ? modules : []));
}

/** A file of a known library, with what is added to it; null for any other file, which is not read. */
function instrumented(path: string, read: () => Script): Script | null {
  let installed: InstalledPackage | null = null;
  try {
    installed = packageOf(path);
    if (installed !== null) noteLoader(installed.name, instrumented);
    if (installed === null || !libraries.has(installed.name) || isDisabled(installed.name)) return null;
    const library = libraries.get(installed.name)?.();
    if (library === undefined || !isKnown(library, installed)) return null;
    const name = path.slice(installed.folder.length).replaceAll(sep, '/');
    const file = fileOf(library, name, installed.version);
    if (file === null) return null;
    if (entries.length >= entriesKept) throw new Error(`more than ${entriesKept} files of libraries were loaded`);
    const module = new LoadedModule(installed, name);
    const id = entries.length;
    const { text, format } = read();
    const prepared = prepareSource(text, file, id, format === 'module');
    entries.push({ file, module });
    return { text: prepared, format };
  } catch (error) {
    if (installed === null) complain('a file was loaded without being looked at', error);
    else noteUnknown(installed, error);
    return null;
  }
}

function isScript(format: string | null | undefined): boolean {
  return format === undefined || format === null || format === 'module' || format === 'commonjs';
}

function isDisabled(name: string): boolean {
  const whole = partOf.get(name);
  return [name, whole, 'all'].some((each) => each !== undefined && disabledLibraries.has(each));
}

function isKnown(library: Library, installed: InstalledPackage): boolean {
  if (matchesVersion(installed.version, library.versions)) return true;
  addNote(`${installed.name} ${installed.version} is not known: it is not visible`);
  return false;
}

function noteUnknown({ name, version }: InstalledPackage, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  addNote(`${name} ${version} is not visible, because it is not as expected: ${why}`);
}

/** Called by the text that was added to a library. Never throws. */
function told(id: number, what: Told, value: unknown, detail: unknown, other?: unknown): unknown {
  const entry = entries[id];
  if (entry === undefined || entry === null) return value;
  const { file, module } = entry;
  try {
    if (what === 'loaded') loaded(entry, value, detail);
    else if (!module.isActive) return value;
    else if (what === 'new') file.constructed?.(value as object, detail as string, module);
    else return file.calls?.[detail as string]?.(value as never, module, other as never);
  } catch (error) {
    fail(id, module, error);
  }
  return value;
}

function loaded({ file, module }: Entry, common: unknown, accessors: unknown): void {
  module.setContent(common as { exports: unknown } | null, accessors as never);
  file.patch?.(module);
  const { name } = module.package;
  const modules = byLibrary.get(name);
  if (modules === undefined) byLibrary.set(name, [module]);
  else modules.push(module);
  if (isDisabled(name)) module.disable();
}

function fail(id: number, module: LoadedModule, error: unknown): void {
  entries[id] = null;
  module.disable();
  noteUnknown(module.package, error);
}

function noteLoadedBefore(): void {
  const { cache } = createRequire(import.meta.url);
  for (const path of Object.keys(cache)) {
    if (!path.includes(`${sep}node_modules${sep}`)) continue;
    const installed = packageOf(path);
    if (installed === null || !libraries.has(installed.name) || isDisabled(installed.name)) continue;
    addNote(`${installed.name} ${installed.version} was loaded before loopscope: it is not visible`);
  }
}
