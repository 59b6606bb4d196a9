// What a task does that lives long on purpose: it waits for its next item, its next connection, its next time.
import type { LeafKind } from '../report/awaits.ts';
import type { TaskEntry, WaitEntry } from '../report/format.ts';

const idleWaits: ReadonlySet<WaitEntry['kind']> = new Set(['get', 'sleep', 'delay', 'read', 'next', 'wait']);
const idleLeaves: ReadonlySet<LeafKind> = new Set([
  'timer',
  'socket',
  'server',
  'child process',
  'worker',
  'message port',
  'stream',
  'event',
  'queue',
]);
// They answer when something happens, which may be never: of Redis, of PostgreSQL, of AMQP.
const endlessOperation =
  /^(B[LRZ]\w*(POP|PUSH|MOVE)\w*|XREAD\w*|P?SUBSCRIBE|SSUBSCRIBE|MONITOR|WAIT|LISTEN|consume)\b/i;

/** Whether a task waits as workers, servers and loops with a pause do. */
export function isIdle({ waits, parked }: TaskEntry): boolean {
  const wait = waits.at(-1);
  if (wait === undefined) return parked?.leaf != null && idleLeaves.has(parked.leaf.kind);
  return idleWaits.has(wait.kind) || isEndless(wait);
}

/** Whether a response is waited for that need not come. */
export function isEndless({ kind, operation }: WaitEntry): boolean {
  return kind === 'response' && operation !== undefined && endlessOperation.test(operation);
}
