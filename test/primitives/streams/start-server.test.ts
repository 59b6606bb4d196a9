import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import {
  allTasks,
  createTask,
  openConnection,
  run,
  sleep,
  startServer,
  takeReport,
  type Connection,
  type StreamReader,
  type StreamServer,
  type StreamWriter,
} from '../../../src/index.ts';
import { certificate, key } from '../../support/certificate.ts';
import { recordMessages } from '../../support/messages.ts';
import { collect, disposeKept, keep, text } from '../../support/streams.ts';
import { expectNothingLeft, rejection } from '../../support/turn.ts';

const host = '127.0.0.1';

afterEach(async () => {
  await disposeKept();
  await expectNothingLeft();
});

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) {
    writer.write(line);
    await writer.drain();
  }
  writer.close();
}

function connectTo(server: StreamServer): Promise<Connection> {
  return openConnection({ host, port: server.port as number });
}

/** The next warning of the process, which is not printed. */
async function warning(): Promise<Error> {
  const printers = process.rawListeners('warning');
  process.removeAllListeners('warning');
  try {
    const [warned] = (await once(process, 'warning')) as [Error];
    return warned;
  } finally {
    for (const print of printers) process.on('warning', print as (warned: Error) => void);
  }
}

test('messages of a server that serves one client', async () => {
  const { stop } = recordMessages();
  const server = await startServer(echo, { host });
  const { reader, writer } = await connectTo(server);
  const [here, there] = [`tcp ${host}:${server.port}`, `tcp ${host}:${writer.socket.localPort}`];
  writer.write('hello\n');
  await reader.readLine();
  writer.close();
  await writer.waitClosed();
  server.close();
  await server.waitClosed();
  const lines = stop().map((line) => line.replaceAll(here, 'HERE').replaceAll(there, 'THERE'));
  expect(lines.filter((line) => !line.startsWith('(main)'))).toEqual([
    'stream HERE created',
    'stream THERE created',
    'task echo created',
    'echo waits to read THERE',
    'echo waited to read THERE',
    'echo waits to read THERE',
    'echo waited to read THERE',
    'task echo fulfilled',
  ]);
  expect(lines.filter((line) => line.startsWith('(main)')).map((line) => line.replace(/server .*/, 'server'))).toEqual([
    '(main) waits to connect server',
    '(main) waited to connect server',
    '(main) waits to connect HERE',
    '(main) waited to connect HERE',
    '(main) waits to read HERE',
    '(main) waited to read HERE',
    '(main) waits to join HERE',
    '(main) waited to join HERE',
    '(main) waits to join server',
    '(main) waited to join server',
  ]);
});

test('each client is served by a task of its own, at the same time', async () => {
  const server = keep(await startServer(echo, { host }));
  const clients = await Promise.all([1, 2, 3].map(async () => connectTo(server)));
  await vi.waitFor(() => expect(allTasks().map(({ origin }) => origin.name)).toEqual(['echo', 'echo', 'echo']));
  expect(server.connections).toBe(3);
  for (const [index, { writer }] of clients.entries()) writer.write(`${index}\n`);
  expect(await Promise.all(clients.map(async ({ reader }) => text(reader.readLine())))).toEqual(['0\n', '1\n', '2\n']);
  for (const { writer } of clients) writer.close();
});

test('the report says which client a task waits for, and what all of them have sent', async () => {
  const server = keep(await startServer(echo, { host, name: 'session' }));
  const client = keep(await connectTo(server));
  client.writer.write('one\n');
  await client.reader.readLine();
  const closed = createTask(async () => server.waitClosed(), { name: 'stop' });
  await vi.waitFor(() => expect(server.statistics()).toMatchObject({ read: 4, written: 4 }));
  const report = takeReport();
  const peer = `tcp ${host}:${client.writer.socket.localPort}`;
  expect(report.tasks.find(({ name }) => name === 'session')?.waits).toMatchObject([
    { kind: 'read', on: { name: peer } },
  ]);
  expect(report.tasks.find(({ name }) => name === 'stop')?.waits).toMatchObject([
    { kind: 'join', on: { name: `server ${host}:${server.port}` } },
  ]);
  client.writer.close();
  server.close();
  await closed;
  expect(server.statistics()).toEqual({ kind: 'stream', buffered: 0, unsent: 0, read: 4, written: 4, isClosed: true });
});

