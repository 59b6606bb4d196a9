// A suite of tests whose hooks hang, the same for every runner.
import type { HookKind, Runner } from './runner-suites.ts';

const kinds: readonly HookKind[] = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'];

/** A block for each kind of hook, which never ends; the lines that are to blame end in a comment. */
export function hangingHooks({ imports, test, hook }: Runner): string {
  const blocks = kinds.map(
    (kind) => `
async function of${kind}() {
  await new Promise(() => {}); // ${kind}
}
describe('${kind}', () => {
  ${hook(kind, `async () => { await of${kind}(); }`, 200)}
  ${test('is fine', 'async () => {}', 5000)}
});`,
  );
  return `${imports}\n${blocks.join('\n')}\n`;
}
