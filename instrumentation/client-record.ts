// What is at the other end of connections, a host or a database: how many requests are in flight there, and who waits for
// which answer. Metrics are made of it, and no spans: those are made by OpenTelemetry's instrumentation of the library.
import type { Hold, ResourceRecord } from '../src/channels/resource.ts';
import type { ClientStatistics } from '../src/channels/statistics.ts';
import type { Outcome } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { announce, identify } from '../src/runtime/resource.ts';
import { begin, pendingOrRoot, unpark } from '../src/runtime/wait.ts';
import type { Caller } from './caller-record.ts';

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

  /** @param name protocol, host and port, database: no credentials */
  constructor(name: string) {
    this.name = name;
    ({ id: this.id, createdAt: this.createdAt } = identify(name));
    announce(this);
  }

  /**
   * A request is made now, and its answer waited for.
   * @param operation what is asked, without values; cut after 80 characters
   * @param milliseconds after which it is given up, if it is
   * @returns what ends the wait; further calls of it do nothing
   */
  begin({ task, site }: Caller, operation: string, milliseconds: number | null = null): (error?: unknown) => void {
    const since = now();
    const wait: WaitRecord = {
      kind: 'response',
      task: pendingOrRoot(task),
      on: this,
      since,
      until: milliseconds === null ? null : since + milliseconds,
      site,
      operation: operation.length > longestOperation ? `${operation.slice(0, longestOperation - 1)}…` : operation,
      outcome: null,
      cancel: null,
      newer: null,
      older: null,
    };
    begin(wait);
    this.#pending++;
    this.#maxPending = Math.max(this.#maxPending, this.#pending);
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
