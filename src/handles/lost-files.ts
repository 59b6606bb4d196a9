// FileHandles that the garbage collector closed, because the program had lost them open: by the line that opened them.
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { LostFileEntry, Remembered } from '../report/history.ts';
import { lostAt } from './opened.ts';

interface Lost {
  readonly site: Site | null;
  readonly through: Site | null;
  count: number;
}

const most = 200;
const lost = new Map<string, Lost>();
let dropped = 0;
// What Node says of it: from 26 on it is an error that ends the program.
const warning = /^Closing file descriptor (\d+) on garbage collection/;
const error = /^A FileHandle object was closed during garbage collection.* File descriptor: (\d+)/s;

/** Counts it where Node says that it has closed a file, in a warning or an error. Everything else is nothing. */
export function noteLostFile(message: string): void {
  const [, descriptor] = warning.exec(message) ?? error.exec(message) ?? [];
  if (descriptor === undefined) return;
  const creation = lostAt(Number(descriptor));
  if (creation?.isOwn === true) return;
  const { site = null, through = null } = creation ?? {};
  const place = site ?? through;
  const key = place === null ? '' : `${place.file}:${place.line}:${place.column}`;
  const known = lost.get(key);
  if (known !== undefined) known.count++;
  else if (lost.size >= most) dropped++;
  else lost.set(key, { site, through, count: 1 });
}

export function readLostFiles(mapSite: (site: Site) => SiteEntry): Remembered<LostFileEntry> {
  const map = (site: Site | null): SiteEntry | null => (site === null ? null : mapSite(site));
  const entries = [...lost.values()].map(({ site, through, count }) => ({
    at: map(site ?? through),
    through: map(through),
    count,
  }));
  return { entries, dropped };
}
