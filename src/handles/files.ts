// Open files, by what Linux says of the descriptors of this process, and watchers of files.
import { readdirSync, readlinkSync, fstatSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { openedAt } from './opened.ts';
import { isRefed, type Found, type Unknown } from './found.ts';

const folder = '/proc/self/fd';
const mostDescriptors = 5000;
// Those of Node itself.
const first = 3;

/** Files that are open, of the whole process; empty elsewhere than in the main thread on Linux. */
export function findFiles(): Found[] {
  if (process.platform !== 'linux' || !isMainThread) return [];
  const descriptors = readdirSync(folder)
    .map(Number)
    .filter((each) => each >= first);
  return descriptors.slice(0, mostDescriptors).flatMap((descriptor) => {
    const path = pathOf(descriptor);
    if (path === null) return [];
    const detail = `${path} (descriptor ${descriptor})`;
    return [
      {
        kind: 'file',
        detail,
        refed: false,
        keepsAlive: false,
        things: [openedAt(descriptor)],
        ageMs: null,
      } satisfies Found,
    ];
  });
}

/** Null for what is no file on a disk: sockets, pipes, devices. */
function pathOf(descriptor: number): string | null {
  try {
    if (!fstatSync(descriptor).isFile()) return null;
    const path = readlinkSync(`${folder}/${descriptor}`);
    return path.startsWith('/proc/') ? null : path;
  } catch {
    return null; // closed meanwhile: the folder that was read is one itself
  }
}

/** A watcher that watches. `path`: what it watches. */
export function findWatcher(watcher: Unknown, path: string): Found {
  const handle = watcher['_handle'];
  const refed = isRefed(handle);
  return { kind: 'watcher', detail: path, refed, keepsAlive: refed, things: [watcher, handle], ageMs: null };
}

/** What file watchers watch, in the order in which Node lists these: only its own report tells. */
export function watchedPaths(): Readonly<Record<'fs_event' | 'fs_poll', readonly string[]>> {
  const { report } = process as { report?: NodeJS.ProcessReport & { excludeNetwork?: boolean } };
  const paths = { fs_event: [] as string[], fs_poll: [] as string[] };
  if (report === undefined) return paths;
  const { excludeNetwork } = report;
  try {
    report.excludeNetwork = true; // else the name of the other end of each connection is looked up
    const { libuv = [] } = report.getReport() as { libuv?: readonly Unknown[] };
    for (const { type, filename, is_referenced: isReferenced } of libuv) {
      if (isReferenced === true && (type === 'fs_event' || type === 'fs_poll'))
        paths[type].push(typeof filename === 'string' ? filename : '');
    }
  } catch {
    // without paths
  } finally {
    if (excludeNetwork !== undefined) report.excludeNetwork = excludeNetwork;
  }
  return paths;
}
