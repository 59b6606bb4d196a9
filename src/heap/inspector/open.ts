// Opens the inspector of a process where it is safe, and says what to do where it is not.
import { setTimeout as wait } from 'node:timers/promises';
import { ReadError } from '../read-error.ts';
import { askEach, findInspector, inspectorPort, type InspectorAddress } from './address.ts';
import { answerLimitMs } from './connection.ts';
import { listeningPorts, whoListens } from './ports.ts';
import { catchesSigusr1, hasInspectorThread, isAlive, isNode, sharesNetwork } from './process-status.ts';
import { handlesSigusr1 } from './signal-handler.ts';

export interface OpenInspector extends InspectorAddress {
  /** Whether we opened it, and so have to close it. */
  readonly opened: boolean;
}

/**
 * The inspector of the process: the one that is open, or one that SIGUSR1 opens.
 * @throws ReadError when neither is to be had.
 */
export async function openInspector(pid: number): Promise<OpenInspector> {
  if (!isAlive(pid)) throw new ReadError('gone', `there is no process ${pid}: list the running ones with loopscope ps`);
  if (process.platform === 'linux') checkReachable(pid);
  const before = new Set(listeningPorts(pid).map(({ port }) => port));
  const found = await findInspector(pid);
  if (found !== null) return { ...found, opened: false };
  checkSignal(pid);
  const meanwhile = await openedMeanwhile(pid);
  if (meanwhile !== null) return { ...meanwhile, opened: false };
  try {
    process.kill(pid, 'SIGUSR1');
  } catch (error) {
    throw signalError(pid, error as NodeJS.ErrnoException);
  }
  return { ...(await waitForInspector(pid, before)), opened: true };
}

function checkReachable(pid: number): void {
  if (!isNode(pid)) throw new ReadError('not-node', `process ${pid} is not Node: give the pid of a Node process`);
  if (!sharesNetwork(pid)) {
    throw new ReadError(
      'unsupported',
      `the inspector of process ${pid} is in a network of its own (a container): run loopscope inside it, or read it with --via memory`,
    );
  }
}

/** The signal must open the inspector and do nothing else: without a handler it would end the process. */
function checkSignal(pid: number): void {
  if (process.platform !== 'linux') {
    throw new ReadError(
      'unsupported',
      `the inspector of process ${pid} is closed, and on ${process.platform} nobody can see whether it may be signalled: open it with kill -USR1 ${pid}, which ends what is not Node, and ask again`,
    );
  }
  if (!catchesSigusr1(pid) || !hasInspectorThread(pid)) {
    throw new ReadError(
      'unsupported',
      `process ${pid} does not open its inspector on SIGUSR1 (--disable-sigusr1, or a handler of its own): read it with --via memory, or start it with --inspect`,
    );
  }
  if (handlesSigusr1(pid) === true) {
    throw new ReadError(
      'unsupported',
      `process ${pid} has a handler of its own for SIGUSR1, which was not called: read it with --via memory, or start it with --inspect`,
    );
  }
}

/** The one that another reader has opened since we looked; null where its port is free, and an error where others have it. */
async function openedMeanwhile(pid: number): Promise<InspectorAddress | null> {
  const port = inspectorPort(pid);
  const listener = port === 0 ? undefined : whoListens(port);
  if (listener === undefined) return null;
  const found = listener === pid ? await findInspector(pid) : null;
  if (found !== null) return found;
  const who = listener === null ? 'another process' : `process ${listener}`;
  throw new ReadError(
    'busy',
    `${who} has port ${port}, where the inspector of process ${pid} would open: wait until it is free, or read it with --via memory`,
  );
}

function signalError(pid: number, error: NodeJS.ErrnoException): ReadError {
  return error.code === 'ESRCH'
    ? new ReadError('gone', `process ${pid} ended while it was read`)
    : new ReadError('permission', `process ${pid} belongs to another user: ask as that user, or as root`);
}

async function waitForInspector(pid: number, before: ReadonlySet<number>): Promise<InspectorAddress> {
  const deadline = performance.now() + answerLimitMs;
  while (performance.now() < deadline) {
    if (!isAlive(pid)) throw new ReadError('gone', `process ${pid} ended while it was read`);
    const found = await askEach(listeningPorts(pid).filter(({ port }) => !before.has(port)));
    if (found !== null) return found;
    await wait(20);
  }
  throw new ReadError(
    'busy',
    `process ${pid} did not open its inspector within ${answerLimitMs / 1000} s: its loop is blocked, and it opens when that turns again, or it has a handler of its own for SIGUSR1; read it with --via memory`,
  );
}
