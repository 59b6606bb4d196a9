// Takes a site in compiled code back to its source. Maps are looked up when a report is made, never before.
import { readFileSync, statSync } from 'node:fs';
import { findSourceMap, SourceMap } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Site } from '../channels/site.ts';

/** Maps sites of one report; the maps it loads are kept as long as it is. */
export class SiteMapper {
  readonly #root: string;
  readonly #maps = new Map<string, SourceMap | null>();
  // Most tasks of a name share their site, and a report may have a hundred thousand of them.
  readonly #mapped = new Map<Site, Site>();

  /** @param root what comes before the paths of files, where they are those of a container. Default: nothing */
  constructor({ root = '' }: { readonly root?: string } = {}) {
    this.#root = root;
  }

  /** The site in the source, with an absolute path; the site as it is where there is no map. */
  map(site: Site): Site {
    let mapped = this.#mapped.get(site);
    if (mapped === undefined) this.#mapped.set(site, (mapped = this.#map(site)));
    return mapped;
  }

  #map(site: Site): Site {
    const file = filePath(site.file);
    const origin = this.#originOf(file, site);
    if (origin === null) return { ...site, file };
    const { fileName, lineNumber, columnNumber } = origin;
    return { ...site, file: sourcePath(file, fileName), line: lineNumber, column: columnNumber };
  }

  #originOf(
    file: string,
    { line, column }: Site,
  ): { fileName: string; lineNumber: number; columnNumber: number } | null {
    try {
      const origin = this.#mapOf(file)?.findOrigin(line, column);
      return origin !== undefined && 'fileName' in origin ? origin : null;
    } catch {
      return null; // a broken map: the compiled site is still true
    }
  }

  #mapOf(file: string): SourceMap | null {
    let map = this.#maps.get(file);
    if (map === undefined) {
      this.#maps.set(file, null); // a map that cannot be read is not read again
      map = findSourceMap(file) ?? readSourceMap(file, this.#root);
      this.#maps.set(file, map);
    }
    return map;
  }
}

/** The map that a file on disk names in its last lines: inline, or a file beside it. */
function readSourceMap(file: string, root: string): SourceMap | null {
  try {
    const source = readFile(join(root, file));
    const url = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(
      source.slice(source.lastIndexOf('//# sourceMappingURL=')),
    )?.[1];
    if (url === undefined) return null;
    const map = JSON.parse(dataOf(url) ?? readFile(join(root, resolve(dirname(file), decodeURI(url)))));
    // Node's SourceMap does not read sourceRoot.
    if (typeof map.sourceRoot === 'string' && map.sourceRoot !== '') {
      const folder = map.sourceRoot.replace(/\/?$/, '/');
      map.sources = map.sources.map((name: unknown) => `${folder}${String(name)}`);
    }
    return new SourceMap(map);
  } catch {
    return null; // no such file, or a broken map: the compiled site is still true
  }
}

/** Throws where it is no file: a name that a program made up may be that of a pipe, which would be waited for. */
function readFile(path: string): string {
  if (!statSync(path).isFile()) throw new Error(`${path} is not a file`);
  return readFileSync(path, 'utf8');
}

/** What a data URL carries, or null if it is none. */
function dataOf(url: string): string | null {
  const [, base64, data] = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(url) ?? [];
  if (data === undefined) return null;
  return base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString();
}

/** The path of a file that V8 names by path or URL; a URL that is no path on this machine stays as it is. */
export function filePath(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}

/** The path of a source that a map names: relative to the compiled file, or a URL of the bundler's own (`webpack://`). */
function sourcePath(file: string, source: string): string {
  const path = filePath(source);
  return /^[a-z][a-z\d+.-]+:/i.test(path) ? path : resolve(dirname(file), path);
}
