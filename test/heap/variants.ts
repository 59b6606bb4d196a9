// Programs that a formatter would not leave as they are, and those that tools have compiled: made for a test, in a folder of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pathOf } from './trial.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Writes a program, changed, to the folder. */
export function writeVariant(folder: string, program: string, change: (text: string) => string): string {
  const path = join(folder, basename(program));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, change(readFileSync(pathOf(program), 'utf8')));
  return path;
}

/** Puts each await far to the right: behind this many of the character. */
export function farRight(character: string, count: number): (text: string) => string {
  return (text) => text.replaceAll(/(?<=\n.*)\bawait (?=.*\/\/ suspended)/g, `/*${character.repeat(count)}*/ await `);
}

/** A CommonJS file which begins with an await, in its first line or behind `#!`. */
export function awaitAtOnce(before: string): string {
  return `${before}(async () => { await new Promise((resolve) => { globalThis.hold = resolve; }); })(); // suspended: (anonymous)
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');
`;
}

/** Compiles with tsc, the comments left out. */
export function compile(folder: string, program: string, ...options: readonly string[]): string {
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), pathOf(program), '--ignoreConfig', '--outDir', folder];
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types'), '--skipLibCheck'];
  const kind = ['--target', 'es2024', '--module', 'nodenext', '--removeComments'];
  execFileSync(process.execPath, [...tsc, ...types, ...kind, ...options], { stdio: 'inherit' });
  return join(folder, basename(program).replace(/\.ts$/, '.js'));
}

/** Minifies to one line with rolldown, which vitest brings along. */
export function minify(folder: string, program: string, sourceMap: 'file' | 'inline'): string {
  const rolldown = [join(root, 'node_modules/rolldown/bin/cli.mjs'), pathOf(program), '--dir', folder];
  const options = ['--minify', '--platform', 'node', '--format', 'esm', '--logLevel', 'silent'];
  execFileSync(process.execPath, [
    ...rolldown,
    ...options,
    '--sourcemap',
    ...(sourceMap === 'inline' ? ['inline'] : []),
  ]);
  return join(folder, basename(program).replace(/\.ts$/, '.js'));
}
