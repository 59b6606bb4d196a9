// `loopscope doctor`, in the process that it examines: records this thread, and leaves the recording in the run directory.
import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startRecorder } from '../recorder/recorder.ts';
import { complain } from '../runtime/complain.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { startRegistry } from '../subscribers/registry.ts';
import type { Loop } from './loop.ts';
import { memberKey, type RunDirectory } from './run-directory.ts';
import { takeReport } from './take-report.ts';

const pollMs = 20;
/** The supervisor waits a little longer than that before it ends the process. */
const mostWaitMs = 1800;

/** What runs while a thread is recorded. */
export interface RunRecorder {
  /** Ends the recording, and leaves it. May be called twice. */
  finish(): void;
  /** Resolves when all threads of this process have left theirs, or after a while. */
  untilAllHave(): Promise<void>;
}

/** Records this thread from now on. */
export function startRecording(directory: RunDirectory, isDeep: boolean, loop: Loop | null): RunRecorder {
  const registry = startRegistry();
  const recorder = startRecorder({
    isDeep,
    loop: () => loop?.read() ?? null,
    pendingTasks: () => registry.snapshot().tasks.length,
  });
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const address = (message as { readonly server: Server }).server.address();
    if (address === null) return;
    if (typeof address === 'string') {
      directory.markListeningPath(process.pid, address);
      return;
    }
    recorder.listens(address.port);
    directory.markListening(process.pid, address.port);
  });
  let finished = false;
  return {
    finish() {
      if (finished) return;
      finished = true;
      try {
        const mapper = new SiteMapper();
        directory.deliverRecording(recorder.stop((site) => mapper.map(site), takeReport('asked')));
      } catch (error) {
        complain('the recording of a thread was lost', error);
      }
    },
    async untilAllHave() {
      const isMissing = (): boolean => {
        const there = new Set(directory.recorded().map(memberKey));
        return directory.members().some((member) => member.pid === process.pid && !there.has(memberKey(member)));
      };
      for (let waited = 0; waited < mostWaitMs && isMissing(); waited += pollMs) await pause(pollMs);
    },
  };
}
