// Suites of tests that hang or leave something behind, the same for every runner, in a project of their own.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hangingHooks } from './runner-hooks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const linked = ['loopscope', 'vitest', 'async-mutex', 'tslib', 'fastq', 'reusify'];

/** What differs between runners. */
export interface Runner {
  /** What of loopscope it loads. */
  readonly entry: string;
  /** Of a file of tests. */
  readonly ending: string;
  /** Its first lines. */
  readonly imports: string;
  /** Whether files of tests are modules. */
  readonly isModule: boolean;
  /** The configuration, by file. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where packages are that are not those of this project, by their names. */
  readonly linked?: Readonly<Record<string, string>>;
  readonly command: (...files: string[]) => readonly string[];
  /** A test of this name with this function, which may take so long. */
  readonly test: (name: string, run: string, milliseconds: number) => string;
  /** The same of a hook. */
  readonly hook: (kind: HookKind, run: string, milliseconds: number) => string;
}

/** In the words of jest and vitest. */
export type HookKind = 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll';

const types = `interface Order {
  id: string;
  lines: string[];
}
`;

const load = (runner: Runner, names: string, from: string): string =>
  runner.isModule ? `import ${names} from '${from}';` : `const ${names} = require('${from}');`;

/** Five suites in one file: the lines that they are to blame for end in a comment with the name of the suite. */
function hanging(runner: Runner): string {
  const { test } = runner;
  return `${runner.imports}
${load(runner, '{ Mutex }', 'async-mutex')}
${load(runner, '{ createServer }', 'node:net')}
${runner.ending.endsWith('ts') ? types : ''}
async function loadOrder() {
  await new Promise(() => {}); // promise
}
${test('promise', 'async () => { await loadOrder(); }', 300)}

const stock = new Mutex();
async function book() {
  await stock.acquire();
  await stock.acquire(); // lock
}
${test('lock', 'async () => { await book(); }', 300)}

const waiting${runner.ending.endsWith('ts') ? ': (() => void)[]' : ''} = [];
async function take() {
  await new Promise${runner.ending.endsWith('ts') ? '<void>' : ''}((resolve) => waiting.push(resolve)); // queue
}
${test('queue', 'async () => { await take(); }', 300)}

const ledger = new Mutex();
const orders = new Mutex();
async function ship() {
  await ledger.acquire();
  await null;
  await orders.acquire(); // deadlock
}
async function refund() {
  await orders.acquire();
  await null;
  await ledger.acquire(); // deadlock
}
${test('deadlock', 'async () => { await Promise.all([ship(), refund()]); }', 300)}

${test(
  'open',
  `async () => {
  setInterval(() => {}, 1000); // open
  const server = createServer();
  await new Promise${runner.ending.endsWith('ts') ? '<void>' : ''}((resolve) => {
    server.listen(0, resolve); // open
  });
}`,
  5000,
)}
`;
}

function endless(runner: Runner): string {
  return `${runner.imports}
${runner.ending.endsWith('ts') ? types : ''}
function sum() {
  let total = 0;
  for (let index = 0; index >= 0; index++) { // endless
    total += index;
  }
  return total;
}
${runner.test('endless', '() => { sum(); }', 300)}
`;
}

/** Another of that kind. */
function other(runner: Runner): string {
  return endless(runner).replaceAll('sum', 'count').replaceAll('endless', 'other');
}

/** Fifty tests with which nothing is wrong. The last races with a timer, as many do, and leaves it. */
function healthy(runner: Runner): string {
  const one = (index: number): string =>
    runner.test(`healthy ${index}`, 'async () => { await new Promise((resolve) => setTimeout(resolve, 1)); }', 5000);
  const races = 'async () => { await Promise.race([null, new Promise((resolve) => setTimeout(resolve, 300))]); }';
  const last = runner.test('races', races, 5000);
  return [runner.imports, ...Array.from({ length: 49 }, (_, index) => one(index)), last, ''].join('\n');
}

