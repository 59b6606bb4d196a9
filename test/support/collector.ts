// A collector for OTLP in JSON over HTTP that does what a test says, on a real socket.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { spansOf, type OtlpRequest, type OtlpSpan } from './otlp-json.ts';

export interface Collector {
  readonly url: string;
  /** The names of the spans that were taken, in the order of their arrival. */
  readonly taken: string[];
  /** The spans themselves. */
  readonly spans: OtlpSpan[];
  /** Of each request: how it was asked. */
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers'] }[];
  close(): void;
}

/** Answers a request whose spans have these names; true if it took them. */
export type Respond = (names: readonly string[], response: ServerResponse) => boolean;

const take: Respond = (_names, response) => {
  response.end('{}');
  return true;
};

/** Listens on a port of its own, or on one where a collector was before. */
export async function startCollector(respond: Respond = take, port = 0): Promise<Collector> {
  const taken: string[] = [];
  const spans: OtlpSpan[] = [];
  const requests: Collector['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const got = spansOf(JSON.parse(text.toString()) as OtlpRequest);
      const names = got.map(({ name }) => name);
      requests.push({ url: request.url ?? '', headers: request.headers });
      if (!respond(names, response)) return;
      taken.push(...names);
      spans.push(...got);
    });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    spans,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
