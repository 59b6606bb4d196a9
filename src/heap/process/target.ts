// The process that was asked for: that it is there, and Node, or else in one sentence what is there instead.
import { ReadError } from '../read-error.ts';
import { isNodeProcess } from './list.ts';
import { allPids, readStatus, type ProcessStatus } from './status.ts';

/**
 * What the system says of a Node process.
 * @param commandFor the command that reads a process, for advice
 * @throws ReadError `gone` or `not-node`
 */
export function findTarget(pid: number, commandFor: (pid: number) => string): ProcessStatus {
  const status = readStatus(pid);
  if (status === null) throw absent(pid, commandFor);
  if (status.ended) {
    throw new ReadError(
      'gone',
      `process ${pid} has ended: it is a zombie, whose parent has not asked for its exit code`,
    );
  }
  if (status.leader !== pid) {
    throw new ReadError('gone', `${pid} is a thread of process ${status.leader}: run \`${commandFor(status.leader)}\``);
  }
  if (!isNodeProcess(status)) {
    const below = nodeBelow(pid);
    const advice =
      below === null ? 'loopscope ps lists those that are' : `below it runs Node: \`${commandFor(below)}\``;
    throw new ReadError('not-node', `process ${pid} (${status.name}) is not Node; ${advice}`);
  }
  return status;
}

function absent(pid: number, commandFor: (pid: number) => string): ReadError {
  if (isHidden(pid)) {
    return new ReadError(
      'permission',
      `process ${pid} is hidden from you, as /proc is mounted with hidepid: run \`sudo ${commandFor(pid)}\``,
    );
  }
  const inside = statuses().find(({ innerPid }) => innerPid === pid);
  return new ReadError(
    'gone',
    inside === undefined
      ? `there is no process ${pid} here (the pid of a process in a container counts in there); loopscope ps lists those of Node`
      : `there is no process ${pid} here, but process ${inside.pid} has this pid in its container: \`${commandFor(inside.pid)}\``,
  );
}

/** Whether a signal would reach somebody, or be refused. */
function isHidden(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The first Node process below a shell or a package runner written in something else. */
function nodeBelow(root: number): number | null {
  if (root === 1) return null; // everything is below it
  const children = Map.groupBy(statuses(), ({ parentPid }) => parentPid);
  const below = new Set([root]);
  for (const pid of below) {
    for (const child of children.get(pid) ?? []) {
      if (!child.ended && child.pid !== process.pid && isNodeProcess(child)) return child.pid;
      below.add(child.pid);
    }
  }
  return null;
}

function statuses(): ProcessStatus[] {
  return allPids().flatMap((pid) => readStatus(pid) ?? []);
}
