// A suite that hangs and leaves something open, the same for every runner, for the name of a file.
import type { Runner } from './runner-suites.ts';

const load = ({ isModule }: Runner): string =>
  isModule ? `import { createServer } from 'node:net';` : `const { createServer } = require('node:net');`;

/** A test that leaves a server and a timer open; the lines that are to blame end in a comment. */
export function leaving(runner: Runner, name: string): string {
  const left = `async () => {
  setInterval(() => {}, 1000); // interval
  const server = createServer();
  await new Promise((resolve) => {
    server.listen(0, () => resolve(null)); // server
  });
}`;
  return `${runner.imports.replaceAll('alive', 'held')}\n${load(runner)}\n${runner.test(`${name} leaves`, left, 5000)}\n`;
}

/** The same, and a test that hangs. */
export function hangingAndLeaving(runner: Runner, name: string): string {
  return `${leaving(runner, name)}
async function ask${name}() {
  await new Promise(() => {}); // promise
}
${runner.test(`${name} hangs`, `async () => { await ask${name}(); }`, 300)}
`;
}
