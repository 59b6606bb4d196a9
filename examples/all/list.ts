// Every example of this folder.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readExample, type Example } from './promises.ts';

const root = new URL('../..', import.meta.url);

/** All files with a question, by their names. `examples/jaeger` is a program of its own: `npm run example:jaeger`. */
export function examples(): Example[] {
  const files = globSync('examples/**/*.{ts,mjs,cjs}', { cwd: fileURLToPath(root) });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/^examples\/(?:all|jaeger|parts)\//.test(file))
    .toSorted()
    .map((file) => readExample(file, root));
}
