// Opens one of each sort again and again, looks 12 times at what is open, and prints of which lines unclosed-resource warns from
// 6, 7, 25 and 26 on. `exact`: with the places of everything.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createReadStream, createWriteStream, readFileSync, unlinkSync, watch, watchFile } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { Worker } from 'node:worker_threads';
import { listenToNode } from '../../../src/handles/announced.ts';
import { collectHandles } from '../../../src/handles/collect.ts';
import { startExact } from '../../../src/handles/exact.ts';
import { watchFileHandles } from '../../../src/handles/opened.ts';
import { lookAtSites } from '../../../src/handles/sites.ts';
import { findWarnings } from '../../../src/rules/index.ts';
import { takeReport } from '../../../src/process/take-report.ts';

listenToNode();
watchFileHandles();
if (process.argv[2] === 'exact') startExact();

const self = import.meta.filename;
const idle = 'setInterval(() => {}, 1000)';
const kept: unknown[] = [];
const written = `${tmpdir()}/loopscope-unclosed-${process.pid}`;
const server = createServer((_request, response) => {
  response.writeHead(200).write('begins, and never ends');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function openAll(timers: number): Promise<void> {
  const other = createTcpServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const request = get({ port, agent: false }); // its answer is never read
  await once(request, 'response');
  kept.push(await open(self));
  const reader = createReadStream(self); // nobody reads
  await once(reader, 'ready');
  const writer = createWriteStream(written); // nobody ends it
  await once(writer, 'ready');
  kept.push(
    request,
    reader,
    writer,
    watch(self, () => {}),
  );
  watchFile(`${written}.${kept.length}`, { interval: 60_000 }, () => {});
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const child = fork('-', { execArgv: ['--eval', idle], stdio: 'ignore' });
  const worker = new Worker(idle, { eval: true });
  await Promise.all([once(child, 'spawn'), once(worker, 'online')]);
  kept.push(child);
  for (let left = timers; left > 0; left--) {
    setInterval(() => {}, 60_000);
    setTimeout(function later() {}, 60_000);
  }
}

for (let look = 0; look < 12; look++) {
  if (look % 2 === 0) await openAll(look === 0 ? 10 : 3);
  lookAtSites();
}
const mapSite = <Site>(site: Site): Site => site;
const report = { ...takeReport(), handles: collectHandles({ mapSite, timers: true }) };
const lines = readFileSync(self, 'utf8').split('\n');
const said = [6, 7, 25, 26].map((least) =>
  findWarnings(report, { thresholds: { 'unclosed-resource': least } }).map(({ message, site }) => {
    const [, what] = /^([\d,]+ [\w ]+?) (?:made|that)/.exec(message) ?? [message];
    return `${what}: ${lines[(site?.line ?? 0) - 1]?.trim()}`;
  }),
);
for (const each of kept) (each as { kill?: () => void }).kill?.();
unlinkSync(written);
process.stdout.write(JSON.stringify(said), () => process.exit());
