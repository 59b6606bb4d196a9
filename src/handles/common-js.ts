// In which file of the program's CommonJS modules a function begins: by its text, at its place.
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sep } from 'node:path';

const mostFiles = 300;
const mostBytes = 1024 * 1024;

/**
 * The file that has the function at a place; null where none of those that are loaded has. The program's own are looked at
 * first.
 * @param line from 0
 * @param column from 0: where its parameters begin
 */
export function findFile(run: (...parameters: never) => unknown, line: number, column: number): string | null {
  const text = Function.prototype.toString.call(run);
  const rest = text.slice(text.indexOf('('));
  const files = Object.keys(createRequire(import.meta.url).cache);
  const isLibrary = (file: string): boolean => file.includes(`${sep}node_modules${sep}`);
  const ordered = [...files.filter((file) => !isLibrary(file)), ...files.filter(isLibrary)];
  const isThere = (file: string): boolean => {
    const lines = read(file)?.split('\n', line + 1 + text.split('\n').length) ?? [];
    const from = lines.slice(line).join('\n').slice(column);
    return from.startsWith(rest) || from.startsWith(text);
  };
  return ordered.slice(0, mostFiles).find(isThere) ?? null;
}

function read(file: string): string | null {
  try {
    return statSync(file).size > mostBytes ? null : readFileSync(file, 'utf8');
  } catch {
    return null; // removed since, or no file
  }
}
