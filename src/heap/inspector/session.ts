// One look at a process through its inspector, which is left as it was found.
import { setTimeout as wait } from 'node:timers/promises';
import { ReadError } from '../read-error.ts';
import { answerLimitMs, Connection } from './connection.ts';
import { call, objectGroup, waitForTurn } from './evaluate.ts';
import {
  countUsers,
  describeProcess,
  joinLease,
  leaveLease,
  whatRuns,
  type ProcessFacts,
  type Running,
} from './in-target.ts';
import { openInspector } from './open.ts';
import { connectionsTo, listeningPorts } from './ports.ts';
import { innerPid, isAlive } from './process-status.ts';

/** A loop that turns closes the inspector within half a second. */
const closeLimitMs = 3000;
const mostRunning = 3;

/** `opened` it is ours to close, `joined` and the process knows that. */
type Lease = 'none' | 'opened' | 'joined';

export interface Session {
  readonly connection: Connection;
  readonly facts: ProcessFacts;
}

/**
 * Runs `work` on a connection to the inspector of the process. One that we opened is closed afterwards, whatever happens.
 * Returns what `work` gave, and notes: what could not be left as it was found.
 * @throws ReadError when the process cannot be read.
 */
export async function withSession<Value>(
  pid: number,
  work: (session: Session) => Promise<Value>,
): Promise<{ value: Value; notes: string[] }> {
  const { port, url, opened } = await openInspector(pid);
  const connection = await Connection.open(pid, url);
  let lease: Lease = opened ? 'opened' : 'none';
  let value: Value;
  try {
    const facts = await call(connection, describeProcess, []);
    if (facts.pid !== innerPid(pid)) throw otherProcess(pid, port, facts.pid);
    if (await call(connection, joinLease, [opened])) lease = 'joined';
    await turn(pid, connection, facts.directory); // what follows needs microtasks
    value = await work({ connection, facts });
  } catch (error) {
    const notes = await leave(pid, port, connection, lease);
    throw notes.length === 0 ? error : withNotes(error, notes);
  }
  return { value, notes: await leave(pid, port, connection, lease) };
}

/** Waits for a turn of the loop. Where there is none, the error says what runs instead. */
async function turn(pid: number, connection: Connection, directory: string): Promise<void> {
  try {
    await waitForTurn(connection);
  } catch (error) {
    if (!(error instanceof ReadError) || error.problem !== 'busy') throw error;
    const running = await call(connection, whatRuns, []).catch(() => []);
    const [culprit, ...callers] = running.slice(0, mostRunning).map((each) => nameRunning(each, directory));
    if (culprit === undefined) throw error;
    const from = callers.length === 0 ? '' : `, called from ${callers.join(', from ')}`;
    const message = `the loop of process ${pid} has been blocked for ${answerLimitMs / 1000} s or more, now by ${culprit}${from}`;
    throw new ReadError('busy', `${message}; what is suspended meanwhile is read with --via memory`, { cause: error });
  }
}

function nameRunning({ name, file, line, column }: Running, directory: string): string {
  const path = file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file;
  return `${name === '' ? '(anonymous)' : name} at ${path}:${line}:${column}`;
}

/** Gives back what was named, closes the connection and then the inspector. Never throws. */
async function leave(pid: number, port: number, connection: Connection, lease: Lease): Promise<string[]> {
  let left = false;
  try {
    await connection.send('Runtime.releaseObjectGroup', { objectGroup });
    if (lease === 'joined') await call(connection, leaveLease, [await hasStrangers(pid, port, connection)]);
    left = lease === 'joined';
  } catch {
    // it ended or is blocked
  }
  await connection.close();
  if (lease === 'none' || !isAlive(pid) || (left && (await isClosed(pid, port)))) return [];
  const later = lease === 'joined' ? 'it closes ten minutes after its loop turns again' : 'nobody could close it';
  const when = left ? 'it closes when its loop turns' : later;
  return [`The inspector of process ${pid} is still open on port ${port}: ${when}, unless somebody else uses it.`];
}

/** Whether anybody but readers is connected. The sockets of readers that left take a moment to close. */
async function hasStrangers(pid: number, port: number, connection: Connection): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (connectionsTo(pid, port) <= (await call(connection, countUsers, []))) return false;
    await wait(50);
  }
  return true;
}

async function isClosed(pid: number, port: number): Promise<boolean> {
  const deadline = performance.now() + closeLimitMs;
  while (performance.now() < deadline) {
    if (!listeningPorts(pid).some((entry) => entry.port === port)) return true;
    await wait(20);
  }
  return false;
}

function otherProcess(pid: number, port: number, found: number): ReadError {
  return new ReadError(
    'busy',
    `process ${found} has port ${port}, where the inspector of process ${pid} would be: close that one first`,
  );
}

function withNotes(error: unknown, notes: readonly string[]): unknown {
  if (!(error instanceof ReadError)) return error;
  return new ReadError(error.problem, `${error.message}. ${notes.join(' ').replace(/\.$/, '')}`, { cause: error });
}
