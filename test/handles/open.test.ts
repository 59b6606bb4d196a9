// What is open in real programs, as their reports say it: found when it is asked for, and with `--handles` where each was made.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report, SiteEntry } from '../../src/report/format.ts';
import type { HandleEntry } from '../../src/report/handles.ts';
import { loopscope, program } from '../support/cli.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopscope-open-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reportOf(name: string, ...options: string[]): Promise<Report> {
  const file = join(folder, `${name}${options.join('')}.json`);
  const words = ['run', ...options, '--no-watchdog', '--format', 'json', '--output', file, '--'];
  const { code, stderr } = await loopscope([...words, program(`handles/${name}`), folder]);
  expect([code, stderr]).toEqual([0, '']);
  const reports = readFileSync(file, 'utf8').trim().split('\n');
  return reports
    .map((line) => JSON.parse(line) as Report)
    .find(({ process: { threadId } }) => threadId === 0) as Report;
}

const digits = /\d{4,}|(?<=pid )\d+/g;

/** `server http 127.0.0.1:N · all-sorts.ts:18:79`. What keeps the process alive is marked with an asterisk. */
function lineOf({ kind, detail, keepsAlive, at, through, callback }: HandleEntry): string {
  const where = (site: SiteEntry): string => `${basename(site.file)}:${site.line}`;
  const what = `${kind} ${detail}`.replaceAll(folder, '').replaceAll(process.cwd(), '').replaceAll(digits, 'N').trim();
  const places = [
    at === null ? '' : ` · ${where(at)}`,
    through === null ? '' : ` by ${/.*node_modules\/([^/]+)/.exec(through.file)?.[1]}`,
    at !== null || callback === null ? '' : ` calls ${callback.function} ${where(callback)}`,
  ];
  return `${keepsAlive ? '* ' : ''}${what.replace(/descriptor \d+/, 'descriptor N')}${places.join('')}`;
}

function linesOf({ handles }: Report): string[] {
  return (handles?.entries ?? []).map(lineOf).toSorted();
}

const child = `node -e setTimeout(() => {}, 60_000) (pid N)`;
const forked = 'node /test/programs/handles/idle-child.mjs (pid N)';

describe('one of everything', () => {
  test('is listed, with the places that Node announces', async () => {
    const report = await reportOf('all-sorts.ts');
    expect(linesOf(report)).toEqual(
      [
        '* server http 127.0.0.1:N · all-sorts.ts:19',
        '* server /pipe.sock · all-sorts.ts:22',
        '* incoming from 127.0.0.1:N · all-sorts.ts:19',
        '* outgoing to 127.0.0.1:N · all-sorts.ts:23',
        '* udp 127.0.0.1:N · all-sorts.ts:26',
        '* watcher',
        '* watcher /test/programs/handles/all-sorts.ts',
        `* child ${child} · all-sorts.ts:34`,
        `* child ${forked} · all-sorts.ts:35`,
        `* ipc messages of ${forked} · all-sorts.ts:35`,
        '* worker thread 1 · all-sorts.ts:36',
        '* port',
        '* interval every 1 m calls poll all-sorts.ts:40',
        '* timeout 1 h calls  all-sorts.ts:41',
        '* timeout 10 s calls  ask.ts:6',
        'interval every 500 ms calls  all-sorts.ts:42',
        ...(process.platform === 'linux'
          ? [
              'file /test/programs/handles/all-sorts.ts (descriptor N)',
              'file /test/programs/handles/all-sorts.ts (descriptor N) · all-sorts.ts:30',
              'file /written (descriptor N)',
            ]
          : []),
      ].toSorted(),
    );
  });

  test('is listed with the places of all of it under --handles', async () => {
    const report = await reportOf('all-sorts.ts', '--handles');
    const places = linesOf(report);
    expect(report.handles).toMatchObject({ exact: true, unseen: [], dropped: 0 });
    expect(places.filter((line) => !line.includes(' · '))).toEqual([]);
    expect(places).toEqual(
      expect.arrayContaining([
        '* watcher · all-sorts.ts:28',
        '* port · all-sorts.ts:38',
        '* interval every 1 m · all-sorts.ts:40',
        '* timeout 1 h · all-sorts.ts:41',
        'interval every 500 ms · all-sorts.ts:42',
      ]),
    );
  });
});

test.each([[[]], [['--handles']]])(
  'what is made after an await, in a later tick or by a library has the line of the program %j',
  async (options) => {
    const report = await reportOf('late.ts', ...options);
    const isExact = options.length > 0;
    expect(linesOf(report)).toEqual(
      [
        '* server 127.0.0.1:N · late.ts:11',
        '* server http 127.0.0.1:N · late.ts:23 by fastify',
        isExact ? '* interval every 1 m · late.ts:18' : '* interval every 1 m calls tick late.ts:18',
        '* outgoing to 127.0.0.1:N · late.ts:30 by pg',
        isExact ? '* outgoing to 127.0.0.1:N · late.ts:32 by ioredis' : '* outgoing to 127.0.0.1:N by ioredis',
        '* incoming from 127.0.0.1:N · late.ts:11',
        '* incoming from 127.0.0.1:N · late.ts:11',
        isExact ? '* timeout 10 s · ask.ts:6' : '* timeout 10 s calls  ask.ts:6',
      ].toSorted(),
    );
  },
);

test('a connection keeps the process alive while it is made, and not while its address is looked for', async () => {
  const lines = linesOf(await reportOf('connecting.mjs')).filter((line) => / connecting /.test(line));
  expect(lines.filter((line) => /mjs:(?:17|18)$/.test(line))).toEqual([
    '* outgoing connecting to 127.0.0.1:N · connecting.mjs:18',
    'outgoing connecting to database · connecting.mjs:17',
  ]);
});

test('a FileHandle that was lost is said by its line, though its descriptor is used again, and where Node ends the program for it', async () => {
  const words = ['run', '--', process.execPath, '--expose-gc', program('handles/lost-file.mjs')];
  const { stderr, code } = await loopscope(words);
  const isError = Number.parseInt(process.versions.node, 10) >= 26;
  expect([stderr, code]).toEqual([
    expect.stringMatching(/unclosed-resource: 1 file opened at\s+\S*lost-file\.mjs:9/),
    isError ? 1 : 0,
  ]);
});
