// Files that are written whole: whoever reads one sees the old content or the new, never half of it.
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { appendFully } from '../process/deliver.ts';

/** Makes sure that there can be such a file: its folder is made. Throws UsageError where that fails. */
export function prepareFile(file: string, option: string): void {
  const path = targetOf(file);
  const folder = dirname(path);
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${option}: cannot write to the folder ${folder}: ${(error as Error).message}`);
  }
  if (kindOf(path) === 'folder') throw new UsageError(`${option}: ${file} is a folder`);
}

/** Writes the whole file at once, beside it first; what is no file, such as a pipe, is written to. Throws if it cannot. */
export function writeWhole(file: string, text: string): void {
  const path = targetOf(file);
  if (kindOf(path) === 'other') {
    appendFully(path, text);
    return;
  }
  makeFolder(dirname(path)); // the program may have removed it
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    if (error instanceof Error) error.message = error.message.replaceAll(part, file); // what was asked for
    throw error;
  }
}

/** Not `mkdir` with `recursive`, which never returns where /proc refuses to have a folder. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Where a link leads, so that it stays one. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

function kindOf(path: string): 'none' | 'file' | 'folder' | 'other' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : 'other';
}
