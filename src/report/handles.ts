// What is open in a thread: handles, timers and requests under way. A part of the report.
import type { SiteEntry } from './format.ts';

/**
 * `server` listens; `incoming` and `outgoing` are connections, of TCP or of a pipe; `timeout`, `interval`, `immediate`
 * are timers; `watcher` watches files; `file` is a FileHandle, `stream` a stream of a file; `child` and `worker` run;
 * `port` is a MessagePort or BroadcastChannel; `ipc` the channel to the parent process; `stdio` stdin, stdout or stderr;
 * `dns`, `zlib`, `crypto` and `request` (of the file system, above all) are under way.
 */
export type HandleKind =
  | 'server'
  | 'incoming'
  | 'outgoing'
  | 'udp'
  | 'timeout'
  | 'interval'
  | 'immediate'
  | 'watcher'
  | 'file'
  | 'stream'
  | 'child'
  | 'worker'
  | 'port'
  | 'ipc'
  | 'pipe'
  | 'stdio'
  | 'dns'
  | 'zlib'
  | 'crypto'
  | 'request'
  | 'other';

export interface HandleEntry {
  readonly kind: HandleKind;
  /** Which one: `127.0.0.1:3000`, the other end of a connection, a path, a command, `every 1.0 s`. Empty where unknown. */
  readonly detail: string;
  /** Whether it is ref'ed: one that is not lets the process end. */
  readonly refed: boolean;
  /** Whether it alone would keep the process (the worker thread) from ending. */
  readonly keepsAlive: boolean;
  /** Null where nobody knows when it was made. */
  readonly ageMs: number | null;
  /** Until a timer fires; absent for what is none. */
  readonly leftMs?: number;
  /**
   * Where the program made it, of a connection that was accepted where its server was. Null where that is not known:
   * without `--handles`, only for what Node announces (servers, connections, UDP sockets, children, workers).
   */
  readonly at: SiteEntry | null;
  /** The library that made it for the program; null where the program did itself. */
  readonly through: SiteEntry | null;
  /** Where the function is that it calls, as of a timer; null where that is not known. */
  readonly callback: SiteEntry | null;
  /** In which task it was made; null outside of tasks, and where that is not known. */
  readonly task: { readonly id: number; readonly name: string } | null;
}

/** What was made at one place, and how many of it were open whenever it was looked. */
export interface HandleSiteEntry {
  readonly kind: HandleKind;
  readonly at: SiteEntry;
  /** `at` is no place where timers were set, which is only known with `--handles`, but where the function begins that they call. */
  readonly isCalled?: true;
  readonly through: SiteEntry | null;
  /** Open now. */
  readonly open: number;
  /** Oldest first, 60 at most. */
  readonly seen: readonly { readonly agoMs: number; readonly open: number }[];
}

export interface HandleReport {
  /** Whether the place of each was noted when it was made (`--handles`), and not only of what Node announces. */
  readonly exact: boolean;
  /** What keeps the process alive comes first. 10,000 at most. */
  readonly entries: readonly HandleEntry[];
  /** By place, those with the most open first; 200 at most. */
  readonly sites: readonly HandleSiteEntry[];
  /** How many are in no entry, because there were too many. */
  readonly dropped: number;
  /** What could not be looked for, in words: `timers: Node runs with --permission`. */
  readonly unseen: readonly string[];
}
