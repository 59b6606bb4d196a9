// What the words after `--` mean: a script for Node, or a command that starts Node somewhere below it.
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, extname, join, resolve } from 'node:path';
import { commandPath } from '../config.ts';
import { UsageError } from '../errors.ts';

// Without options for Node, which would be lost: such a script is executed as it says.
const forNode = /^#![ \t]*(?:\S*\/env[ \t]+(?:-S[ \t]+)?)?(?:\S*\/)?node[ \t\r]*(?:\n|$)/;

/** What to spawn. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/** Exit codes, as of a shell. */
export const notExecutable = 126;
export const notFound = 127;
const scriptEndings = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json', '.node', '.wasm']);
// What CommonJS adds to a name without an ending.
const impliedEndings = ['.js', '.json', '.node'];

/**
 * A file or folder is a script for this Node, unless it says otherwise: with another interpreter in its first line
 * (pnpm's node_modules/.bin has shell scripts), or by being a binary. A bare name that is no file is a command of PATH,
 * such as npm, npx or node itself.
 * @throws UsageError with exit code 127 if there is nothing of that name, 126 if it cannot be executed
 */
export function findProgram(script: string, args: readonly string[]): Program {
  const path = resolve(script);
  const node: Program = { file: process.execPath, args: [script, ...args] };
  if (existsSync(path)) {
    if (statSync(path).isDirectory() || scriptEndings.has(extname(path)) || isForNode(path)) return node;
    if (!isExecutable(path)) {
      throw new UsageError(`${script} is not a Node script, and it is not executable`, notExecutable);
    }
    return { file: path, args };
  }
  if (impliedEndings.some((ending) => existsSync(path + ending))) return node;
  if (!/[/\\]/.test(script)) {
    for (const folder of commandPath().split(delimiter)) {
      const file = join(folder, script);
      if (folder !== '' && existsSync(file) && isExecutable(file)) return { file, args };
    }
  }
  throw new UsageError(`there is no script ${script}, and no command of that name`, notFound);
}

/** A file without an ending: Node's by its first line, or by being text that names no interpreter. */
function isForNode(path: string): boolean {
  const start = Buffer.alloc(128);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, start);
    const text = start.toString('latin1', 0, length);
    if (text.startsWith('#!')) return forNode.test(text);
    return !text.includes('\0');
  } finally {
    closeSync(file);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
