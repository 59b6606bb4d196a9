// What kind a function is by the text at which it begins, where the engine does not tell.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a function begins, from 1; line 0 where not known. */
export interface Beginning {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** False also where the file cannot be read, or is not what runs. */
export function isGeneratorAt(beginning: Beginning): boolean {
  return /^(static\s+)?async\s*(function\s*)?\*/.test(textAt(beginning));
}

/** Whether it has no `this` of its own; false also where that cannot be told. */
export function isArrowAt(beginning: Beginning): boolean {
  return /^(async\b\s*)?(\([^)]*\)|[\w$]+)\s*=>/.test(textAt(beginning));
}

function textAt({ file, line, column }: Beginning): string {
  if (line === 0 || file.startsWith('node:')) return '';
  try {
    const text = readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8');
    return text.split('\n', line)[line - 1]?.slice(column - 1) ?? '';
  } catch {
    return '';
  }
}
