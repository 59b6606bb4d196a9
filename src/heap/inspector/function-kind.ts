// Whether a function is an async generator, by the text at which it begins: a stack does not tell.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** False also where the file cannot be read, or is not what runs. */
export function isGeneratorAt(file: string, line: number, column: number): boolean {
  if (line === 0) return false;
  try {
    const text = readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8');
    const start = text.split('\n', line)[line - 1]?.slice(column - 1) ?? '';
    return /^(static\s+)?async\s*(function\s*)?\*/.test(start);
  } catch {
    return false;
  }
}
