// Opening the inspector of a process that runs, and leaving it as it was. All in one file: 9229 is one for the whole machine.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { findInspector } from '../../src/heap/inspector/address.ts';
import { readProbe } from '../../src/heap/inspector/probe.ts';
import { readSnapshot } from '../../src/heap/inspector/snapshot.ts';
import { program } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-inspector-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether nobody listens on 9229. */
function isFree(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(9229, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(20);
}

// Another suite on this machine may use the port just now.
beforeEach(() => until(isFree), 60_000);

interface Program {
  readonly pid: number;
  readonly child: ChildProcess;
  printed(): string;
}

async function start(mode: string, { flags = [] }: { flags?: readonly string[] } = {}): Promise<Program> {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const file = program('inspector-signals.cjs');
  const child = spawn(process.execPath, [...flags, file, mode, join(folder, 'go')], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  await until(() => text.includes('READY'));
  return { pid: child.pid ?? 0, child, printed: () => text };
}

const isRunning = ({ child }: Program): boolean => child.exitCode === null && child.signalCode === null;

const namesIn = async (reading: ReturnType<typeof readProbe>): Promise<string[]> =>
  (await reading).functions.map(({ name }) => name);

test('an inspector that is closed is opened, and closed again after each look', async () => {
  const started = await start('plain');
  for (const read of [readProbe, readSnapshot, readProbe]) {
    const { functions, notes } = await read(started.pid, {});
    expect(functions.map(({ name }) => name)).toEqual(['waits']);
    expect(notes.filter((note) => note.includes('still open'))).toEqual([]);
    expect(await isFree()).toBe(true);
  }
  expect(isRunning(started)).toBe(true);
});

test('several readers at once do not close it under each other, and do not see each other', async () => {
  const started = await start('plain');
  const looks = Array.from({ length: 4 }, async (_, index) => {
    await wait(index * 100); // all but the first find it open
    return namesIn(readProbe(started.pid));
  });
  expect(await Promise.all(looks)).toEqual([['waits'], ['waits'], ['waits'], ['waits']]);
  await until(isFree);
  expect(isRunning(started)).toBe(true);
});

test('an inspector that is open is used and left open', async () => {
  const { pid } = await start('plain', { flags: ['--inspect=0'] });
  const before = await findInspector(pid);
  expect(before).not.toBeNull();
  expect(await namesIn(readProbe(pid))).toEqual(['waits']);
  expect(await namesIn(readSnapshot(pid))).toEqual(['waits']);
  expect(await findInspector(pid)).toEqual(before);
});

test('a handler of its own for SIGUSR1 is not called', async () => {
  const started = await start('own');
  await expect(readProbe(started.pid)).rejects.toThrow(
    `process ${started.pid} has a handler of its own for SIGUSR1, which was not called: read it with --via memory, or start it with --inspect`,
  );
  expect(started.printed()).not.toContain('CALLED');
});

test.each([
  ['that has removed its handler for SIGUSR1', 'removed', []],
  ['under --disable-sigusr1', 'plain', ['--disable-sigusr1']],
  ['under --disable-sigusr1 with a handler of its own', 'own', ['--disable-sigusr1']],
] as const)('a process %s is not signalled: it would end, or do something else', async (_what, mode, flags) => {
  const started = await start(mode, { flags });
  await expect(readProbe(started.pid)).rejects.toThrow(
    `process ${started.pid} does not open its inspector on SIGUSR1 (--disable-sigusr1, or a handler of its own): read it with --via memory, or start it with --inspect`,
  );
  expect(isRunning(started)).toBe(true);
  expect(started.printed()).not.toContain('CALLED');
});

test('a port that another process has is named, and nobody is signalled or asked', async () => {
  const server = await start('server');
  const started = await start('plain');
  await expect(readProbe(started.pid)).rejects.toThrow(
    `process ${server.pid} has port 9229, where the inspector of process ${started.pid} would open: wait until it is free, or read it with --via memory`,
  );
  expect(started.printed()).not.toContain('Starting inspector');
  expect(server.printed()).not.toContain('ASKED');
  const { pid } = await start('plain', { flags: ['--inspect-port=0'] });
  expect(await namesIn(readProbe(pid))).toEqual(['waits']); // it opens elsewhere
});

test('a loop that is blocked is said to be, and by what, and the inspector closes as soon as it turns', async () => {
  const started = await start('block');
  await expect(readProbe(started.pid)).rejects.toThrow(
    `the loop of process ${started.pid} has been blocked for 5 s or more, now by (anonymous) at ` +
      `test/programs/inspector-signals.cjs:23:5; what is suspended meanwhile is read with --via memory. ` +
      `The inspector of process ${started.pid} is still open on port 9229: it closes when its loop turns, unless somebody else uses it`,
  );
  writeFileSync(join(folder, 'go'), '');
  await until(isFree);
  expect(await namesIn(readProbe(started.pid))).toEqual(['waits']);
});

test('a process that ends while it is read is gone', async () => {
  const started = await start('plain');
  const reading = readSnapshot(started.pid).catch((error: unknown) => error);
  await until(() => started.printed().includes('Debugger attached'));
  started.child.kill('SIGKILL');
  expect(await reading).toMatchObject({ problem: 'gone', message: `process ${started.pid} ended while it was read` });
});

test('a process that is not Node is not signalled', async () => {
  const sleep = spawn('sleep', ['60']);
  onTestFinished(() => void sleep.kill('SIGKILL'));
  await once(sleep, 'spawn');
  await expect(readProbe(sleep.pid ?? 0)).rejects.toMatchObject({ problem: 'not-node' });
  expect(sleep.signalCode).toBeNull();
});

test('a process that does not exist is gone', async () => {
  const { pid, child } = await start('plain');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect(readProbe(pid)).rejects.toMatchObject({ problem: 'gone' });
});
