// PostgreSQL for the examples: the server of DATABASE_URL, or else an embedded one, which speaks the same protocol on a socket.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Database {
  readonly url: string;
  close(): Promise<unknown>;
}

export async function startDatabase(): Promise<Database> {
  const { DATABASE_URL: url } = process.env;
  if (url !== undefined) return { url, close: async () => {} };
  const worker = new Worker(new URL('pglite.ts', import.meta.url));
  const [address] = await once(worker, 'message');
  return { url: `postgres://postgres@${address}/postgres`, close: () => worker.terminate() };
}
