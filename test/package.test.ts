// What users get: the packed package, installed into a project of its own that has nothing else.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

let project: string;
let tarball: string;

function run(command: string, args: readonly string[], cwd = project): Promise<Ended> {
  // npm and npx start `node` by name: it has to be the one that runs this test, without the options of this process.
  const { NODE_OPTIONS: _, ...rest } = process.env;
  const env = { ...rest, PATH: `${dirname(process.execPath)}${delimiter}${rest['PATH']}` };
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, timeout: 120_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? String(error.signal)), stdout, stderr });
    });
  });
}

function node(...args: string[]): Promise<Ended> {
  return run(process.execPath, args);
}

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'loopscope-package-')));
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // Without its scripts: dist was built before the tests, and other tests are using it.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', project], root);
  tarball = join(
    project,
    (await readdir(project)).find((name) => name.endsWith('.tgz')) ?? `no tarball: ${packed.stderr}`,
  );
  const installed = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', tarball]);
  if (installed.code !== 0) throw new Error(`npm install: ${installed.stderr}${installed.stdout}`);
}, 300_000);

afterAll(() => rm(project, { recursive: true, force: true }));

async function packedFiles(): Promise<string[]> {
  const folder = join(project, 'node_modules/loopscope');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

test('the tarball has the built files, the licence and the papers, and nothing else', async () => {
  const others = (await packedFiles()).filter(
    (file) => !/^dist\/(src|instrumentation)\/.*\.(c?js|d\.c?ts)$/.test(file),
  );
  expect(others).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'package.json']));
  expect(others.filter((file) => !/^(CHANGELOG\.md|LICENSE|README\.md|package\.json)$/.test(file))).toEqual([]);
  expect((await stat(tarball)).size).toBeLessThan(800_000);
});

test('no packed file names a path of the machine that packed it', async () => {
  const files = await packedFiles();
  expect(files.length).toBeGreaterThan(20);
  const naming: string[] = [];
  for (const file of files) {
    const text = await readFile(join(project, 'node_modules/loopscope', file), 'utf8');
    if ([root, `${homedir()}/`].some((path) => text.includes(path))) naming.push(file);
  }
  expect(naming).toEqual([]);
});

test('it brings lru-cache, piscina, string-width and what those need, and no OpenTelemetry', async () => {
  const { stdout } = await run('npm', ['ls', '--all', '--parseable']);
  const names = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(names).toEqual(expect.arrayContaining(['lru-cache', 'piscina', 'string-width']));
  expect(names.length).toBeLessThan(40);
  expect(names.filter((name) => name.includes('opentelemetry'))).toEqual([]);
});

test('import and require give the same functions', async () => {
  await writeFile(
    join(project, 'both.js'),
    `import { createRequire } from 'node:module';
     import * as imported from 'loopscope';
     const required = createRequire(import.meta.url)('loopscope');
     const task = imported.createTask(async () => required.currentTask().origin.name, { name: 'shared' });
     console.log(required.createTask === imported.createTask, required.allTasks().length, await task);`,
  );
  expect(await node('both.js')).toEqual({ code: 0, stdout: 'true 1 shared\n', stderr: '' });
});

test('a module under --import loopscope/register shows at its end what it waits for', async () => {
  await writeFile(
    join(project, 'stuck.js'),
    `import { createTask, Lock } from 'loopscope';
     const till = new Lock({ name: 'till' });
     await till.acquire();
     createTask(() => till.acquire(), { name: 'second customer' });`,
  );
  const { code, stdout, stderr } = await node('--import', 'loopscope/register', 'stuck.js');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('second customer');
  expect(stderr).toContain('lock till');
});

test('a CommonJS program under --require loopscope/register shows the same', async () => {
  await writeFile(
    join(project, 'stuck.cjs'),
    `const { createTask, Queue } = require('loopscope');
     const orders = new Queue({ name: 'orders' });
     createTask(() => orders.get(), { name: 'cook' });`,
  );
  const { code, stdout, stderr } = await node('--require', 'loopscope/register', 'stuck.cjs');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('cook');
  expect(stderr).toContain('queue orders');
});

test('a program that ends clean says nothing under loopscope/register', async () => {
  await writeFile(
    join(project, 'clean.js'),
    `import { createTask } from 'loopscope';\nconsole.log(await createTask(() => 1));`,
  );
  const ended = await node('--import', 'loopscope/register', 'clean.js');
  expect(ended).toEqual({ code: 0, stdout: '1\n', stderr: '' });
});

test('the command is installed', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const { code, stdout } = await run('npx', ['--no-install', 'loopscope', '--version']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
});

test('the command runs a program and shows what is stuck', async () => {
  const { stderr } = await run('npx', ['--no-install', 'loopscope', 'run', '--', 'stuck.js']);
  expect(stderr).toContain('second customer');
});

test('its types resolve in a program, and are not any', async () => {
  await writeFile(
    join(project, 'consumer.ts'),
    `import { createTask, Lock, Queue, type Task, type TaskRecord } from 'loopscope';
     import type { Report } from 'loopscope/report';
     import 'loopscope/register';
     export const task: Task<number> = createTask(async ({ signal }) => (signal.aborted ? 0 : 1));
     export const record: TaskRecord = task;
     export const queue = new Queue<string>({ name: 'orders' });
     export const tasks = (report: Report): number => report.tasks.length;
     // @ts-expect-error -- a name is a string
     new Lock({ name: 5 });
     // @ts-expect-error -- a queue of strings
     void queue.put(5);`,
  );
  const options = { module: 'nodenext', target: 'es2024', lib: ['es2024', 'esnext.disposable'], strict: true };
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...options, noEmit: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
      files: ['consumer.ts'],
    }),
  );
  const { stdout, code } = await node(join(root, 'node_modules/typescript/bin/tsc'), '-p', project);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});

interface LockEntry {
  readonly resolved?: string;
  /** A folder of this repository. */
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test('the lock file names no registry, and has the packages of all systems, without which npm ci refuses it', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockEntry>>;
  };
  const entries = Object.entries(packages);
  const optional = entries.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
  expect(optional.length).toBeGreaterThan(50);
  expect(optional.filter((name) => !entries.some(([path]) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
  expect(entries.filter(([, { resolved, link }]) => resolved !== undefined && link !== true)).toEqual([]);
});
