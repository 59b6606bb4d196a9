// Every command that the documentation shows does something: each runs in a folder with what it names.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../examples/all/collector.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What installs, what CI runs by itself, and what needs a dump: it has tests of its own. */
const elsewhere = /^npm (?:ci|install|run)|--core /;

const commands = [...new Set(['README.md', ...globSync('docs/*.md')].flatMap(commandsOf))].filter(
  (command) => !elsewhere.test(command),
);

function commandsOf(page: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/```sh\n([^]*?)```/g);
  const lines = [...blocks].flatMap(([, block = '']) => block.split('\n'));
  return lines.map((line) => line.replace(/\s+# .*/, '').trim()).filter((line) => line !== '');
}

const server = `
require('loopscope').createTask(() => {}, { name: 'work' });
const server = require('node:http').createServer((request, response) => response.end('hello'));
server.listen(process.env.PORT ?? 0);
setTimeout(() => { server.closeAllConnections(); server.close(); }, 1500);
`;

let folder: string;
let collector: Collector;
let target: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopscope-docs-'));
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/loopscope'), 'dir');
  symlinkSync(join(root, 'node_modules/autocannon/autocannon.js'), join(folder, 'node_modules/.bin/autocannon'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', scripts: { test: 'node server.js' } }));
  for (const name of ['server.js', 'build.js', 'worker.ts']) writeFileSync(join(folder, name), server);
  for (const name of ['main.json', 'run.json'])
    copyFileSync(join(root, 'test/golden/order-service.json'), join(folder, name));
  // Commands run at the same time: what one of them reads is not left to another.
  writeFileSync(join(folder, 'spans.jsonl'), '{"resourceSpans":[]}\n');
  collector = await startCollector();
  target = spawn(
    process.execPath,
    ['--import', join(root, 'dist/src/register.js'), '-e', 'setInterval(() => {}, 1000)'],
    {
      stdio: 'ignore',
    },
  );
  await once(target, 'spawn');
});

afterAll(() => {
  target.kill();
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the documentation shows many commands', () => {
  expect(commands.length).toBeGreaterThan(25);
});

async function failureOf(command: string): Promise<object | null> {
  const known = command
    .replace(/^npx loopscope/, `"${process.execPath}" "${join(root, 'dist/src/cli.js')}"`)
    .replaceAll('4242', String(target.pid))
    .replaceAll('http://localhost:4318', collector.url)
    .replaceAll('9464', '0')
    .replaceAll('-d 10', '-d 1');
  const child = spawn('/bin/sh', ['-c', `exec ${known}`], {
    cwd: folder,
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
      NO_COLOR: '1',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = command.includes('--watch') ? setTimeout(() => child.kill('SIGINT'), 4000) : undefined;
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  clearTimeout(timer);
  const isEnded = code === 0 || (timer !== undefined && (signal === 'SIGINT' || code === 130));
  return isEnded ? null : { code, signal, stdout, stderr };
}

const asksTarget = (command: string): boolean => command.includes('4242');

test.each(commands.filter((command) => !asksTarget(command)))('%s', async (command) => {
  expect(await failureOf(command)).toBe(null);
});

test.each(commands.filter(asksTarget))('%s', { concurrent: false }, async (command) => {
  expect(await failureOf(command)).toBe(null);
});