test('address and port say where it listens, until it is closed', async () => {
  const server = await startServer(echo, { host });
  expect(server.address).toEqual({ address: host, family: 'IPv4', port: server.port });
  expect([server.isListening, server.name]).toEqual([true, `server ${host}:${server.port}`]);
  server.close();
  server.close();
  await server.waitClosed();
  expect([server.isListening, server.address, server.port]).toEqual([false, null, null]);
});

test('what a handler throws closes the stream of its client, is a warning with its stack, and the server goes on', async () => {
  const server = keep(
    await startServer(
      async function shop(reader) {
        const line = await text(reader.readLine());
        if (line === 'bad\n') throw new Error('no such item');
      },
      { host },
    ),
  );
  const [bad, good] = [await connectTo(server), await connectTo(server)];
  const warned = warning();
  bad.writer.write('bad\n');
  expect(await warned).toMatchObject({
    name: 'ConnectionWarning',
    code: 'LOOPSCOPE_CONNECTION',
    message: `the handler shop of tcp ${host}:${bad.writer.socket.localPort} failed: no such item`,
    detail: expect.stringContaining('start-server.test.ts'),
  });
  expect(await bad.reader.readLine()).toBe(null);
  await bad.writer[Symbol.asyncDispose]();
  good.writer.write('good\n');
  await vi.waitFor(() => expect(allTasks()).toEqual([]));
  server.abortClients();
  await good.writer[Symbol.asyncDispose]();
});

test('onError is told instead of the process; a handler that throws at once is told, too', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown[]>();
  const server = keep(
    await startServer(
      () => {
        throw new TypeError('at once');
      },
      { host, onError: (error, { name }) => resolve([String(error), name]) },
    ),
  );
  const client = keep(await connectTo(server));
  expect(await promise).toEqual(['TypeError: at once', `tcp ${host}:${client.writer.socket.localPort}`]);
});

test('a client that breaks off in the middle of a record ends its handler and nothing else', async () => {
  const errors: unknown[] = [];
  const server = keep(
    await startServer(async (reader) => void (await reader.readExactly(10)), {
      host,
      onError: (error) => errors.push(error),
    }),
  );
  const client = await connectTo(server);
  client.writer.write('half');
  await client[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(errors).toMatchObject([{ code: 'ERR_LOOPSCOPE_INCOMPLETE_READ', expected: 10 }]));
  expect(server.isListening).toBe(true);
});

test('a handler whose task is cancelled closes its stream, and that is no error', async () => {
  const onError = vi.fn<() => void>();
  const server = keep(await startServer(async () => sleep(Infinity), { host, onError, name: 'sleeper' }));
  const client = keep(await connectTo(server));
  await vi.waitFor(() => expect(allTasks()).toHaveLength(1));
  (allTasks()[0] as ReturnType<typeof createTask>).cancel();
  expect(await client.reader.readLine()).toBe(null);
  expect(onError).not.toHaveBeenCalled();
});

test('a handler that returns leaves its stream open to whom it was handed', async () => {
  const { promise, resolve } = Promise.withResolvers<StreamWriter>();
  const server = keep(await startServer((_reader, writer) => resolve(writer), { host }));
  const client = keep(await connectTo(server));
  const writer = await promise;
  await vi.waitFor(() => expect(allTasks()).toEqual([]));
  writer.write('still here\n');
  expect(await text(client.reader.readLine())).toBe('still here\n');
  writer.close();
});

test('close takes no new clients, and those that are connected stay until they leave', async () => {
  const server = await startServer(echo, { host });
  const port = server.port as number;
  const client = await connectTo(server);
  server.close();
  expect(await rejection(openConnection({ host, port }))).toMatchObject({ code: 'ECONNREFUSED' });
  client.writer.write('still served\n');
  expect(await text(client.reader.readLine())).toBe('still served\n');
  const closed = server.waitClosed();
  expect(server.connections).toBe(1);
  client.writer.close();
  await closed;
  expect(server.connections).toBe(0);
});

