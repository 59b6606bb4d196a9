// Where a finding is, as code hosts want it: a path below the folder that was checked out.
import { isAbsolute, relative, sep } from 'node:path';
import type { ProcessEntry } from '../report/format.ts';

/** What is drawn for continuous integration, and how. */
export interface CiOptions {
  /** The folder that was checked out. */
  readonly root: string;
  /** Whether a finding with this rule fails the build. */
  readonly fails: (finding: { readonly rule: string; readonly isWarning: boolean }) => boolean;
}

/** The path of a file below the folder, with slashes; null for what is elsewhere, or no file. */
export function pathBelow(root: string, file: string): string | null {
  if (!isAbsolute(file)) return null;
  const path = relative(root, file);
  const isElsewhere = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  return isElsewhere ? null : path.replaceAll(sep, '/');
}

/** The script of a process, below the folder if it is there. */
export function scriptOf({ command, script }: ProcessEntry, root: string): string {
  const file = script ?? command.split(' ')[0] ?? '';
  return pathBelow(root, file) ?? (file.replace(/^\/+/, '') || 'unknown');
}
