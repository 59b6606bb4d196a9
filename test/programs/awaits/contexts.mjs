// Functions of other contexts, as test runners have them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, Script, runInContext } from 'node:vm';

const file = fileURLToPath(new URL('inside.cjs', import.meta.url));
const source = readFileSync(file, 'utf8');
const contexts = [createContext({ waiting: [] }), createContext({ waiting: [] })];

async function host() {
  await Promise.all(contexts.map(({ main }) => main())); // suspended: host
}

runInContext(source, contexts[0], { filename: file });
new Script(source, { filename: file }).runInContext(contexts[1]);
void host();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: host → all[0/2] → main → inner → [* found waiting]
// chain: host → all[1/2] → main → inner → [* found waiting]
