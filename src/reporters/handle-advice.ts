// What a program can do about something that is open.
import { libraryOf, type HandleGroup } from '../report/handle-groups.ts';

// Connections of libraries are ended by these.
const ofLibraries: Readonly<Record<string, string>> = {
  pg: 'await client.end(), or pool.end()',
  'pg-pool': 'await pool.end()',
  mysql2: 'await connection.end(), or pool.end()',
  ioredis: 'await redis.quit()',
  '@redis/client': 'await client.close()',
  mongodb: 'await client.close()',
  undici: 'await agent.close(), or client.close()',
  bullmq: 'await worker.close() and queue.close()',
  kafkajs: 'await client.disconnect()',
  ws: 'socket.close()',
  fastify: 'await app.close()',
  chokidar: 'await watcher.close()',
};

const ofKinds: Readonly<Partial<Record<HandleGroup['kind'], string>>> = {
  server: 'server.close()',
  incoming: 'socket.destroy(), or server.closeAllConnections() for HTTP',
  outgoing: 'socket.end(), or agent.destroy() for HTTP',
  udp: 'socket.close()',
  timeout: 'clearTimeout(…), or timer.unref()',
  interval: 'clearInterval(…), or timer.unref()',
  immediate: 'it runs in the next turn of the loop',
  watcher: 'watcher.close(), or fs.unwatchFile(…)',
  child: 'child.kill(), or child.unref() to leave it behind',
  worker: 'await worker.terminate(), or worker.unref()',
  port: 'port.close(), or port.unref()',
  ipc: 'process.disconnect(), or process.channel.unref()',
  pipe: 'stream.destroy()',
  stdio: 'process.stdin.destroy(), or process.stdin.unref()',
  dns: 'it ends by itself, with an answer or its timeout',
  request: 'it ends by itself',
  zlib: 'it ends by itself',
  crypto: 'it ends by itself',
};

/** What ends it, or lets the process end in spite of it; null where nobody knows. */
export function handleAdvice({ kind, through, detail }: HandleGroup): string | null {
  const library = through === null ? null : libraryOf(through);
  const known = library === null ? undefined : ofLibraries[library];
  if (known !== undefined && kind !== 'timeout' && kind !== 'interval') return known;
  if (kind === 'stdio' && !detail.startsWith('stdin')) return null;
  if (kind === 'ipc' && !detail.endsWith('parent process')) return 'child.disconnect(), or child.channel.unref()';
  return ofKinds[kind] ?? null;
}
