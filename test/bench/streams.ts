// Calls of the loop, lines of a socket and iteration, each against what Node has: side by side, with the registry on.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { iterate, loop, openConnection } from 'loopscope';
import { assertDone, format, median, type Result } from './result.ts';

const rounds = 9;
const calls = 10_000;
const blocks = 100;
const linesPerBlock = 1000;
const lines = blocks * linesPerBlock;
const block = Buffer.from(`${'x'.repeat(60)}\n`.repeat(linesPerBlock));

interface Pair {
  readonly name: string;
  readonly times: number;
  readonly budget: number;
  readonly note: string;
  /** Each says how many it did. */
  readonly bare: () => Promise<number> | number;
  readonly wrapped: () => Promise<number> | number;
}

export async function benchStreams(): Promise<Result[]> {
  const server = createServer(sendLines).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const results: Result[] = [];
  for (const pair of pairsOf(port)) results.push(await compare(pair));
  server.close();
  return results;
}

function pairsOf(port: number): Pair[] {
  return [
    {
      name: 'a call soon',
      note: 'against setImmediate',
      times: calls,
      budget: 4,
      bare: () => callsOf((call) => void setImmediate(call)),
      wrapped: () => callsOf((call) => void loop.callSoon(call)),
    },
    {
      name: 'a call later that is cancelled',
      note: 'against setTimeout and clearTimeout',
      times: calls,
      budget: 4,
      bare: () => {
        for (let index = 0; index < calls; index++) clearTimeout(setTimeout(nothing, 1000));
        return calls;
      },
      wrapped: () => {
        for (let index = 0; index < calls; index++) loop.callLater(1000, nothing).cancel();
        return calls;
      },
    },
    {
      name: 'a line of a socket, for await',
      note: 'against node:readline',
      times: lines,
      budget: 3,
      bare: () => countOf(createInterface({ input: connect(port, '127.0.0.1') })),
      wrapped: async () => {
        const { reader, writer } = await openConnection({ host: '127.0.0.1', port });
        const count = await countOf(reader);
        writer.close();
        return count;
      },
    },
    {
      name: 'an item of a generator, with iterate',
      note: 'against for await alone',
      times: calls,
      budget: 6,
      bare: () => countOf(numbers()),
      wrapped: () => countOf(iterate(numbers())),
    },
  ];
}

async function compare({ name, note, times, budget, bare, wrapped }: Pair): Promise<Result> {
  const [bareTimes, wrappedTimes, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = -2; round < rounds; round++) {
    const [bareMs, wrappedMs] = [await timeOf(bare, name, times), await timeOf(wrapped, name, times)];
    if (round < 0) continue; // warm-up
    bareTimes.push(bareMs);
    wrappedTimes.push(wrappedMs);
    ratios.push(wrappedMs / bareMs);
  }
  const each = (milliseconds: readonly number[]): string => format((median(milliseconds) * 1e6) / times, 'ns');
  return { name, note, bare: each(bareTimes), wrapped: each(wrappedTimes), value: median(ratios), unit: '×', budget };
}

async function timeOf(work: () => Promise<number> | number, name: string, times: number): Promise<number> {
  const start = performance.now();
  const done = await work();
  const milliseconds = performance.now() - start;
  assertDone(name, times, done);
  return milliseconds;
}

function callsOf(ask: (call: () => void) => void): Promise<number> {
  return new Promise((resolve) => {
    let called = 0;
    const call = (): void => {
      if (++called === calls) resolve(called);
    };
    for (let index = 0; index < calls; index++) ask(call);
  });
}

async function countOf(source: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of source) count++;
  return count;
}

async function* numbers(): AsyncGenerator<number> {
  for (let number = 0; number < calls; number++) yield number;
}

function sendLines(socket: Socket): void {
  let sent = 0;
  const send = (): void => {
    while (sent++ < blocks) {
      if (socket.write(block)) continue;
      socket.once('drain', send);
      return;
    }
    socket.end();
  };
  send();
}

function nothing(): void {
  // what is called does not matter
}