/** Tests of expectNoPending itself: what goes away, what stays, and what is ignored. */
function expecting(runner: Runner): string {
  const { test } = runner;
  const types = runner.ending.endsWith('ts');
  return `${runner.imports}
${load(runner, 'assert', 'node:assert/strict').replace('{ assert }', 'assert')}
${load(runner, '{ createTask, Lock }', 'loopscope')}
${load(runner, '{ expectNoPending }', runner.entry)}
${types ? 'interface Unused { none: string }' : ''}
${test(
  'passes when what is pending has gone',
  `async () => {
  createTask(() => new Promise((resolve) => setTimeout(resolve, 100)), { name: 'soon over' });
  await expectNoPending();
}`,
  5000,
)}
${test(
  'lists what stays',
  `async () => {
  const stock = new Lock({ name: 'stock' });
  await stock.acquire(); // held
  const task = createTask(async () => { await stock.acquire(); stock.release(); }, { name: 'booking' }); // stays
  const listed = await expectNoPending({ timeout: 20, retries: 2 }).catch((error) => error);
  assert.equal(listed.code, 'ERR_LOOPSCOPE_PENDING');
  console.log('LISTED ' + listed.message.split('\\n').join(' / ') + ' END');
  await assert.rejects(expectNoPending({ ignore: 'book', timeout: 1e9, retries: 0 }));
  await assert.rejects(expectNoPending({ ignore: ['stock', 'other*'], timeout: 0, retries: 0 }));
  await expectNoPending({ ignore: ['stock', 'book*'], timeout: 0, retries: 0 });
  await expectNoPending({ ignore: [/^book/g, /^stock$/], timeout: 0, retries: 0 });
  await expectNoPending({ ignore: 'expecting.*', timeout: 0, retries: 0 });
  stock.release();
  await task;
  await expectNoPending();
}`,
  5000,
)}
`;
}

const sources = { hanging, endless, other, healthy, expecting, hooks: hangingHooks } as const;

/** What a run of a suite wrote, and how it ended. */
export interface SuiteRun {
  readonly code: number;
  readonly output: string;
  /** The lines that are to blame, as \`suite file:line\`. */
  readonly culprits: readonly string[];
}

/** Runs one of the suites by a runner, or some at once, in a folder that is removed afterwards. */
export function runSuite(
  runner: Runner,
  names: keyof typeof sources | readonly (keyof typeof sources)[],
  environment: Readonly<Record<string, string>> = {},
): Promise<SuiteRun> {
  const suites = [names].flat().map((name) => [`${name}${runner.ending}`, sources[name](runner)] as const);
  return runTexts(runner, Object.fromEntries(suites), environment);
}

/** Runs files of tests by a runner: their names with their texts. Lines that end in a comment of one word are to blame. */
export async function runTexts(
  runner: Runner,
  texts: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<SuiteRun> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'loopscope-suite-')));
  try {
    await mkdir(join(folder, 'node_modules'));
    for (const each of linked) {
      const target = each === 'loopscope' ? root : (runner.linked?.[each] ?? join(root, 'node_modules', each));
      await symlink(target, join(folder, 'node_modules', each), 'dir');
    }
    const packageFile = runner.isModule ? '{"type":"module"}' : '{}';
    for (const [path, content] of Object.entries({ 'package.json': packageFile, ...runner.files, ...texts })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const culprits = Object.entries(texts).flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) => (/ \/\/ \w+$/.test(line) ? [`${file}:${index + 1}`] : [])),
    );
    const { code, output } = await run(folder, runner.command(...Object.keys(texts)), environment);
    return { code, output, culprits };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  cwd: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  // What this very process has from its own runner is none of theirs.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:VITEST|NODE_TEST|TEST$|NODE_OPTIONS|CI$|GITHUB)/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    LOOPSCOPE_TEST_EXIT_AFTER: '500ms',
    NO_COLOR: '1',
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
  });
}

/** The culprits that no report of loopscope's names, at best none. */
export function unnamed({ output, culprits }: SuiteRun): string[] {
  const reported = output
    .split('\n')
    .filter((line) => /(?:\s|·)\S+:\d+:\d+/.test(line))
    .join('\n');
  return culprits.filter((culprit) => !reported.includes(`${culprit}:`));
}
