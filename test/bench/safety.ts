// A thousand reads of a server under load, one after the other, by each way: nothing fails, nothing grows, nothing stays
// open. Takes many minutes: only on `--only safety-memory`, `safety-inspector`, `safety-snapshot`.
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import autocannon from 'autocannon';
import { readProbe } from '../../src/heap/inspector/probe.ts';
import { readSnapshot } from '../../src/heap/inspector/snapshot.ts';
import { readMemory } from '../../src/heap/memory/read.ts';
import { hanging, startHeapServer } from './heap-server.ts';
import { assertDone, format, median, type Result } from './result.ts';

const reads = 1000;
const warmUp = 50;
// As much as leaves time to read: what is tested is whether a request fails.
const requestsPerSecond = 500;

const ways = { memory: readMemory, inspector: readProbe, snapshot: readSnapshot } as const;

/** Reads a thousand times by one way. */
export async function benchSafety(way: keyof typeof ways): Promise<Result[]> {
  const read = ways[way];
  const server = await startHeapServer(20);
  try {
    const load = Promise.withResolvers<autocannon.Result>();
    const cannon = autocannon(
      { url: server.url, connections: 20, duration: 7200, overallRate: requestsPerSecond },
      (error, result) => (error == null ? load.resolve(result) : load.reject(error)),
    );
    const before = { descriptors: 0, own: 0, rss: [] as number[], ownRss: [] as number[] };
    const after = { rss: [] as number[], ownRss: [] as number[] };
    const times: number[] = [];
    let refused = 0;
    for (let index = 0; index < reads; index++) {
      const started = performance.now();
      try {
        const { functions, reading, notes } = await read(server.pid);
        const about = JSON.stringify({ reading, notes });
        for (const [name, count] of Object.entries(hanging)) {
          assertDone(`${name}, ${about}`, count, functions.filter((one) => one.name === name).length);
        }
      } catch (error) {
        refused++;
        console.log(`read ${index}: ${String(error)}`);
      }
      times.push(performance.now() - started);
      if (index === warmUp) Object.assign(before, { descriptors: server.descriptors(), own: ownDescriptors() });
      const { rss } = await server.cost();
      if (index >= warmUp && index < 3 * warmUp) {
        before.rss.push(rss);
        before.ownRss.push(process.memoryUsage.rss());
      }
      if (index >= reads - 2 * warmUp) {
        after.rss.push(rss);
        after.ownRss.push(process.memoryUsage.rss());
      }
    }
    const opened = () => ({ server: server.descriptors() - before.descriptors, own: ownDescriptors() - before.own });
    // the connection by which it was asked what it costs is being closed
    for (let tries = 0; tries < 100 && opened().server + opened().own > 0; tries++) await wait(20);
    const open = opened();
    cannon.stop();
    const { errors, non2xx, timeouts, requests } = await load.promise;
    const growth = (from: readonly number[], to: readonly number[]): number => (median(to) - median(from)) / 2 ** 20;
    const zero = { bare: '', unit: '', budget: 0, limit: 0 };
    const sum = format(requests.total, 'requests');
    return [
      { name: 'reads that were refused or wrong', wrapped: format(reads, 'reads'), value: refused, ...zero },
      { name: 'requests that failed', wrapped: sum, value: errors + non2xx + timeouts, ...zero },
      { name: 'descriptors left open in the server', wrapped: '', value: open.server, ...zero },
      { name: 'descriptors left open in the reader', wrapped: '', value: open.own, ...zero },
      {
        name: 'growth of the server',
        bare: format(median(before.rss) / 2 ** 20, 'MB'),
        wrapped: format(median(after.rss) / 2 ** 20, 'MB'),
        value: growth(before.rss, after.rss),
        unit: 'MB',
        budget: 10,
        limit: 40,
      },
      {
        name: 'growth of the reader',
        bare: format(median(before.ownRss) / 2 ** 20, 'MB'),
        wrapped: format(median(after.ownRss) / 2 ** 20, 'MB'),
        value: growth(before.ownRss, after.ownRss),
        unit: 'MB',
        budget: 30,
        limit: 200,
        note: `a read takes ${format(median(times), 'ms')}`,
      },
    ];
  } finally {
    await server.stop();
  }
}

function ownDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
