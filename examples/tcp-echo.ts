// S23: what does a hang of the TCP echo of asyncio's documentation look like? The second client forgets the line break: both
// ends wait then, and the report says on which stream and where.
//   node examples/tcp-echo.ts
//     prints `client: the answer is Hello World!`
//   npx loopscope run -- examples/tcp-echo.ts
//     reports `12 bytes not read`, `waits for stream tcp … to read`
//   npx loopscope run --otlp http://localhost:4318 -- examples/tcp-echo.ts
//     sends `run echo`, `read stream`
import { openConnection, printTasks, startServer, type StreamReader, type StreamWriter } from 'loopscope';

const host = '127.0.0.1';

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) {
    console.log(`server: received ${String(line).trim()}`);
    writer.write(line);
    await writer.drain();
  }
  writer.close();
}

async function ask(port: number, message: string): Promise<string> {
  const { reader, writer } = await openConnection({ host, port, timeout: 5000 });
  try {
    writer.write(message);
    await writer.drain();
    const answer = await reader.readLine({ timeout: 1000 });
    return String(answer).trim();
  } finally {
    writer.close();
    await writer.waitClosed();
  }
}

const server = await startServer(echo, { host });
const { port } = server;
if (port === null) throw new Error('the server listens on no port');

console.log(`client: the answer is ${await ask(port, 'Hello World!\n')}`);

const second = ask(port, 'Hello again!');
setTimeout(() => printTasks(), 500); // both ends wait to read
await second.catch((error: Error) => console.log(`client: ${error.message.replace(String(port), 'PORT')}`));

server.close();
await server.waitClosed();
