// One of everything that stays open, and what lets a process end all the same. Asks for a report, and ends.
import { fork, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createWriteStream, openSync, unwatchFile, watch, watchFile } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { MessageChannel, Worker } from 'node:worker_threads';
import { askForReport } from './ask.ts';

interface Wanted {
  readonly folder: string;
}

const wanted: Wanted = { folder: process.argv[2] ?? '.' };
const file = import.meta.filename;

const server = createServer((_request, response) => void response.write('and so on')).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as { port: number };
const pipe = createTcpServer().listen(`${wanted.folder}/pipe.sock`);
const client = connect(port, '127.0.0.1');
client.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
await once(client, 'data');
const udp = createSocket('udp4').bind(0, '127.0.0.1');
await once(udp, 'listening');
const watcher = watch(wanted.folder);
watchFile(file, () => {});
const handle = await open(file);
const descriptor = openSync(file, 'r');
const stream = createWriteStream(`${wanted.folder}/written`);
await once(stream, 'open');
const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
const forked = fork(new URL('idle-child.mjs', import.meta.url), { stdio: 'ignore', env: {} });
const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
await once(worker, 'online');
const { port1 } = new MessageChannel();
port1.on('message', () => {});
const interval = setInterval(function poll() {}, 60_000);
setTimeout(() => {}, 3_600_000);
const quiet = setInterval(() => {}, 500).unref();

await askForReport();
for (const each of [server, pipe, udp, watcher, port1, handle, stream]) void each.close();
for (const each of [child, forked]) each.kill();
unwatchFile(file);
clearInterval(interval);
clearInterval(quiet);
process.exit(descriptor === 0 ? 1 : 0);
