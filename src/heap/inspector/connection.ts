// A connection to the inspector of a process: one message at a time, because a burst of messages crashes Node 22.
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './process-status.ts';
import { ReadError } from '../read-error.ts';

/** How long a process may take to answer what needs no work. */
export const answerLimitMs = 5000;

/** How long it may take to collect garbage and go through its whole heap. */
export const heapLimitMs = 300_000;

type Listener = (params: unknown) => void;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly id: number;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Speaks the protocol of the inspector with one process. */
export class Connection {
  readonly #pid: number;
  readonly #socket: WebSocket;
  readonly #listeners = new Map<string, Listener>();
  readonly #closed: Promise<void>;
  #waiting: Waiting | null = null;
  #lastId = 0;
  #open = true;

  private constructor(pid: number, socket: WebSocket) {
    this.#pid = pid;
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(String(event.data)));
    this.#closed = new Promise((resolve) => {
      socket.addEventListener('close', () => {
        this.#open = false;
        resolve();
        void this.#lost().then((error) => this.#waiting?.reject(error));
      });
    });
  }

  /** @throws ReadError `gone` or `busy` when nobody answers at that address. */
  static async open(pid: number, url: string): Promise<Connection> {
    const socket = new WebSocket(url);
    const connection = new Connection(pid, socket);
    await withLimit(
      new Promise<void>((resolve, reject) => {
        socket.addEventListener('open', () => resolve());
        socket.addEventListener('error', () => void connection.#lost().then(reject));
      }),
      answerLimitMs,
      () => silent(pid, answerLimitMs),
    ).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    return connection;
  }

  /**
   * Sends a message and waits for its answer. Only one may be on its way.
   * @throws ReadError `busy` when there is no answer within the limit, `gone` when the process ends meanwhile.
   */
  async send<Result>(method: string, params: object = {}, limitMs = answerLimitMs): Promise<Result> {
    if (!this.#open) throw await this.#lost();
    if (this.#waiting !== null) throw new Error(`${method} sent before the message before it was answered`);
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting = { id, resolve, reject };
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    try {
      return (await withLimit(answer, limitMs, () => silent(this.#pid, limitMs))) as Result;
    } finally {
      this.#waiting = null;
    }
  }

  /** Calls the listener with the parameters of each event of that name. */
  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  /** Closes the socket, and waits until it is closed or the other side has had its time. */
  async close(): Promise<void> {
    this.#socket.close();
    await withLimit(this.#closed, 1000, () => new Error('not closed in time')).catch(() => {});
  }

  #receive(text: string): void {
    const answer = JSON.parse(text) as Answer;
    if (answer.method !== undefined) this.#listeners.get(answer.method)?.(answer.params);
    else if (answer.id !== this.#waiting?.id) return; // too late: nobody waits for it any more
    else if (answer.error === undefined) this.#waiting?.resolve(answer.result);
    else this.#waiting?.reject(new Error(answer.error.message));
  }

  /** Why there is no connection. A process that ends closes its sockets first. */
  async #lost(): Promise<ReadError> {
    for (let attempt = 0; attempt < 25; attempt++) {
      if (!isAlive(this.#pid)) return new ReadError('gone', `process ${this.#pid} ended while it was read`);
      await wait(20);
    }
    return new ReadError('busy', `the inspector of process ${this.#pid} closed the connection: ask again`);
  }
}

function silent(pid: number, limitMs: number): ReadError {
  return new ReadError(
    'busy',
    `process ${pid} does not answer within ${limitMs / 1000} s, because its loop is blocked: read it with --via memory`,
  );
}

/** What the promise gives, or the error when it takes longer. */
async function withLimit<Value>(promise: Promise<Value>, limitMs: number, error: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error()), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
