// Where the inspector of a process listens, if it is open.
import { get } from 'node:http';
import { answerLimitMs } from './connection.ts';
import { listeningPorts } from './ports.ts';
import { commandWords, threadNames } from './process-status.ts';

export interface InspectorAddress {
  readonly port: number;
  /** Where its messages go, `ws://127.0.0.1:9229/…`. */
  readonly url: string;
}

const usualPort = 9229;

/** The port at which the inspector opens when it is asked to. */
export function inspectorPort(pid: number): number {
  const options = commandWords(pid).map((word) => /^--(?:inspect|debug)[\w-]*=(?:.*:)?(\d+)$/.exec(word)?.[1]);
  return Number(options.findLast((port) => port !== undefined) ?? usualPort);
}

/** The inspector of the process, null where it is closed. Ports of its own are asked only when they may be it. */
export async function findInspector(pid: number): Promise<InspectorAddress | null> {
  if (process.platform !== 'linux') return askInspector('127.0.0.1', usualPort);
  if (namesThreads(pid) && !threadNames(pid).includes('InspectorIo')) return null;
  const likely = new Set([inspectorPort(pid), usualPort]);
  const ports = listeningPorts(pid)
    .filter(({ port, loopback }) => loopback || likely.has(port))
    .toSorted((a, b) => Number(likely.has(b.port)) - Number(likely.has(a.port)));
  for (const { host, port } of ports) {
    const address = await askInspector(host, port);
    if (address !== null) return address;
  }
  return null;
}

/** Node 24 and newer name the thread of the inspector; Node 22 calls every thread alike. */
function namesThreads(pid: number): boolean {
  return threadNames(pid).some((name) => name === 'SignalInspector' || name.endsWith('V8Worker'));
}

function askInspector(host: string, port: number): Promise<InspectorAddress | null> {
  return new Promise((resolve) => {
    const request = get(`http://${host}:${port}/json/list`, { timeout: answerLimitMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 1_000_000) request.destroy(); // not an inspector
      });
      response.on('error', () => resolve(null));
      response.on('end', () => resolve(parseList(text, host, port)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function parseList(text: string, host: string, port: number): InspectorAddress | null {
  try {
    const [target] = JSON.parse(text) as { id?: unknown; webSocketDebuggerUrl?: unknown }[];
    if (typeof target?.webSocketDebuggerUrl !== 'string' || typeof target.id !== 'string') return null;
    return { port, url: `ws://${host}:${port}/${target.id}` };
  } catch {
    return null;
  }
}
