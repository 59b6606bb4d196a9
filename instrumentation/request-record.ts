// A request that the program answers: the task of all that is done for it, from its headers to the end of its response.
import type { ServerResponse } from 'node:http';
import type { Origin, RequestState, Settlement, TaskRecord } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { CancelledError } from '../src/errors.ts';
import { cutSettledParents, nextId } from '../src/runtime/context.ts';
import { fulfilment } from '../src/runtime/settle.ts';
import { turnTime } from '../src/runtime/turn-clock.ts';

const longestName = 80;

/** What of a response is looked at. */
export type Response = Pick<ServerResponse, 'headersSent' | 'writableEnded' | 'writableFinished' | 'destroyed'>;

/** It is named by method and path until somebody knows its route. Nothing of the request is kept but these. */
export class RequestRecord implements TaskRecord {
  readonly id: number = nextId();
  readonly createdAt: number = Math.floor(turnTime());
  readonly startedAt: number = this.createdAt;
  readonly #method: string;
  #path: string;
  #origin: Origin | null = null;
  #response: Response | null;
  index: number;
  parent: TaskRecord | null = null;
  settlement: Settlement | null = null;
  waits: WaitRecord | null = null;
  previous: TaskRecord | null = null;
  next: TaskRecord | null = null;

  /**
   * @param path what comes after a question mark is nobody's business
   * @param index where it stands among those that are pending
   */
  constructor(method: string, path: string, response: Response, index: number) {
    this.#method = method;
    this.#path = path;
    this.#response = response;
    this.index = index;
  }

  /** Made when somebody asks: most requests are over by then. */
  get origin(): Origin {
    return (this.#origin ??= { kind: 'request', name: operationName(this.#method, this.#path), site: null });
  }

  get name(): string {
    return this.origin.name;
  }

  /** Names it by its route, `/users/:id`. */
  setRoute(route: string): void {
    this.#path = route;
    this.#origin = null;
  }

  /** How far its answer is. */
  get request(): RequestState {
    const response = this.#response;
    return { sent: response?.headersSent === true ? 'headers' : 'nothing', isGone: response?.destroyed !== false };
  }

  /** Whether this is its response, and not over. */
  answers(response: Response): boolean {
    return this.#response === response;
  }

  /** Whether it was answered, or its client has gone. */
  get isOver(): boolean {
    return this.#response?.destroyed !== false || this.isAnswered;
  }

  /** Whether the last byte was handed to the system. */
  get isAnswered(): boolean {
    return this.#response?.writableFinished === true;
  }

  /** Whether its client has gone, and nothing is known that it would still wait for. */
  get isAbandoned(): boolean {
    return this.waits === null || this.#response?.writableEnded !== false;
  }

  /** It is over. Further calls do nothing. */
  settle(isAnswered: boolean): void {
    if (this.settlement !== null) return;
    const error = isAnswered ? undefined : new CancelledError('the client has gone');
    this.settlement = isAnswered ? fulfilment : { outcome: 'cancelled', error };
    this.#response = null;
    cutSettledParents(this);
  }
}

/** `GET /users/42`, without the query, and cut after 80 characters. */
export function operationName(method: string, path: string): string {
  const end = path.search(/[?#]/);
  const name = `${method} ${end === -1 ? path : path.slice(0, end)}`;
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}
