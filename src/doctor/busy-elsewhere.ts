// busy-elsewhere: the processor is busy for the program, and its loop is not: in Node's pool of threads, for instance.
import type { Disease } from './disease.ts';
import { nameOfOperation } from './operation-names.ts';
import { percent, time } from './wording.ts';

/** Of a processor, on average. */
const leastUsed = 0.8;
const mostUtilization = 0.6;
const inPool =
  /^(?:PBKDF2|SCRYPT|HKDF|RANDOMBYTES|RANDOMPRIME|CHECKPRIME|KEYGEN|KEYPAIRGEN|SIGN|VERIFY|CIPHER|DERIVEBITS|HASH|ZLIB|BROTLI|ZSTD|FSREQ)/;

export const busyElsewhere: Disease = (view) => {
  const { processor, operations } = view.thread;
  const elsewhereMs = processor.processMs - processor.threadMs;
  if (elsewhereMs < view.activeMs * leastUsed || view.utilization > mostUtilization) return [];
  const group = operations?.groups.find(({ type, at }) => at !== null && inPool.test(type));
  if (group?.at == null) return [];
  const used = elsewhereMs / view.activeMs;
  const what = nameOfOperation(group.type);
  return [
    {
      disease: 'busy-elsewhere',
      weight: Math.min(1, used / 4),
      verdict: `The processor is busy in other threads than the loop's: with ${what} from ${view.line(group.at)}.`,
      evidence: [
        `Other threads of the process used ${used.toFixed(1)} processors, its loop was busy ${percent(view.utilization)} of ${time(view.activeMs)}.`,
        `${what} waited for ${time(group.waitingMs / Math.max(1, group.runs))} on average, up to ${group.peak} at a time; Node's pool has 4 threads for all such work.`,
      ],
      advice:
        'It is work, not waiting: do less of it, or run it on more processors. UV_THREADPOOL_SIZE helps only where processors are idle.',
      at: group.at,
    },
  ];
};
