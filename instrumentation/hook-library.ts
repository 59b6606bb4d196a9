// What the hook needs to know of a library: which of its files to look at, and what to do there.
import type { LoadedModule } from './hook-module.ts';

/**
 * A small change to the source of a library, on its own line, so that lines stay what they are. In the replacement
 * `$call(name, value)` or `$call(name, value, other)` is an expression: what the function `calls[name]` returns for the
 * value, or the value itself where that is nothing. Otherwise it is a replacement as for `String.prototype.replace`.
 */
export interface SourceEdit {
  /** Has to match exactly once, or with the flag `g` at least once; else the version is not known. */
  readonly find: RegExp;
  readonly replace: string;
}

/** A file of a library that is looked at when it is loaded. */
export interface LibraryFile {
  /** Below the folder of the package, with `/`; several where versions or builds differ in nothing else. */
  readonly path: string | readonly string[];
  /** Where it is not the same in all `versions` of the library. */
  readonly versions?: readonly string[];
  /** Exported names that `patch` reads or replaces; `default` is `module.exports`, too. */
  readonly exports?: readonly string[];
  /** Names at the top level of the file that are not exported, and that `patch` reads or replaces. */
  readonly locals?: readonly string[];
  /** Classes in the file whose instances `constructed` is to know as soon as they are made. */
  readonly classes?: readonly string[];
  readonly edits?: readonly SourceEdit[];
  readonly calls?: Readonly<Record<string, (value: never, module: LoadedModule, other: never) => unknown>>;
  /** An instance of one of the `classes` is being made: its constructor may not have begun. */
  readonly constructed?: (instance: object, className: string, module: LoadedModule) => void;
  /** The file has been evaluated. Throws where it is not as expected: then nothing of it is changed. */
  readonly patch?: (module: LoadedModule) => void;
}

/** A library that the hook makes visible. */
export interface Library {
  /** As in its package.json. */
  readonly name: string;
  /** What is known to work: `10` for all of a major version, `0.5` for those of a minor one. */
  readonly versions: readonly string[];
  readonly files: readonly LibraryFile[];
}

/** Whether a version is one of those. */
export function matchesVersion(version: string, known: readonly string[]): boolean {
  return known.some((prefix) => version === prefix || version.startsWith(`${prefix}.`));
}

/** The entry for a file of a library, by its path below the folder of the package. */
export function fileOf(library: Library, path: string, version: string): LibraryFile | null {
  const found = library.files.find(
    (file) =>
      (typeof file.path === 'string' ? file.path === path : file.path.includes(path)) &&
      (file.versions === undefined || matchesVersion(version, file.versions)),
  );
  return found ?? null;
}
