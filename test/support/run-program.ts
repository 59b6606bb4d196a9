// Runs a program of test/programs on plain node, as users run theirs: from dist.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runProgram(
  name: string,
  { flags = [], args = [] }: { flags?: string[]; args?: string[] } = {},
): Promise<Run> {
  const file = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, file, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}
