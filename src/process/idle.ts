// When a process does nothing any more and is kept alive all the same: what it has open stays as it is, nothing goes over its
// connections, and its loop is at rest.
import { performance } from 'node:perf_hooks';
import { complain } from '../runtime/complain.ts';

const { setInterval, setTimeout, clearInterval } = globalThis; // before anybody fakes them
const lookEveryMs = 250;
const looksAtRest = 6;
const mostUtilization = 0.2;
// They end by themselves, and the program goes on then.
const underWay = /^(?:FSReq|CloseReq|GetAddrInfo|GetNameInfo|Connect|.*Connect(?:Wrap|Req)|WriteWrap|Immediate)/;

/**
 * Calls `tell` once: after a time, or as soon as the process has been idle for one and a half seconds.
 * @param when milliseconds, or `idle`
 */
export function watchIdle(when: number | 'idle', tell: () => void): void {
  if (when !== 'idle') {
    setTimeout(tell, when).unref();
    return;
  }
  let before = '';
  let looks = 0;
  let utilization = performance.eventLoopUtilization();
  const look = (): void => {
    const since = utilization;
    utilization = performance.eventLoopUtilization();
    const now = stateOf();
    const isAtRest = performance.eventLoopUtilization(utilization, since).utilization < mostUtilization;
    looks = isAtRest && now !== null && now === before ? looks + 1 : 0;
    before = now ?? '';
    if (looks < looksAtRest) return;
    clearInterval(timer);
    tell();
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      clearInterval(timer);
      complain('why the process does not end is only said on SIGUSR2 or Ctrl-C', error);
    }
  }, lookEveryMs).unref();
}

/** What is open in one line; null while something is under way, or nothing keeps the process alive. */
function stateOf(): string | null {
  const open = process.getActiveResourcesInfo();
  if (open.length === 0 || open.some((name) => underWay.test(name))) return null;
  const { _getActiveHandles: handles } = process as unknown as { readonly _getActiveHandles?: () => unknown[] };
  let bytes = 0;
  for (const each of handles?.call(process) ?? []) {
    const { bytesRead, bytesWritten } = each as { readonly bytesRead?: unknown; readonly bytesWritten?: unknown };
    bytes += (typeof bytesRead === 'number' ? bytesRead : 0) + (typeof bytesWritten === 'number' ? bytesWritten : 0);
  }
  return `${open.toSorted().join()} ${bytes}`;
}
