// Gathers what is loaded at once, compiled by now in dist, into few files: Node takes up to 1 ms for every file, and every
// process that is observed pays that when it starts, as does everybody who asks. A module stays where it is and hands on
// what it has in such a file: all others find it there, and nothing exists twice.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { rolldown, type InputOptions, type OutputChunk, type Plugin } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';

const dist = join(import.meta.dirname, 'dist');
// What is loaded at once, in this order: what two of them need goes into the files of the first.
const starts: Readonly<Record<string, readonly string[]>> = {
  start: ['process/start'],
  runner: ['runners/vitest-tests', 'runners/jest-tests', 'runners/mocha-tests', 'runners/node-tests'],
  report: ['process/give-report'],
  index: ['index'],
  await: ['process/await-child'],
  run: ['commands/run', 'commands/why'],
  ps: ['commands/ps', 'commands/tree'],
};
// A thread of ours shares nothing with others: it has all that it needs in its own file.
const threads = ['loop/watchdog-thread'];
// Stacks are read by folder (src/runtime/call-site.ts, src/heap/memory/own.ts): what programs call, and wait in; what
// loopscope does by itself; and what lies below both. Commands and rules have names of their own.
const layers = [
  ['primitives', /^src\/(primitives|resilience)\//],
  ['process', /^src\/(process\/(?!events)|subscribers|loop|heap)/],
  ['commands', /^src\/commands\//],
  ['rules', /^src\/rules\//],
  ['runtime', /^/],
] as const;
const ownUrl = 'import.meta.url';
// What begins to work when it is loaded stays alone, and loads those files.
const working = /\/(await-child|src\/index)\.js$/;

/** A piece of code. */
interface Part {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const graphs = new Map<string, readonly string[]>();
for (const [name, modules] of Object.entries(starts)) graphs.set(name, await graphOf(modules.map(fileAt)));
// Tests need half of what a program under the hook needs, and of what lies below it all but a line or two.
const ofTests = new Set(graphs.get('runner'));
const inBoth = graphs.get('start')?.filter((module) => ofTests.has(module) || layerOf(module) === 'runtime') ?? [];
const fileOf = new Map<string, string>();
for (const [name, modules] of [['both', inBoth] as const, ...graphs]) {
  for (const module of modules) {
    if (!fileOf.has(module)) fileOf.set(module, working.test(module) ? module : fileFor(module, name));
  }
}
const gathered = Map.groupBy(fileOf.keys(), (module) => fileOf.get(module) ?? module);
const handOn = [...fileOf].filter(([module, file]) => module !== file);
const facades = handOn.map(async ([module, file]) => [module, await facade(module, file)] as const);
const files = await Promise.all(
  [...gathered].map(async ([file, modules]) => [file, await gather(file, modules)] as const),
);
checkOrder(new Map(files.map(([file, { imports }]) => [file, imports.map((path) => join(dirname(file), path))])));
const alone = threads.map(async (thread) => {
  const file = fileAt(thread);
  return [file, await gather(file, await graphOf([file]), [file])] as const;
});
const compiled = [...files, ...(await Promise.all(alone))].map(([file, { code }]) => [file, lean(code)] as const);
const written = [...(await Promise.all(facades)), ...compiled];
await Promise.all(written.map(([file, code]) => writeFile(file, code)));

/** Throws if two files need each other: which of them is ready first would depend on who asks for what. */
function checkOrder(importsOf: ReadonlyMap<string, readonly string[]>): void {
  const ready = new Set<string>();
  const load = (file: string, loading: readonly string[]): void => {
    if (ready.has(file)) return;
    if (loading.includes(file)) throw new Error(`these files need each other: ${[...loading, file].join(', ')}`);
    for (const each of importsOf.get(file) ?? []) load(each, [...loading, file]);
    ready.add(file);
  };
  for (const file of importsOf.keys()) load(file, []);
}

function fileAt(module: string): string {
  return join(dist, 'src', `${module}.js`);
}

function fileFor(module: string, name: string): string {
  return join(dist, 'src', layerOf(module), `${name}.gathered.js`);
}

function layerOf(module: string): string {
  return layers.find(([, modules]) => modules.test(relative(dist, module)))?.[0] ?? '';
}

/** The modules that are loaded with some, themselves among them. */
async function graphOf(modules: readonly string[]): Promise<readonly string[]> {
  const later: Plugin = { name: 'later', resolveDynamicImport: (source) => asExternal(source) };
  const chunks = await bundle({ input: [...modules], plugins: [later] });
  return chunks.flatMap(({ moduleIds }) => moduleIds.filter((id) => id.startsWith(dist)));
}

/** What stands in a module's place. */
async function facade(module: string, file: string): Promise<string> {
  const chunks = await bundle({ input: module, external: (id) => id !== module });
  return `export { ${chunks.flatMap((chunk) => chunk.exports).join(', ')} } from '${pathFrom(module, file)}';\n`;
}

/** The code of several modules. What they need of others comes from the files that have those. */
async function gather(
  file: string,
  modules: readonly string[],
  exported = modules,
): Promise<Pick<OutputChunk, 'code' | 'imports'>> {
  const entry = '\0entry';
  const plugin: Plugin = {
    name: 'gather',
    resolveId(source, importer) {
      if (source === entry || modules.includes(source)) return source;
      if (!source.startsWith('.') || importer === undefined) return { id: source, external: true };
      const target = join(dirname(importer), source);
      return modules.includes(target) ? target : { id: pathFrom(file, fileOf.get(target) ?? target), external: true };
    },
    resolveDynamicImport(source, importer) {
      return asExternal(source, (path) => pathFrom(file, join(dirname(importer ?? file), path)));
    },
    load: (id) =>
      id === entry ? exported.map((module) => `export * from '${module}';\n`).join('') : readAsIn(file, id),
  };
  const [chunk] = await bundle({ input: entry, plugins: [plugin], makeAbsoluteExternalsRelative: false });
  if (chunk === undefined) throw new Error(`nothing for ${file}`);
  return chunk;
}

async function bundle(options: InputOptions): Promise<readonly OutputChunk[]> {
  const build = await rolldown({
    ...options,
    platform: 'node',
    treeshake: false,
    checks: { pluginTimings: false }, // of a machine that has much else to do
    onLog(_level, { message }) {
      throw new Error(message); // two modules with the same name for different things, above all
    },
  });
  const { output } = await build.generate({ comments: false });
  await build.close();
  return output.filter((part) => part.type === 'chunk');
}

/** An import of a module of Node's reads all that it has, with what it would load later: 4 ms for `node:fs` and others. */
function lean(code: string): string {
  const asked = code.replaceAll(/^import (\w+)?(?:, )?(?:\{([^}]+)\})? from ("node:.+");$/gm, fromBuiltin);
  return asked.replaceAll(/^import "node:.+";\n/gm, '');
}

function fromBuiltin(_: string, whole: string | undefined, names: string | undefined, from: string): string {
  const module = `process.getBuiltinModule(${from})`;
  const parts = names === undefined ? [] : [`{${names.replaceAll(' as ', ': ')}} = ${whole ?? module}`];
  if (whole !== undefined) parts.unshift(`${whole} = ${module}`);
  return `const ${parts.join(', ')};`;
}

/** The code of a module, which knows where it was. */
async function readAsIn(file: string, module: string): Promise<string> {
  const code = await readFile(module, 'utf8');
  if (/import\.meta\.(?!url)/.test(code)) throw new Error(`only import.meta.url is known in ${relative(dist, module)}`);
  if (!code.includes(ownUrl)) return code;
  const texts = textsOf(code);
  return code.replaceAll(ownUrl, (url, at: number) =>
    texts.some(({ start, end }) => start <= at && at < end) ? url : `new URL('${pathFrom(file, module)}', ${url}).href`,
  );
}

/** Where literals stand: what they say of code is no code. */
function textsOf(code: string): readonly Part[] {
  const texts: Part[] = [];
  JSON.stringify(parseAst(code), (_, node: Part | null) => {
    if (node?.type === 'Literal' || node?.type === 'TemplateElement') texts.push(node);
    return typeof node === 'bigint' ? null : node;
  });
  return texts;
}

/** What is imported later stays apart. */
function asExternal(source: unknown, pathOf = (path: string): string => path): { id: string; external: true } | null {
  return typeof source === 'string' ? { id: pathOf(source), external: true } : null;
}

function pathFrom(file: string, target: string): string {
  const path = relative(dirname(file), target);
  return path.startsWith('.') ? path : `./${path}`;
}
