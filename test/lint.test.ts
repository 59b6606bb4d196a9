// The import matrix bites: every forbidden import is an error, every allowed one is none.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

type Permission = 'all' | 'types';

// Written out a second time on purpose: the configuration is what is on trial here.
const matrix: Record<string, Record<string, Permission>> = {
  channels: { channels: 'all', 'node:diagnostics_channel': 'all' },
  runtime: {
    runtime: 'all',
    channels: 'all',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
  },
  primitives: { primitives: 'all', channels: 'all', runtime: 'all', errors: 'all', 'node:net': 'all' },
  resilience: {
    resilience: 'all',
    primitives: 'all',
    channels: 'all',
    runtime: 'all',
    errors: 'all',
    'node:worker_threads': 'all',
    'lru-cache': 'types',
    piscina: 'types',
  },
  loop: {
    loop: 'all',
    channels: 'all',
    runtime: 'all',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
  },
  handles: {
    handles: 'all',
    channels: 'all',
    runtime: 'all',
    report: 'types',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
  },
  heap: {
    heap: 'all',
    report: 'types',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
  },
  subscribers: {
    subscribers: 'all',
    channels: 'all',
    runtime: 'all',
    report: 'all',
    errors: 'all',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
    '@opentelemetry/api': 'all',
  },
  report: { report: 'all', channels: 'types' },
  rules: { rules: 'all', report: 'all' },
  doctor: { doctor: 'all', report: 'all' },
  recorder: {
    recorder: 'all',
    channels: 'all',
    runtime: 'all',
    loop: 'all',
    report: 'all',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
  },
  reporters: {
    reporters: 'all',
    report: 'all',
    rules: 'types',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
    'string-width': 'all',
  },
  errors: { channels: 'types' },
  instrumentation: {
    hook: 'all',
    wrap: 'all',
    channels: 'all',
    runtime: 'all',
    errors: 'all',
    'node:diagnostics_channel': 'all',
    'node:fs': 'all',
    'node:net': 'all',
    'node:worker_threads': 'all',
    '@opentelemetry/api': 'types',
    'string-width': 'types',
    'p-limit': 'types',
    'lru-cache': 'types',
    piscina: 'types',
  },
  'instrumentation/index': { hook: 'all', wrap: 'all', 'p-queue-file': 'all', channels: 'all', runtime: 'all' },
};

const folders =
  `channels runtime primitives resilience loop handles heap subscribers report rules doctor recorder reporters process runners commands`.split(
    ' ',
  );
/** Folders whose files lie in folders of their own. */
const withParts = new Set(['primitives', 'heap', 'subscribers']);
const packages = [
  'node:diagnostics_channel',
  'node:fs',
  'node:net',
  'node:process',
  'node:worker_threads',
  '@opentelemetry/api',
  'string-width',
  'p-limit',
  'lru-cache',
  'piscina',
];

/** Where each thing that can be imported lies. */
const targets = new Map<string, string>([
  ...folders.map((name): [string, string] => [name, `src/${name}/target.ts`]),
  ...['errors', 'config', 'index', 'cli', 'register'].map((name): [string, string] => [name, `src/${name}.ts`]),
  ['hook', 'instrumentation/hook.ts'],
  ['wrap', 'instrumentation/wrap.ts'],
  ['p-queue-file', 'instrumentation/p-queue.ts'],
  ...packages.map((name): [string, string] => [name, name]),
]);

// The wiring may import everything, but the process by name: the rules on its properties could not see it then.
for (const wiring of ['process', 'runners', 'commands']) {
  matrix[wiring] = Object.fromEntries([...targets.keys()].map((name) => [name, 'all']));
  delete matrix[wiring]['node:process'];
}

