import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, openConnection, startServer, takeReport } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { connectedPair, disposeKept, keep, text } from '../../support/streams.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';

const host = '127.0.0.1';

afterEach(async () => {
  await disposeKept();
  await expectNothingLeft();
});

/** A server of Node's, and the sockets of its clients. */
async function plainServer(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

function openStreams(): string[] {
  return takeReport()
    .resources.filter(({ kind, name }) => kind === 'stream' && !name.startsWith('server'))
    .map(({ name }) => name);
}

test('messages of a client which connects, asks, and closes', async () => {
  const { server, port } = await plainServer((socket) => socket.once('data', () => socket.end('answer\n')));
  const { stop } = recordMessages();
  const client = createTask(
    async () => {
      const connection = await openConnection({ host, port, name: 'shop' });
      connection.writer.write('question\n');
      const answer = await text(connection.reader.readLine());
      await connection[Symbol.asyncDispose]();
      return answer;
    },
    { name: 'client' },
  );
  await vi.waitFor(() => expect(client.done).toBe(true));
  expect(stop()).toEqual([
    'task client created',
    'stream shop created',
    'client waits to connect shop',
    'client waited to connect shop',
    'client waits to read shop',
    'client waited to read shop',
    'client waits to join shop',
    'client waited to join shop',
    'task client fulfilled',
  ]);
  expect(await client).toBe('answer\n');
  server.close();
});

test('an open stream is in the report with what passed through it, and a closed one is not', async () => {
  const pair = keep(await connectedPair());
  const { client, peer } = pair;
  client.writer.write('hello');
  expect(await text(peer.reader.readExactly(3))).toBe('hel');
  const name = `tcp ${host}:${pair.server.port}`;
  const report = takeReport();
  expect(report.resources.find((resource) => resource.name === name)).toMatchObject({
    kind: 'stream',
    statistics: { buffered: 0, unsent: 0, read: 0, written: 5, isClosed: false },
  });
  const clientPort = client.writer.socket.localPort;
  expect(report.resources.find((resource) => resource.name === `tcp ${host}:${clientPort}`)).toMatchObject({
    statistics: { buffered: 2, read: 3, written: 0 },
  });
  client.writer.close();
  peer.writer.close();
  await Promise.all([client.writer.waitClosed(), peer.writer.waitClosed()]);
  expect(openStreams()).toEqual([]);
});

test('a task that waits to read is in the report with the stream', async () => {
  const pair = keep(await connectedPair());
  const task = createTask(async () => text(pair.client.reader.readLine()), { name: 'reader' });
  const entry = takeReport().tasks.find(({ id }) => id === task.id);
  expect(entry?.waits).toMatchObject([
    { kind: 'read', on: { kind: 'stream', name: `tcp ${host}:${pair.server.port}` } },
  ]);
  pair.peer.writer.write('x\n');
  expect(await task).toBe('x\n');
});

test('nobody listens: the error is that of the socket, and no stream is left', async () => {
  const { server, port } = await plainServer(() => {});
  server.close();
  await once(server, 'close');
  await expect(openConnection({ host, port })).rejects.toMatchObject({ code: 'ECONNREFUSED', port });
  await turn();
  expect(openStreams()).toEqual([]);
});

test.each(['timeout', 'signal', 'cancellation'] as const)('an attempt to connect is ended by a %s', async (how) => {
  // speaks no TLS, and so the handshake hangs
  const { server, port } = await plainServer((socket) => socket.resume());
  const name = `tls ${host}:${port}`;
  const controller = new AbortController();
  const task = createTask(
    async () =>
      openConnection({
        host,
        port,
        tls: true,
        ...(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }),
      }),
    { name: 'client' },
  );
  expect(openStreams()).toEqual([name]);
  expect(task.waits).toMatchObject({ kind: 'connect', on: { name } });
  if (how === 'signal') controller.abort(new Error('too long'));
  if (how === 'cancellation') task.cancel();
  expect(await rejection(task)).toMatchObject({
    message: {
      timeout: `connect stream ${name}: timed out after 5 ms`,
      signal: 'too long',
      cancellation: `Task client #${task.id} was cancelled`,
    }[how],
  });
  await vi.waitFor(() => expect(openStreams()).toEqual([]));
  server.close();
});

