// What a reader is told, whatever the way.
import type { SiteEntry } from '../report/format.ts';

export interface ReadOptions {
  /** Takes a site of compiled code to its source. Default: it stays as it is. */
  readonly mapSite?: (site: SiteEntry) => SiteEntry;
  /** Whether to look for who could settle what nobody in the graph settles. Default true. */
  readonly settlers?: boolean;
}

export interface MemoryOptions extends ReadOptions {
  /** Stops the process (SIGSTOP) while it is read, for one consistent picture. Default false. */
  readonly stop?: boolean;
  /** A descriptor of its /proc/PID/mem that was handed down by the process itself, which waits meanwhile. */
  readonly descriptor?: number;
}