interface Finding {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

let tree: string;

beforeAll(async () => {
  tree = await realpath(await mkdtemp(join(tmpdir(), 'loopscope-lint-')));
  await cp(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  await cp(join(root, 'tsconfig.json'), join(tree, 'tsconfig.json'));
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'), 'dir');
});

afterAll(() => rm(tree, { recursive: true, force: true }));

/** Lints files of a tree of their own under this project's configuration: `file:line rule` for each line with an error. */
async function lint(files: Record<string, string>): Promise<string[]> {
  await rm(join(tree, 'src'), { recursive: true, force: true });
  await rm(join(tree, 'instrumentation'), { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await writeFile(join(tree, file), text);
  }
  const output = await new Promise<string>((resolve) => {
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    execFile(
      process.execPath,
      [oxlint, '-f', 'json', '--ignore-pattern', 'node_modules'],
      { cwd: tree, maxBuffer: 2 ** 26 },
      (_error, stdout, stderr) => {
        resolve(stdout === '' ? stderr : stdout);
      },
    );
  });
  const { diagnostics, number_of_files: linted } = JSON.parse(output) as {
    diagnostics: Finding[];
    number_of_files: number;
  };
  expect(linted).toBe(Object.keys(files).length);
  const lines = diagnostics.map(({ filename, code, labels }) => `${filename}:${labels[0]?.span.line} ${code}`);
  return [...new Set(lines)].toSorted();
}

function importing(from: string, specifier: string, how: 'all' | 'types' | 'lazy'): string {
  const path = specifier.includes('/') && !specifier.startsWith('@') ? relativePath(from, specifier) : specifier;
  if (how === 'types') return `export type * from '${path}';\n`;
  if (how === 'lazy') return `await import('${path}');\n`;
  return `export * from '${path}';\n`;
}

function relativePath(from: string, to: string): string {
  const [fromParts, toParts] = [dirname(from).split('/'), to.split('/')];
  while (fromParts.length > 0 && fromParts[0] === toParts[0]) {
    fromParts.shift();
    toParts.shift();
  }
  return `${fromParts.length === 0 ? './' : '../'.repeat(fromParts.length)}${toParts.join('/')}`;
}

test('a folder may import what the matrix says, and nothing else', async () => {
  const files: Record<string, string> = {};
  for (const file of targets.values()) {
    if (file.endsWith('.ts')) files[file] = `export const thing = 1;\nexport interface Thing {}\n`;
  }
  const expected: string[] = [];
  for (const [from, allowed] of Object.entries(matrix)) {
    for (const [to, file] of targets) {
      for (const how of ['all', 'types', 'lazy'] as const) {
        // `errors.ts` and `instrumentation/index.ts` are files of their own: one lint run for each of their imports
        if (from === 'errors' || from === 'instrumentation/index') continue;
        const folder = from === 'instrumentation' ? from : `src/${from}`;
        for (const place of withParts.has(from) ? [folder, `${folder}/part`] : [folder]) {
          const importer = `${place}/${how}-${to.replaceAll(/\W/g, '-')}.ts`;
          files[importer] = importing(importer, file, how);
          if (!isAllowed(allowed[to], how)) expected.push(`${importer}:1 eslint(no-restricted-imports)`);
        }
      }
    }
  }
  expect(expected.length).toBeGreaterThan(400);
  const found = await lint(files);
  expect(found.filter((line) => line.endsWith('(no-restricted-imports)'))).toEqual(expected.toSorted());
});

test.for([
  ['errors', 'src/errors.ts'],
  ['instrumentation/index', 'instrumentation/index.ts'],
] as const)('%s may import what the matrix says, and nothing else', async ([from, importer]) => {
  const lines: string[] = [];
  let expected = 0;
  for (const [to, file] of targets) {
    if (to === from) continue;
    for (const how of ['all', 'types', 'lazy'] as const) {
      lines.push(importing(importer, file, how));
      if (!isAllowed(matrix[from]?.[to], how)) expected++;
    }
  }
  expect(expected).toBeGreaterThan(30);
  const found = await lint({ [importer]: lines.join('') });
  expect(found.filter((line) => line.endsWith('(no-restricted-imports)'))).toHaveLength(expected);
});

function isAllowed(permission: Permission | undefined, how: 'all' | 'types' | 'lazy'): boolean {
  return permission === 'all' || (permission === 'types' && how === 'types');
}

const properties = 'eslint(no-restricted-properties)';

test('only config.ts reads the environment', async () => {
  const reads = `export const value = process.env['LOOPSCOPE'];\n`;
  const destructures = `const { env } = process;\nexport const value = env['LOOPSCOPE'];\n`;
  const found = await lint({
    'src/config.ts': reads,
    'src/register.ts': destructures,
    'src/cli.ts': reads,
    'src/commands/run.ts': destructures,
    'src/runtime/clock.ts': reads,
    'instrumentation/hook.ts': reads,
  });
  expect(found.filter((line) => line.endsWith(properties))).toEqual([
    `instrumentation/hook.ts:1 ${properties}`,
    `src/cli.ts:1 ${properties}`,
    `src/commands/run.ts:1 ${properties}`,
    `src/register.ts:1 ${properties}`,
    `src/runtime/clock.ts:1 ${properties}`,
  ]);
});

test('only the command line writes to stdout and sets exit codes', async () => {
  const text = `process.stdout.write('');\nprocess.exitCode = 1;\nprocess.exit();\n`;
  const found = await lint({
    'src/cli.ts': text,
    'src/commands/run.ts': text,
    'src/register.ts': text,
    'src/reporters/text.ts': text,
  });
  expect(found.filter((line) => line.endsWith(properties))).toEqual([
    ...[1, 2, 3].map((line) => `src/register.ts:${line} ${properties}`),
    ...[1, 2, 3].map((line) => `src/reporters/text.ts:${line} ${properties}`),
  ]);
});

test('rules that need types are on', async () => {
  const found = await lint({
    'src/runtime/clock.ts': [
      `async function later(): Promise<void> {}`,
      `later();`,
      `export const waited = await 5;`,
      `[1].forEach(async () => later());`,
      `export let anything: any;`,
    ].join('\n'),
  });
  expect(found).toEqual([
    'src/runtime/clock.ts:2 typescript(no-floating-promises)',
    'src/runtime/clock.ts:3 typescript(await-thenable)',
    'src/runtime/clock.ts:4 typescript(no-misused-promises)',
    'src/runtime/clock.ts:5 typescript(no-explicit-any)',
  ]);
});
