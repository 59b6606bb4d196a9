// Builds dist once before the tests: what runs in child processes is what users get.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const script of ['node_modules/typescript/bin/tsc', 'bundle.ts']) {
    execFileSync(process.execPath, [script], { cwd: root, stdio: 'inherit' });
  }
}
