// A collector for OTLP in JSON that keeps the names of spans.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';

interface Spans {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

export interface Collector {
  readonly url: string;
  readonly names: readonly string[];
  close(): void;
}

export async function startCollector(): Promise<Collector> {
  const names: string[] = [];
  const server = createServer((request, response) => {
    const isPacked = request.headers['content-encoding'] === 'gzip';
    void json(isPacked ? request.pipe(createGunzip()) : request).then((body) => {
      const { resourceSpans = [] } = body as Spans;
      names.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name))),
      );
      response.end('{}');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    names,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
