// Where the inspector of a process listens, if it is open.
import { get } from 'node:http';
import { listeningPorts, type ListeningPort } from './ports.ts';
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

/**
 * The inspector of the process, null where it is closed. Other ports than the usual ones may belong to its own servers:
 * they are asked only when they are not of its main loop.
 */
export async function findInspector(pid: number): Promise<InspectorAddress | null> {
  if (process.platform !== 'linux') return askInspector('127.0.0.1', usualPort);
  const threads = threadNames(pid);
  // Node 24 and newer name their threads; Node 22 calls all of them alike.
  const named = threads.some((name) => name === 'SignalInspector' || name.endsWith('V8Worker'));
  const runs = threads.includes('InspectorIo');
  if (named && !runs) return null;
  const usual = new Set([inspectorPort(pid), usualPort]);
  const ports = listeningPorts(pid);
  const likely = ports.filter(({ port }) => usual.has(port));
  const others = ports.filter(({ port, loopback }) => loopback && !usual.has(port));
  return askEach([...likely, ...ofOtherLoops(ports, others, runs || usual.has(0))]);
}

/** The inspector has a loop of its own. Where only one loop listens, it must be that one for an inspector to be there. */
function ofOtherLoops(
  all: readonly ListeningPort[],
  ports: readonly ListeningPort[],
  runs: boolean,
): readonly ListeningPort[] {
  const main = Math.min(...all.map(({ loop }) => loop));
  const other = ports.filter(({ loop }) => loop !== main).toSorted((a, b) => b.loop - a.loop);
  return other.length === 0 && runs ? ports : other;
}

/** The first of these ports where an inspector answers. */
export async function askEach(ports: readonly ListeningPort[]): Promise<InspectorAddress | null> {
  for (const { host, port } of ports) {
    const address = await askInspector(host, port);
    if (address !== null) return address;
  }
  return null;
}

function askInspector(host: string, port: number): Promise<InspectorAddress | null> {
  return new Promise((resolve) => {
    const request = get(`http://${host}:${port}/json/list`, { timeout: 1000, agent: false }, (response) => {
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
