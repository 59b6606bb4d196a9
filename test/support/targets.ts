// Processes that are to be looked at. They are killed when the tests of the file are over.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { program } from './cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** A user who may read nothing of root's. */
export const nobody = 65_534;

/** Starts a program of `test/programs/awaits` and waits until it hangs. */
export function startTarget(name: string): Promise<number> {
  return start(process.execPath, [program(`awaits/${name}`)]);
}

/** Starts a command that prints READY, and waits until it has. Gives back its pid. */
export async function start(file: string, words: readonly string[], user?: number): Promise<number> {
  const who = user === undefined ? {} : { uid: user, gid: user };
  const child = spawn(file, words, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], ...who });
  started.push(child);
  let text = '';
  child.stdout.setEncoding('utf8');
  while (!text.includes('READY')) text += String((await once(child.stdout, 'data'))[0]);
  return child.pid as number;
}

/** The program of a `node -e` that does nothing for a minute. */
export const idle = "setTimeout(() => {}, 60_000); console.log('READY')";

/** Whether this command of the system does its work here: as root, as a rule. */
export function works(file: string, ...words: readonly string[]): boolean {
  return spawnSync(file, words).status === 0;
}

/** Whether the command line can be run as somebody who may read less than root. */
export const canBeNobody: boolean =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['dist/src/cli.js', '--version'], { uid: nobody, gid: nobody, cwd: root }).status === 0;

/** The first process below another. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}
