// What is at the other end of connections, a host or a database: how many requests are in flight there, and who waits for
// which answer. Metrics are made of it, and no spans: those are made by OpenTelemetry's instrumentation of the library.
import type { Hold, ResourceRecord } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { ClientStatistics } from '../src/channels/statistics.ts';
import type { Outcome, TaskRecord } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { announce, identify } from '../src/runtime/resource.ts';
import { begin, pendingOrRoot, unpark } from '../src/runtime/wait.ts';
import type { Caller } from './caller-record.ts';
import { guard } from './record.ts';

const mostClients = 200;
const longestOperation = 80;
const clients = new Map<string, Client>();

/** The record of a host or database. There are 200 at most; all further ones are one. */
export function clientOf(name: string): Client {
  let client = clients.get(name);
  if (client !== undefined) return client;
  if (clients.size >= mostClients) {
    const [protocol = ''] = name.split(' ', 1);
    const rest = `${protocol} (${mostClients} others are told apart)`;
    client = clients.get(rest) ?? new Client(rest);
    clients.set(rest, client);
    return client;
  }
  client = new Client(name);
  clients.set(name, client);
  return client;
}

/** The records of hosts and databases by the connection that leads to them: the name is made once. */
export class Clients<Connection extends object> {
  readonly #nameOf: (connection: Connection) => string;
  readonly #clients: WeakMap<Connection, Client> = new WeakMap();

  constructor(nameOf: (connection: Connection) => string) {
    this.#nameOf = nameOf;
  }

  of(connection: Connection): Client {
    let client = this.#clients.get(connection);
    if (client === undefined) {
      client = clientOf(this.#nameOf(connection));
      this.#clients.set(connection, client);
    }
    return client;
  }
}

/** A host or database that requests, queries or commands are sent to. */
export class Client implements ResourceRecord {
  readonly kind = 'client';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site = null; // many places use it, and none has made it
  #pending = 0;
  #maxPending = 0;
  #completed = 0;
  #failed = 0;
  #totalMs = 0;
  #maxMs = 0;
  busiest: Site | null = null;

  /** @param name protocol, host and port, database: no credentials */
  constructor(name: string) {
    this.name = name;
    ({ id: this.id, createdAt: this.createdAt } = identify(name));
    announce(this);
  }

  /**
   * A request is made now, and its answer waited for.
   * @param operation what is asked, without values; cut after 80 characters; a function is called when somebody reads it
   * @param milliseconds after which it is given up, if it is
   * @returns what ends the wait; further calls of it do nothing
   */
  begin(
    { task, site }: Caller,
    operation: string | (() => string),
    milliseconds: number | null = null,
  ): (error?: unknown) => void {
    const wait = new ResponseWait(this, pendingOrRoot(task), site, operation, milliseconds);
    begin(wait);
    this.#pending++;
    if (this.#pending > this.#maxPending) {
      this.#maxPending = this.#pending;
      this.busiest = site ?? this.busiest;
    }
    return (error) => {
      if (wait.outcome === null) this.#end(wait, error === undefined ? 'fulfilled' : outcomeOf(error));
    };
  }

  statistics(): ClientStatistics {
    return Object.freeze({
      kind: 'client',
      pending: this.#pending,
      maxPending: this.#maxPending,
      completed: this.#completed,
      failed: this.#failed,
      totalMs: this.#totalMs,
      maxMs: this.#maxMs,
    });
  }

  /** Nobody holds it. */
  holders(): Iterable<Hold> {
    return [];
  }

  #end(wait: WaitRecord, outcome: Outcome): void {
    unpark(wait, outcome);
    const took = now() - wait.since;
    this.#pending--;
    this.#completed++;
    if (outcome !== 'fulfilled') this.#failed++;
    this.#totalMs += took;
    this.#maxMs = Math.max(this.#maxMs, took);
  }
}

/** One request in flight. */
class ResponseWait implements WaitRecord {
  readonly kind = 'response';
  readonly task: TaskRecord;
  readonly on: Client;
  readonly since: number = now();
  readonly until: number | null;
  readonly site: Site | null;
  outcome: Outcome | null = null;
  readonly cancel = null;
  newer: WaitRecord | null = null;
  older: WaitRecord | null = null;
  readonly #operation: string | (() => string);

  constructor(
    on: Client,
    task: TaskRecord,
    site: Site | null,
    operation: string | (() => string),
    milliseconds: number | null,
  ) {
    this.on = on;
    this.task = task;
    this.site = site;
    this.until = milliseconds === null ? null : this.since + milliseconds;
    this.#operation = operation;
  }

  get operation(): string {
    const operation = this.#operation;
    return cut(typeof operation === 'string' ? operation : guard(operation, ''), longestOperation);
  }
}

/** What is asked, and where it is on its way: `GET cart (not sent: reconnecting)`. */
export function withState(operation: string, state: string): string {
  return state === '' ? operation : `${cut(operation, longestOperation - state.length - 3)} (${state})`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
