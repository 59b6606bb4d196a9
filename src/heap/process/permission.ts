// Why the system does not let us read a process, and what to run instead.
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readStatus, systemRoot, userName, type Identity, type ProcessStatus } from './status.ts';

/** Why a process cannot be read. */
export interface Refusal {
  /** In a few words, for a list. */
  readonly brief: string;
  /** In one sentence, with what to run instead. */
  readonly sentence: string;
}

export interface PermissionOptions {
  /** The command that is to be run in another way, without `sudo`. */
  readonly command: string;
  /** Where the files of the system are. Default `/`. */
  readonly root?: string;
}

const ptrace = 1n << 19n; // CAP_SYS_PTRACE

/** Asks the system whether the memory of a process may be read. Null if it may, or if there is no such process. */
export function refusalOf(pid: number, options: PermissionOptions): Refusal | null {
  try {
    closeSync(openSync(join(options.root ?? systemRoot, 'proc', String(pid), 'mem'), 'r'));
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? explainRefusal(pid, options) : null;
  }
}

/**
 * Why the memory of a process may not be read, given that it may not: the rules of the system (ptrace(2), "access mode
 * checking") one after the other, in its order.
 */
export function explainRefusal(pid: number, { command, root = systemRoot }: PermissionOptions): Refusal {
  const target = readStatus(pid, root);
  const self = readStatus('self', root);
  if (target === null || self === null) return unknown(pid, command);
  const isRoot = self.user.effective === 0;
  const may = (self.capabilities.effective & ptrace) !== 0n;
  const cure = isRoot ? 'start the container with `--cap-add SYS_PTRACE`' : `run \`sudo ${command}\``;
  if (!may && !isSame(target.user, self.user.effective))
    return otherUser(target, self, { command, cure, isRoot, root });
  if (!may && !isSame(target.group, self.group.effective)) {
    return {
      brief: 'other group',
      sentence: `process ${pid} runs with the group ${target.group.effective} and you with ${self.group.effective}: ${cure}`,
    };
  }
  if (!may && isProtected(pid, target, root)) {
    return {
      brief: 'protected',
      sentence:
        `process ${pid} is protected by the system, because it changed its user or its executable has rights of its own: ` +
        cure,
    };
  }
  if (!may && (target.capabilities.permitted & ~self.capabilities.effective) !== 0n) {
    return { brief: 'has more rights', sentence: `process ${pid} has capabilities that you have not: ${cure}` };
  }
  return byScope(pid, { command, cure, may, root }) ?? unknown(pid, command);
}

interface Cure {
  readonly command: string;
  readonly cure: string;
  readonly root: string;
}

function otherUser(
  target: ProcessStatus,
  self: ProcessStatus,
  { command, cure, isRoot, root }: Cure & { readonly isRoot: boolean },
): Refusal {
  const { pid, user, group } = target;
  const owner = named(user.effective, root);
  const brief = `user ${userName(user.effective, root)}`;
  if (!isRoot) {
    return {
      brief,
      sentence: `process ${pid} belongs to ${owner} and you are ${named(self.user.effective, root)}: ${cure}`,
    };
  }
  return {
    brief,
    sentence:
      `process ${pid} belongs to ${owner}, and root may not read it without the capability SYS_PTRACE, as in a container: ` +
      `run \`${command}\` as that user (\`docker exec --user ${user.effective}:${group.effective}\`), or ${cure}`,
  };
}

/** What the security module Yama adds, which several distributions switch on. */
function byScope(pid: number, { command, cure, may, root }: Cure & { readonly may: boolean }): Refusal | null {
  const scope = readScope(root);
  const brief = `ptrace_scope ${scope}`;
  if (scope === 3) {
    return {
      brief,
      sentence:
        `kernel.yama.ptrace_scope is 3, so that no process may be read until the machine starts anew: ` +
        `try \`${command} --via inspector\``,
    };
  }
  if (may) return null;
  const other = `or try \`${command} --via inspector\``;
  if (scope === 2) {
    return {
      brief,
      sentence: `kernel.yama.ptrace_scope is 2, so that only root may read a process: ${cure}, ${other}`,
    };
  }
  if (scope === 1) {
    return {
      brief,
      sentence:
        `kernel.yama.ptrace_scope is 1, so that only root and its parents may read process ${pid}: ${cure}, ` +
        `or allow it until the machine starts anew with \`sudo sysctl kernel.yama.ptrace_scope=0\`, ${other}`,
    };
  }
  return null;
}

function unknown(pid: number, command: string): Refusal {
  return {
    brief: 'refused',
    sentence:
      `the system does not let you read process ${pid}: a security module (SELinux, AppArmor) or a sandbox forbids it; ` +
      `run it on the host or in the container of the process, or try \`${command} --via inspector\``,
  };
}

function isSame({ real, effective, saved }: Identity, id: number): boolean {
  return real === id && effective === id && saved === id;
}

/** The files of a process that is not "dumpable" belong to root, not to its user. */
function isProtected(pid: number, target: ProcessStatus, root: string): boolean {
  try {
    return statSync(join(root, 'proc', String(pid), 'mem')).uid !== target.user.effective;
  } catch {
    return false;
  }
}

/** 0 where there is no Yama. */
function readScope(root: string): number {
  try {
    return Number(readFileSync(join(root, 'proc/sys/kernel/yama/ptrace_scope'), 'utf8'));
  } catch {
    return 0;
  }
}

/** `user node (1000)`. */
function named(id: number, root: string): string {
  const name = userName(id, root);
  return name === String(id) ? `user ${id}` : `user ${name} (${id})`;
}
