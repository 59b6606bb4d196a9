// Starts the server of heap.program.ts, and asks it what it has cost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('heap.program.ts', import.meta.url));

/** What hangs in the server: functions, and how many of each. */
export const hanging: Readonly<Record<string, number>> = { handle: 1000, loadUser: 1000, query: 1000 };

export interface HeapServer {
  readonly pid: number;
  readonly url: string;
  /** Processor time in microseconds so far, and resident bytes now. */
  cost(): Promise<{ readonly cpu: number; readonly rss: number }>;
  /** How many descriptors are open. */
  descriptors(): number;
  stop(): Promise<void>;
}

/** Starts it with a heap of this size. */
export async function startHeapServer(megabytes: number): Promise<HeapServer> {
  const flags = [`--max-old-space-size=${Math.max(2 * megabytes, 256)}`];
  const child = spawn(process.execPath, [...flags, program, String(megabytes)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  createInterface(child.stderr).on('line', (line) => {
    if (!/^(Debugger |For help, see)/.test(line)) console.error(line);
  });
  const [port] = (await Promise.race([once(child.stdout, 'data'), ended.then(() => [null])])) as [Buffer | null];
  if (port === null || child.pid === undefined) throw new Error(`the server with ${megabytes} MB did not start`);
  const { pid } = child;
  const url = `http://127.0.0.1:${port.toString().trim()}`;
  return {
    pid,
    url,
    async cost() {
      // A connection of its own: one that is kept would be closed by the server just when it is used again.
      const [response] = (await once(get(`${url}/cost`, { agent: false }), 'response')) as [IncomingMessage];
      return JSON.parse(await text(response)) as { cpu: number; rss: number };
    },
    descriptors: () => readdirSync(`/proc/${pid}/fd`).length,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
