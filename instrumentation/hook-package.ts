// Which package a file belongs to, by the package.json above it: folders have other names than what is in them (aliases).
import { readFileSync } from 'node:fs';
import { dirname, sep } from 'node:path';

/** A package on disk. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, with a separator at the end. */
  readonly folder: string;
}

const modules = `${sep}node_modules${sep}`;
const byFolder = new Map<string, InstalledPackage | null>();
const foldersKept = 10_000;

/** The package of a file; null where there is none. Each package.json is read once. */
export function packageOf(file: string): InstalledPackage | null {
  const at = file.lastIndexOf(modules);
  if (at === -1) return packageAbove(dirname(file));
  const start = at + modules.length;
  let end = file.indexOf(sep, start);
  if (file[start] === '@' && end !== -1) end = file.indexOf(sep, end + 1);
  return end === -1 ? null : remember(file.slice(0, end), readPackage);
}

/** That of the program itself, or of a package which is worked on or linked: the nearest package.json with a name. */
function packageAbove(folder: string): InstalledPackage | null {
  return remember(folder, () => {
    const above = dirname(folder);
    return readPackage(folder) ?? (above === folder ? null : packageAbove(above));
  });
}

function remember(folder: string, find: (folder: string) => InstalledPackage | null): InstalledPackage | null {
  let found = byFolder.get(folder);
  if (found !== undefined) return found;
  found = find(folder);
  if (byFolder.size >= foldersKept) byFolder.clear();
  byFolder.set(folder, found);
  return found;
}

function readPackage(folder: string): InstalledPackage | null {
  try {
    const { name, version } = JSON.parse(readFileSync(`${folder}${sep}package.json`, 'utf8')) as Record<
      string,
      unknown
    >;
    if (typeof name !== 'string' || typeof version !== 'string') return null;
    return { name, version, folder: folder + sep };
  } catch {
    return null; // none here, or a broken one: Node says so to whom it may concern
  }
}
