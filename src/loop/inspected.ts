// A session of the inspector with the thread that is watched: with the main thread itself, or through it with a worker thread.
import { Session } from 'node:inspector';
import { isDebuggerAttached, portOf } from './debugger.ts';

interface Attached {
  readonly sessionId: string;
  readonly workerInfo: { readonly title: string };
}

interface Received {
  readonly message: string;
}

/** What a thread answers. */
interface Evaluated {
  readonly exceptionDetails?: unknown;
  readonly result: { readonly value?: unknown };
}

const how = { returnByValue: true, silent: true };

/** One session; it is closed as soon as it is not needed. */
export class Inspected {
  readonly #session = new Session();
  /** Those of the worker thread's own session that wait for their answers, by the number of the question. */
  readonly #asked = new Map<number, (value: unknown) => void>();
  /** The worker thread's session; null where there is none, and where it is the main thread that is asked. */
  readonly #attached: Promise<string | null> | null;
  #count = 0;
  #closed = false;

  /** Throws where the main thread cannot be reached. */
  constructor(threadId: number) {
    this.#session.connectToMainThread();
    this.#attached = threadId === 0 ? null : this.#attach(threadId);
  }

  /** Evaluates in the thread, in an interrupt of the engine. Null where that failed or never came to it. */
  async evaluate(expression: string): Promise<unknown> {
    if (this.#attached === null) return this.#evaluateInMain(expression);
    const sessionId = await this.#attached;
    if (sessionId === null || this.#closed) return null;
    const id = ++this.#count;
    const message = JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, ...how } });
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#session.post('NodeWorker.sendMessageToWorker', { sessionId, message }, (error) => {
        if (error !== null) resolve(null);
      });
    });
  }

  close(): void {
    this.#closed = true;
    this.#session.disconnect();
    for (const resolve of this.#asked.values()) resolve(null);
  }

  #evaluateInMain(expression: string): Promise<unknown> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#session.post('Runtime.evaluate', { expression, ...how }, (error, answer) => {
        resolve(error === null ? valueOf(answer) : null);
      });
    });
  }

  /** Null where a debugger may hold the thread, whose port only the main thread knows. */
  async #attach(threadId: number): Promise<string | null> {
    const url = await this.#evaluateInMain(`process.getBuiltinModule('node:inspector').url()`);
    if (this.#closed || (typeof url === 'string' && isDebuggerAttached(portOf(url)))) return null;
    this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const { id, result } = JSON.parse((params as Received).message) as { id: number; result?: Evaluated };
      this.#asked.get(id)?.(result === undefined ? null : valueOf(result));
      this.#asked.delete(id);
    });
    return new Promise((resolve) => {
      this.#session.on('NodeWorker.attachedToWorker', ({ params }) => {
        const { sessionId, workerInfo } = params as Attached;
        if (workerInfo.title.startsWith(`[worker ${threadId}]`)) resolve(sessionId);
      });
      this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error) => {
        if (error !== null) resolve(null);
      });
    });
  }
}

function valueOf({ exceptionDetails, result }: Evaluated): unknown {
  return exceptionDetails === undefined ? result.value : null;
}
