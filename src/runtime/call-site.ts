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
// What loopscope does by itself, for nobody who called it.
const plumbing = /[\\/]src[\\/](?:subscribers|loop|heap|commands|process)[\\/](?!events\.)/;
const libraries = [`${sep}node_modules${sep}`, '/node_modules/'];

/** Where something was created, and by which library. */
export interface Places {
  /** The first frame of the application; of a library where there is none of the application. */
  readonly site: Site | null;
  /** The first frame of a library, if it came before the application, or there is none of the application. */
  readonly through: Site | null;
  /** No frame of the application or a library, but some of what loopscope does by itself. */
  readonly isOwn: boolean;
}

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
  return readPlaces().site;
}

const nowhere: Places = { site: null, through: null, isOwn: false };

/** The places that lead to this call, at a price of 3 to 10 µs: not rationed. */
export function readPlaces(): Places {
  const places = readFrames(framesRead);
  return places === undefined ? (readFrames(framesReadOfLibraries) ?? nowhere) : (places ?? nowhere);
}

/**
 * Reads the stack without keeping any of it: an unformatted stack keeps the closures of its frames alive. Undefined where
 * there may be frames of the program further down.
 */
function readFrames(most: number): Places | null | undefined {
  // oxlint-disable-next-line typescript/unbound-method -- kept only to be put back
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = most;
    Error.prepareStackTrace = (_error, frames) => placesOf(frames, most);
    const holder: { stack?: Places | undefined } = {};
    Error.captureStackTrace(holder, readPlaces);
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

function placesOf(frames: NodeJS.CallSite[], most: number): Places | undefined {
  let through: Site | null = null;
  let isOwn = false;
  for (const frame of frames) {
    const file = frame.getFileName() ?? frame.getScriptNameOrSourceURL();
    if (typeof file !== 'string' || file.startsWith('node:')) continue;
    if (isOwnFile(file)) {
      isOwn ||= plumbing.test(file);
      continue;
    }
    const site: Site = {
      file,
      line: frame.getLineNumber() ?? 0,
      column: frame.getColumnNumber() ?? 0,
      function: frame.getFunctionName() ?? '',
      exact: true,
    };
    if (!libraries.some((part) => file.includes(part))) return { site, through, isOwn: false };
    through ??= site;
  }
  if (frames.length === most && most === framesRead) return undefined;
  return { site: through, through, isOwn: isOwn };
}

/** Whether a file, as the engine names it, is code of loopscope's. */
export function isOwnFile(file: string): boolean {
  return own.some((folder) => file.startsWith(folder));
}
