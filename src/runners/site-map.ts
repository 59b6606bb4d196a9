// Sites of what a test runner compiled itself: its source maps are in its own memory, and what it gives Error to format
// stacks with knows them.
import type { Site } from '../channels/site.ts';
import { filePath, SiteMapper } from '../runtime/source-map.ts';

type Prepare = (error: Error, frames: readonly object[]) => unknown;

const place = /\(?((?:file:\/\/|[a-zA-Z]:[\\/]|\/)[^()]*?):(\d+):(\d+)\)?\s*$/;

/** What takes sites to their source in the realm of `sandbox`, the global object of the tests. */
export function siteMap(sandbox: object): (site: Site) => Site {
  const mapper = new SiteMapper();
  return (site) => {
    const mapped = mapByStacks(site, sandbox);
    return mapped === null ? mapper.map(site) : mapper.map({ ...mapped, exact: site.exact });
  };
}

/** In contexts of their own (`vmThreads`) tests are compiled by what runs outside of them, and is known there. */
function mapByStacks(site: Site, sandbox: object): Site | null {
  return mapByStack(site, sandbox) ?? (sandbox === globalThis ? null : mapByStack(site, globalThis));
}

/** Null where nothing but Node formats stacks, or nothing is known of the file. */
function mapByStack(site: Site, realm: object): Site | null {
  try {
    const { Error: RealmError } = realm as { readonly Error: ErrorConstructor };
    // oxlint-disable-next-line typescript/unbound-method -- called as V8 calls it
    const prepare = RealmError.prepareStackTrace as Prepare | undefined;
    if (typeof prepare !== 'function') return null;
    const text = String(
      prepare.call(RealmError, new RealmError('site'), [frameOf({ ...site, file: filePath(site.file) })]),
    );
    const [, file, line, column] = place.exec(text.split('\n').findLast((each) => each.includes(':')) ?? '') ?? [];
    if (file === undefined || (Number(line) === site.line && Number(column) === site.column)) return null;
    return { ...site, file, line: Number(line), column: Number(column) };
  } catch {
    return null; // what formats stacks is somebody else's
  }
}

const none = (): null => null;
const no = (): boolean => false;
const yes = (): boolean => true;

/** A frame as V8 gives it, of nothing but a site. What formats stacks copies the methods of its prototype. */
function frameOf({ file, line, column, function: name }: Site): object {
  const methods = {
    getThis: none,
    getTypeName: none,
    getFunction: none,
    getFunctionName: () => name,
    getMethodName: none,
    getFileName: () => file,
    getLineNumber: () => line,
    getColumnNumber: () => column,
    getEvalOrigin: none,
    getScriptNameOrSourceURL: () => file,
    getPromiseIndex: none,
    isToplevel: yes,
    isEval: no,
    isNative: no,
    isConstructor: no,
    isAsync: no,
    isPromiseAll: no,
    toString: () => `${name} (${file}:${line}:${column})`,
  };
  return Object.create(methods) as object;
}

/** A report with every site in it taken to its source. */
export function mapSites<Part>(part: Part, map: (site: Site) => Site): Part {
  const mapAny = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(mapAny);
    if ('file' in value && 'line' in value && 'column' in value && 'function' in value) return map(value as Site);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapAny(each)]));
  };
  return mapAny(part) as Part;
}