test('closeClients sends what was written and closes each stream; abortClients does not wait for that', async () => {
  const server = await startServer((_reader, writer) => writer.write('bye\n'), { host });
  const [first, second] = [await connectTo(server), await connectTo(server)];
  await vi.waitFor(() => expect(server.connections).toBe(2));
  server.closeClients();
  expect([await text(first.reader.read()), await text(second.reader.read())]).toEqual(['bye\n', 'bye\n']);
  first.writer.close();
  second.writer.close();
  const third = await connectTo(server);
  await vi.waitFor(() => expect(server.connections).toBeGreaterThan(0));
  server.abortClients();
  await third.writer[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test.each(['timeout', 'signal', 'cancellation'] as const)('waitClosed of a server is ended by a %s', async (how) => {
  const server = keep(await startServer(echo, { host }));
  const controller = new AbortController();
  const task = createTask(async () =>
    server.waitClosed(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }),
  );
  if (how === 'signal') controller.abort();
  if (how === 'cancellation') task.cancel();
  await rejection(task);
  expect(server.isListening).toBe(true);
});

test('what is left in a run ends with it: server, clients and connections', async () => {
  const { server, connection, port } = await run(async () => {
    const server = await startServer(() => {}, { host });
    const { port } = server;
    return { server, port, connection: await openConnection({ host, port: port as number }) };
  });
  expect([server.isListening, server.connections, connection.writer.isClosing]).toEqual([false, 0, true]);
  await connection.writer.waitClosed();
  const again = keep(await startServer(echo, { host, port: port as number }));
  expect(again.port).toBe(port);
});

test('a port that is taken is an error, and nothing is left', async () => {
  const server = keep(await startServer(echo, { host }));
  await expect(startServer(echo, { host, port: server.port as number })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('an aborted signal starts no server', async () => {
  await expect(startServer(echo, { host, signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
});

test.each<[string, unknown, object, string]>([
  ['undefined', undefined, {}, 'the handler of a server must be a function, got undefined'],
  ['echo', echo, { port: -1 }, 'port must be a number of at least 0, got -1'],
  ['echo', echo, { path: '/x', port: 1 }, 'a stream leads to a port or to a path, not to both'],
  ['echo', echo, { tls: true }, 'tls must be options of tls.createServer with key and cert, got true'],
  ['echo', echo, { limit: 1.5 }, 'limit must be a whole number or Infinity, got 1.5'],
  ['echo', echo, { backlog: 'x' }, 'backlog must be a number of at least 0, got "x"'],
  ['echo', echo, { onError: 5 }, 'onError must be a function, got 5'],
  ['echo', echo, { name: 5 }, 'name must be a string, got 5'],
])('startServer(%s, …) rejects with an ArgumentError', async (_handler, handler, options, message) => {
  await expect(startServer(handler as never, options as never)).rejects.toMatchObject({
    code: 'ERR_LOOPSCOPE_ARGUMENT',
    message,
  });
});

test('many clients send many lines at once, in pieces, and each gets its own back', async () => {
  const server = keep(await startServer(echo, { host, limit: 500 }));
  const lines = Array.from({ length: 60 }, (_, index) => `${'x'.repeat((index * 37) % 480)}${index}\n`);
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, number) => {
      const client = keep(await connectTo(server));
      const sent = lines.map((line) => `${number}${line}`);
      const whole = sent.join('');
      const step = 7 + number * 61;
      const sending = createTask(async () => {
        for (let at = 0; at < whole.length; at += step) {
          client.writer.write(whole.slice(at, at + step));
          await client.writer.drain();
        }
        client.writer.writeEof();
      });
      const got = (await collect(client.reader)).map(String);
      await sending;
      return got.join() === sent.join();
    }),
  );
  expect(answers).toEqual(Array.from({ length: 8 }, () => true));
});

test('TLS: the certificate is checked, and lines pass', async () => {
  const server = keep(await startServer(echo, { host: 'localhost', tls: { key, cert: certificate } }));
  const port = server.port as number;
  await expect(openConnection({ host: 'localhost', port, tls: true })).rejects.toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  const client = keep(await openConnection({ host: 'localhost', port, tls: { ca: certificate } }));
  client.writer.write('secret\n');
  expect(await text(client.reader.readLine())).toBe('secret\n');
  expect(takeReport().resources.map(({ name }) => name)).toContain(`tls localhost:${port}`);
});