test.each<[object | undefined, string]>([
  [undefined, 'options must be an object, got undefined'],
  [{}, 'port must be a number of at least 0, got undefined'],
  [{ port: '80' }, 'port must be a number of at least 0, got "80"'],
  [{ port: 65_536 }, 'port must be at most 65535, got 65536'],
  [{ host: 5, port: 80 }, 'host must be a string, got a value of type number'],
  [{ port: 80, tls: 'yes' }, 'tls must be true or options of tls.connect, got "yes"'],
  [{ path: '' }, 'path must be a string that is not empty'],
  [{ path: '/x', port: 80 }, 'a stream leads to a port or to a path, not to both'],
  [{ port: 80, limit: 0 }, 'limit must be a number of at least 1, got 0'],
  [{ port: 80, timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
])('openConnection(%j) rejects with an ArgumentError', async (options, message) => {
  await expect(openConnection(options as never)).rejects.toMatchObject({ code: 'ERR_LOOPSCOPE_ARGUMENT', message });
});

test('a stream over a Unix socket', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopscope-'));
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${folder}` : join(folder, 'socket');
  const server = keep(
    await startServer(
      (reader, writer) => void reader.readLine().then((line) => (writer.write(line as Buffer), writer.close())),
      { path },
    ),
  );
  expect([server.address, server.port, server.name]).toEqual([path, null, `server ${path}`]);
  const connection = await openConnection({ path });
  connection.writer.write('over a path\n');
  expect(openStreams()).toContain(`unix ${path}`);
  expect(await text(connection.reader.read())).toBe('over a path\n');
  await connection.writer[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('writeEof ends one direction: the other goes on', async () => {
  const pair = keep(await connectedPair());
  const { client, peer } = pair;
  client.writer.write('all of it');
  client.writer.writeEof();
  client.writer.writeEof();
  expect(await text(peer.reader.read())).toBe('all of it');
  peer.writer.write('answer\n');
  expect(await text(client.reader.readLine())).toBe('answer\n');
  expect(() => client.writer.write('more')).toThrow(
    expect.objectContaining({
      code: 'ERR_LOOPSCOPE_STATE',
      message: `stream tcp ${host}:${pair.server.port} takes nothing more: it was closed for writing`,
    }),
  );
});

test('text is written as UTF-8, bytes as they are', async () => {
  const pair = keep(await connectedPair());
  pair.client.writer.write('ä€');
  pair.client.writer.write(new Uint8Array([0, 255, 10]));
  expect(pair.client.writer.bytesWritten).toBe(8);
  expect([...(await pair.peer.reader.readExactly(8))]).toEqual([...Buffer.from('ä€'), 0, 255, 10]);
  expect(() => pair.client.writer.write(5 as never)).toThrow(
    'what is written must be a string or Uint8Array, got a value of type number',
  );
});

test('drain waits while the receiver does not read, and goes on when it does', async () => {
  const pair = keep(await connectedPair({ peer: 1000 }));
  const { client, peer } = pair;
  await client.writer.drain();
  const block = Buffer.alloc(2 ** 20, 'x');
  let blocks = 0;
  while (!client.writer.socket.writableNeedDrain || client.writer.unsent < block.length * 4) {
    client.writer.write(block);
    blocks++;
  }
  const draining = createTask(async () => client.writer.drain(), { name: 'sender' });
  expect(draining.waits).toMatchObject({ kind: 'drain', on: { kind: 'stream' } });
  expect(draining.done).toBe(false);
  client.writer.writeEof();
  expect((await peer.reader.read()).length).toBe(blocks * block.length);
  await draining;
  expect(client.writer.unsent).toBe(0);
});

test('the limit bounds what is buffered: the sender is held up', async () => {
  const pair = keep(await connectedPair({ peer: 1000 }));
  const { client, peer } = pair;
  const block = Buffer.alloc(2 ** 22, 'x');
  client.writer.write(block);
  await vi.waitFor(() => expect(peer.reader.buffered).toBeGreaterThan(1000));
  for (let index = 0; index < 20; index++) await turn();
  expect(peer.reader.buffered).toBeLessThanOrEqual(1000 + 2 ** 16);
  expect((await peer.reader.readExactly(block.length)).length).toBe(block.length);
});

test.each(['timeout', 'signal', 'cancellation'] as const)(
  'a drain is ended by a %s, and nothing is lost',
  async (how) => {
    const pair = keep(await connectedPair({ peer: 1000 }));
    const { client, peer } = pair;
    const block = Buffer.alloc(2 ** 24, 'x');
    client.writer.write(block);
    const controller = new AbortController();
    const task = createTask(async () =>
      client.writer.drain(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }),
    );
    if (how === 'signal') controller.abort();
    if (how === 'cancellation') task.cancel();
    await rejection(task);
    expect((await peer.reader.readExactly(block.length)).length).toBe(block.length);
    await client.writer.drain();
  },
);

test('close sends what was written, then closes; waitClosed says when', async () => {
  const pair = keep(await connectedPair());
  const { client, peer } = pair;
  const block = Buffer.alloc(2 ** 20, 'x');
  client.writer.write(block);
  expect(client.writer.isClosing).toBe(false);
  client.writer.close();
  client.writer.close();
  expect(client.writer.isClosing).toBe(true);
  const [bytes] = await Promise.all([peer.reader.read(), client.writer.waitClosed()]);
  expect(bytes.length).toBe(block.length);
  await client.writer.waitClosed();
  await expect(client.writer.drain()).rejects.toThrow(/ is closed$/);
});

test('a read that waits when its own stream is closed gets the end', async () => {
  const pair = keep(await connectedPair());
  const line = pair.client.reader.readLine();
  const bytes = pair.peer.reader.readExactly(5);
  pair.client.writer.close();
  expect(await line).toBe(null);
  await expect(bytes).rejects.toMatchObject({ code: 'ERR_LOOPSCOPE_INCOMPLETE_READ' });
});

test('a connection that the other end resets: reads, drain and waitClosed say so, writes are silent', async () => {
  const pair = keep(await connectedPair());
  const { client, peer } = pair;
  const [line, closed] = [rejection(client.reader.readLine()), rejection(client.writer.waitClosed())];
  peer.writer.socket.resetAndDestroy();
  expect(await line).toMatchObject({ code: 'ECONNRESET' });
  expect(await closed).toBe(await line);
  client.writer.write('to nobody');
  expect([await rejection(client.writer.drain()), await rejection(client.reader.read(1))]).toEqual([
    await line,
    await line,
  ]);
  await client[Symbol.asyncDispose]();
});

test('a reset that nobody was told of is told when the stream is disposed of', async () => {
  const pair = keep(await connectedPair());
  const { client, peer } = pair;
  peer.writer.socket.resetAndDestroy();
  await once(client.writer.socket, 'close').catch(() => {});
  await expect(client[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await client[Symbol.asyncDispose]();
});

test('disposing of a writer closes it; disposing asynchronously waits for that', async () => {
  const pair = keep(await connectedPair());
  pair.peer.writer.write('bye');
  pair.peer.writer[Symbol.dispose]();
  expect(await text(pair.client.reader.read())).toBe('bye');
  expect(pair.client.writer.isClosing).toBe(false);
  await pair.client.writer[Symbol.asyncDispose]();
  expect(pair.client.writer.socket.destroyed).toBe(true);
});

test('abort closes at once: what is not sent is lost', async () => {
  const pair = keep(await connectedPair({ peer: 1000 }));
  const { client, peer } = pair;
  client.writer.write(Buffer.alloc(2 ** 24));
  client.writer.abort();
  await client.writer.waitClosed();
  const bytes = await peer.reader.read().catch(() => Buffer.alloc(0));
  expect(bytes.length).toBeLessThan(2 ** 24);
});

test.each(['timeout', 'signal', 'cancellation'] as const)('waitClosed is ended by a %s', async (how) => {
  const pair = keep(await connectedPair());
  const controller = new AbortController();
  const task = createTask(async () =>
    pair.client.writer.waitClosed(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }),
  );
  if (how === 'signal') controller.abort();
  if (how === 'cancellation') task.cancel();
  await rejection(task);
  expect(pair.client.writer.isClosing).toBe(false);
});
