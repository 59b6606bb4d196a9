// Equal handles as one: what a list for people shows. Pure.
import type { SiteEntry } from './format.ts';
import type { HandleEntry, HandleKind, HandleReport } from './handles.ts';

/** Handles of one kind, made at one place, which differ in nothing that matters. */
export interface HandleGroup {
  readonly kind: HandleKind;
  /** Of all: without what differs, such as the port at the other end. */
  readonly detail: string;
  readonly count: number;
  readonly at: SiteEntry | null;
  readonly through: SiteEntry | null;
  readonly callback: SiteEntry | null;
  /** Of the oldest. */
  readonly ageMs: number | null;
  /** Of the timer that fires next. */
  readonly leftMs: number | null;
  readonly task: HandleEntry['task'];
  readonly keepsAlive: boolean;
}

// What somebody forgot stands before what follows from it or ends by itself.
const order: readonly HandleKind[] = [
  'server',
  'worker',
  'child',
  'interval',
  'watcher',
  'outgoing',
  'incoming',
  'udp',
  'port',
  'ipc',
  'timeout',
  'stdio',
  'pipe',
  'stream',
  'file',
  'other',
  'request',
  'dns',
  'zlib',
  'crypto',
  'immediate',
];

/** What keeps the process alive, most telling first. Pipes of a child process that runs go with it. */
export function groupHandles({ entries }: HandleReport): HandleGroup[] {
  const children = entries.filter(({ kind }) => kind === 'child').map(({ detail }) => detail);
  return group(
    entries.filter(({ keepsAlive, kind, detail }) => {
      return (
        keepsAlive &&
        !((kind === 'pipe' || kind === 'ipc') && children.some((child) => detail.endsWith(` of ${child}`)))
      );
    }),
  );
}

function group(entries: readonly HandleEntry[]): HandleGroup[] {
  const groups = new Map<string, HandleEntry[]>();
  for (const entry of entries) {
    const places = [entry.at, entry.through, entry.callback].map(placeKey);
    const key = [entry.kind, commonDetail(entry), ...places].join('|');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [entry]);
    else known.push(entry);
  }
  return [...groups.values()]
    .map(groupOf)
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.count - a.count);
}

function groupOf(entries: readonly HandleEntry[]): HandleGroup {
  const [{ kind, at, through, callback, task, keepsAlive, detail }] = entries as [HandleEntry];
  const ages = entries.flatMap(({ ageMs }) => ageMs ?? []);
  const lefts = entries.flatMap(({ leftMs }) => leftMs ?? []);
  return {
    kind,
    detail: entries.length === 1 ? detail : commonDetail(entries[0] as HandleEntry),
    count: entries.length,
    at,
    through,
    callback,
    ageMs: ages.length === 0 ? null : ages.reduce((a, b) => Math.max(a, b)),
    leftMs: lefts.length === 0 ? null : lefts.reduce((a, b) => Math.min(a, b)),
    task: entries.every((each) => each.task?.id === task?.id) ? task : null,
    keepsAlive,
  };
}

function placeKey(site: SiteEntry | null): string {
  return site === null ? '' : `${site.file}:${site.line}:${site.column}`;
}

/** Without the port of who has connected, the number of a process, of a descriptor. */
function commonDetail({ kind, detail }: HandleEntry): string {
  if (kind === 'incoming') return detail.replace(/:\d+$/, '');
  if (kind === 'child' || kind === 'pipe') return detail.replace(/ \(pid \d+\)$/, '');
  return kind === 'file' ? detail.replace(/ \(descriptor \d+\)$/, '') : detail;
}

/** The name of the library in whose files a place is: `pg`, `@redis/client`; null where it is in none. */
export function libraryOf({ file }: SiteEntry): string | null {
  const [, name] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file) ?? [];
  return name === undefined || name.startsWith('.') ? null : name.replace('\\', '/');
}
