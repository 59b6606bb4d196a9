// Takes a site in compiled code back to its source. Maps are looked up when a report is made, never before.
import { readFileSync } from 'node:fs';
import { findSourceMap, SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Site } from '../channels/site.ts';

/** Maps sites of one report; the maps it loads are kept as long as it is. */
export class SiteMapper {
  readonly #maps = new Map<string, SourceMap | null>();

  /** The site in the source, with an absolute path; the site as it is where there is no map. */
  map(site: Site): Site {
    const file = filePath(site.file);
    const origin = this.#mapOf(file)?.findOrigin(site.line, site.column);
    if (origin === undefined || !('fileName' in origin)) return { ...site, file };
    return {
      ...site,
      file: resolve(dirname(file), filePath(origin.fileName)),
      line: origin.lineNumber,
      column: origin.columnNumber,
    };
  }

  #mapOf(file: string): SourceMap | null {
    let map = this.#maps.get(file);
    if (map === undefined) {
      map = findSourceMap(file) ?? readSourceMap(file);
      this.#maps.set(file, map);
    }
    return map;
  }
}

/** The map that a file on disk names in its last lines: inline, or a file beside it. */
function readSourceMap(file: string): SourceMap | null {
  try {
    const source = readFileSync(file, 'utf8');
    const url = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(source.slice(source.lastIndexOf('//# sourceMappingURL=')))?.[1];
    if (url === undefined) return null;
    const data = /^data:application\/json[^,]*,(.*)$/.exec(url)?.[1];
    const json =
      data === undefined ? readFileSync(resolve(dirname(file), url), 'utf8') : Buffer.from(data, 'base64').toString();
    return new SourceMap(JSON.parse(json));
  } catch {
    return null; // no such file, or a broken map: the compiled site is still true
  }
}

/** The path of a file that V8 names by path or URL. */
function filePath(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}
