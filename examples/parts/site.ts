// A site on this machine with delays and errors, for the examples that fetch.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Site {
  readonly url: string;
  /** The most requests that were answered at a time. */
  readonly peak: number;
  close(): void;
}

/** `/page/N` links to the two pages below it, up to 15; `/slow` takes 200 ms, `/never` for ever; `/error` is a 500; all else takes 20 ms. */
export async function startSite(): Promise<Site> {
  let pending = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    peak = Math.max(peak, ++pending);
    response.on('close', () => pending--);
    void answer(request.url ?? '/').then(({ status, body }) => response.writeHead(status).end(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get peak() {
      return peak;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(path: string): Promise<{ status: number; body: string }> {
  if (path === '/never') await new Promise(() => {});
  await delay(path === '/slow' ? 200 : 20);
  if (path === '/error') return { status: 500, body: 'out of order' };
  const page = Number(/^\/page\/(\d+)$/.exec(path)?.[1] ?? Number.NaN);
  const links = [2 * page, 2 * page + 1].filter((below) => below <= 15);
  return { status: 200, body: links.map((below) => `<a href="/page/${below}">${below}</a>`).join('\n') || 'hello' };
}
