// What the exporters of the SDK for OTLP have no option for: that they do not hold the process, and what a server has
// answered. They keep it in fields of their own; where one is built otherwise, nothing is changed.
import { markOwn } from '../../runtime/own-work.ts';

interface Transport {
  send(data: unknown, timeoutMs: number): Promise<unknown>;
  retry?: (data: unknown, timeoutMs: number, inMs: number) => Promise<unknown>;
  readonly _transport?: Transport;
  _parameters?: { readonly agentFactory?: (protocol: string) => Promise<SocketMaker> | SocketMaker };
}

interface Serializer {
  serializeRequest(items: unknown): unknown;
  deserializeResponse(data: Uint8Array): unknown;
}

interface Delegate {
  readonly _transport?: Transport;
  _serializer?: Serializer;
}

interface Socket {
  unref?: () => void;
}

/** The agent of HTTP or HTTPS. */
interface SocketMaker {
  createConnection(...parameters: unknown[]): Socket | null | undefined;
  reuseSocket(socket: Socket, request: unknown): void;
}

/**
 * Keeps an exporter from holding the process: neither its pauses between attempts nor its connections by HTTP do. A request
 * of gRPC holds it until its timeout.
 * @param exporter one of the SDK, for any signal and protocol
 */
export function holdNoProcess(exporter: object): void {
  const retrying = delegateOf(exporter)?._transport;
  const transport = retrying?._transport;
  if (retrying === undefined || transport === undefined) return;
  retrying.retry = (data, timeoutMs, inMs) => pauseQuietly(inMs).then(() => transport.send(data, timeoutMs));
  if (transport._parameters?.agentFactory !== undefined) quietSockets(transport, transport._parameters.agentFactory);
}

/** Sees the answers to successful requests: as they came, and as the exporter reads them; null where it cannot. */
export function watchAnswers(exporter: object, see: (answer: unknown, data: Uint8Array) => void): void {
  const delegate = delegateOf(exporter);
  const serializer = delegate?._serializer;
  if (delegate === undefined || typeof serializer?.deserializeResponse !== 'function') return;
  delegate._serializer = {
    serializeRequest: (items) => serializer.serializeRequest(items),
    deserializeResponse(data) {
      let answer: unknown = null;
      try {
        return (answer = serializer.deserializeResponse(data));
      } finally {
        see(answer, data);
      }
    },
  };
}

function delegateOf(exporter: object): Delegate | undefined {
  return (exporter as { readonly _delegate?: Delegate })._delegate;
}

function pauseQuietly(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, milliseconds).unref();
  return promise;
}

function quietSockets(transport: Transport, make: (protocol: string) => Promise<SocketMaker> | SocketMaker): void {
  transport._parameters = {
    ...transport._parameters,
    agentFactory: async (protocol) => {
      const agent = markOwn(await make(protocol));
      const createConnection = agent.createConnection.bind(agent);
      const reuseSocket = agent.reuseSocket.bind(agent);
      agent.createConnection = (...parameters) => {
        const socket = createConnection(...parameters);
        socket?.unref?.();
        return socket;
      };
      agent.reuseSocket = (socket, request) => {
        reuseSocket(socket, request);
        socket.unref?.();
      };
      return agent;
    },
  };
}
