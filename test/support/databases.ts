// Real servers of databases, each on a free port, with its data in a folder of its own that goes with it.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Database {
  readonly port: number;
  end(): Promise<void>;
}

type Sort = 'redis' | 'postgres' | 'mariadb';

const programs = { redis: 'redis-server', postgres: 'postgres', mariadb: 'mariadbd' } as const;
const packages = { redis: 'redis-server', postgres: 'postgresql', mariadb: 'mariadb-server' } as const;
/** Whom a server runs as that refuses to run as root: the user of nobody's files. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
const debianPostgres = '/usr/lib/postgresql';

/** Whether there is such a server. Where there is none, that is said in one line; in CI it is an error. */
export function hasDatabase(sort: Sort, test: string): boolean {
  if (find(programs[sort]) !== null) return true;
  const missing = `no ${programs[sort]} found: apt-get install ${packages[sort]} (of Debian), or put one into PATH`;
  if (process.env.CI) throw new Error(missing);
  process.stderr.write(`skipped ${test}: ${missing}\n`);
  return false;
}

/** Starts one; ready when it listens. */
export async function startDatabase(sort: Sort): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), `loopscope-${sort}-`));
  chmodSync(folder, 0o700);
  give(folder);
  if (sort === 'postgres') {
    run('initdb', ['-D', join(folder, 'data'), '-U', 'shop', '--auth=trust', '--no-sync', '--no-instructions']);
  } else if (sort === 'mariadb') {
    // an empty database of users that nobody asks saves seconds
    mkdirSync(join(folder, 'data', 'shop'), { recursive: true });
    mkdirSync(join(folder, 'data', 'mysql'));
    for (const name of ['data', 'data/shop', 'data/mysql']) give(join(folder, name));
  }
  // Somebody may take its port before it does: then it ends, and another is tried.
  for (let attempt = 1; attempt <= 5; attempt++) {
    const port = await freePort();
    const child = start(programs[sort], wordsOf(sort, folder, port));
    if (await listens(child, port)) return { port, end: () => end(child, sort, folder) };
  }
  throw new Error(`${programs[sort]} ended before it was ready, five times`);
}

function wordsOf(sort: Sort, folder: string, port: number): string[] {
  const data = join(folder, 'data');
  switch (sort) {
    case 'redis':
      return ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, '--databases', '4'];
    case 'postgres':
      return ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-F', '-c', 'max_connections=40'];
    default:
      return [
        '--no-defaults',
        `--datadir=${data}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        '--skip-grant-tables',
        '--skip-networking=0',
        '--skip-log-bin',
        '--innodb-flush-log-at-trx-commit=0',
      ];
  }
}

function give(path: string): void {
  if (nobody !== undefined) chownSync(path, nobody, nobody);
}

function start(name: string, words: readonly string[]): ChildProcess {
  return spawn(find(name) ?? name, words, { stdio: 'ignore', ...user() });
}

function run(name: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(find(name) ?? name, words, { encoding: 'utf8', ...user() });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
}

function user(): { uid?: number; gid?: number; cwd: string } {
  return { cwd: tmpdir(), ...(nobody !== undefined && { uid: nobody, gid: nobody }) };
}

function find(name: string): string | null {
  const versions = existsSync(debianPostgres) ? readdirSync(debianPostgres) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    ...versions.map((version) => join(debianPostgres, version, 'bin')),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** A port at which nobody listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(child: ChildProcess, port: number): Promise<boolean> {
  const before = Date.now();
  while (Date.now() - before < 30_000) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    if (await accepts(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child: ChildProcess, sort: Sort, folder: string): Promise<void> {
  // Postgres has children, which end with it when it is told to end at once
  const signal = sort === 'postgres' ? 'SIGQUIT' : 'SIGKILL';
  if (child.exitCode === null && child.signalCode === null && child.kill(signal)) {
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await once(child, 'exit');
    clearTimeout(killer);
  }
  rmSync(folder, { recursive: true, force: true });
}
