// Where something was created or parked, at a bounded price. A captured stack costs 3 to 10 µs, so captures are
// rationed: so many a second are exact, as many again are kept for names that are new, and beyond that the last site seen
// under the same name stands in, marked as such.
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Site } from '../channels/site.ts';

const windowMs = 250;
const framesRead = 12;
// Where a library called itself so often that the program is not among those.
const framesReadOfLibraries = 50;
const namesKept = 1000;
/** Longer names than this are kept by nobody but what bears them. */
export const longestNameKept = 200;

let capturesPerWindow = 50;

// The folder of this package's own code, as paths (CommonJS frames) and as URLs (module frames).
const ownUrl = new URL('..', import.meta.url);
const instrumentationUrl = new URL('../../instrumentation/', import.meta.url);
const own = [ownUrl, instrumentationUrl].flatMap((url) => [url.href, fileURLToPath(url)]);
const libraries = [`${sep}node_modules${sep}`, '/node_modules/'];

/** Sets how many sites each book captures per second. Infinity captures all, 0 none. Default 200. */
export function limitCallSites(perSecond: number): void {
  capturesPerWindow = (perSecond * windowMs) / 1000;
}

/** Sites of one sort of event, with a ration of its own: busy locks do not use up what tasks may capture. */
export class CallSites {
  #windowStart = -Infinity;
  #captured = 0;
  readonly #lastSeen = new Map<string, Site>();
  // Of the name that was asked for last, without a look into the map.
  #name = '';
  #site: Site | null = null;

  /**
   * The place in the application that leads to this call: the first frame outside of loopscope, Node and
   * node_modules, or the first outside of loopscope and Node if all are in node_modules. Null where there is none, or
   * where the ration is used up and no earlier site is known under this name.
   * @param name under which the site may stand in for later ones
   * @param at the runtime clock, which the caller has read anyway
   */
  capture(name: string, at: number): Site | null {
    if (this.isSpent(at)) {
      if (name === this.#name && this.#site !== null) return this.#site;
      const known = this.#lastSeen.get(name);
      if (known !== undefined) {
        this.#name = name;
        this.#site = known;
        return known;
      }
      if (this.#captured >= capturesPerWindow * 2) return null;
    }
    this.#captured++;
    const site = readStack();
    if (site !== null && name.length <= longestNameKept) {
      if (this.#lastSeen.size >= namesKept) this.#lastSeen.clear();
      this.#lastSeen.set(name, { ...site, exact: false });
      this.#site = null;
    }
    return site;
  }

  /** Whether the ration of this moment is used up, but for names that are new. */
  isSpent(at: number): boolean {
    if (at - this.#windowStart >= windowMs) {
      this.#windowStart = at;
      this.#captured = 0;
    }
    return this.#captured >= capturesPerWindow;
  }
}

function readStack(): Site | null {
  const site = readFrames(framesRead);
  return site === undefined ? (readFrames(framesReadOfLibraries) ?? null) : site;
}

/**
 * Reads the stack without keeping any of it: an unformatted stack keeps the closures of its frames alive. Undefined where
 * there may be frames of the program further down.
 */
function readFrames(most: number): Site | null | undefined {
  // oxlint-disable-next-line typescript/unbound-method -- kept only to be put back
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = most;
    Error.prepareStackTrace = (_error, frames) => firstOfApplication(frames, most);
    const holder: { stack?: Site | null | undefined } = {};
    Error.captureStackTrace(holder, readStack);
    return holder.stack;
  } catch {
    return null; // a frozen Error (SES): no sites, and nothing else is lost
  } finally {
    try {
      // Backwards: if the second could not be set above, the first must be put back all the same.
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    } catch {
      // the same frozen Error
    }
  }
}

function firstOfApplication(frames: NodeJS.CallSite[], most: number): Site | null | undefined {
  let inLibrary: Site | null = null;
  for (const frame of frames) {
    const file = frame.getFileName() ?? frame.getScriptNameOrSourceURL();
    if (typeof file !== 'string' || file.startsWith('node:') || isOwnFile(file)) continue;
    const site: Site = {
      file,
      line: frame.getLineNumber() ?? 0,
      column: frame.getColumnNumber() ?? 0,
      function: frame.getFunctionName() ?? '',
      exact: true,
    };
    if (!libraries.some((part) => file.includes(part))) return site;
    inLibrary ??= site;
  }
  return frames.length === most && most === framesRead ? undefined : inLibrary;
}

/** Whether a file, as the engine names it, is code of loopscope's. */
export function isOwnFile(file: string): boolean {
  return own.some((folder) => file.startsWith(folder));
}
