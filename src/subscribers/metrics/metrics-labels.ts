// The attributes of all metrics, with a limit of names for each sort of thing.
import { AttributeBook, Names } from './metrics-names.ts';
import { attribute } from '../semconv.ts';

// What OpenTelemetry says for an `error.type` that is not told apart.
const otherErrorType = '_OTHER';
const mostErrorTypes = 30;

/** Gives the attributes of every metric. */
export class Labels {
  readonly #names: Names[] = [];
  readonly #maxNames: number;
  readonly errorTypes: Names = new Names(mostErrorTypes, otherErrorType);
  readonly errorKinds: Names;
  readonly task: AttributeBook;
  readonly group: AttributeBook;
  readonly queue: AttributeBook;
  readonly queueOperation: AttributeBook;
  readonly queueOutcome: AttributeBook;
  readonly lock: AttributeBook;
  readonly lockMode: AttributeBook;
  readonly lockOutcome: AttributeBook;
  readonly retry: AttributeBook;
  readonly retryOutcome: AttributeBook;
  readonly retryError: AttributeBook;
  readonly breaker: AttributeBook;
  readonly breakerOutcome: AttributeBook;
  readonly pool: AttributeBook;
  readonly poolOutcome: AttributeBook;
  readonly poolError: AttributeBook;
  readonly executor: AttributeBook;
  readonly client: AttributeBook;
  readonly clientOutcome: AttributeBook;
  readonly limiter: AttributeBook;
  readonly limiterOutcome: AttributeBook;
  readonly cache: AttributeBook;
  readonly errors: AttributeBook;
  /** What is told apart by a word of ours needs no limit. */
  readonly block: AttributeBook = new AttributeBook(new Names(Infinity), attribute.blockKind);
  readonly exporter: AttributeBook = new AttributeBook(new Names(Infinity), attribute.exporterOutcome);
  readonly record: AttributeBook = new AttributeBook(new Names(Infinity), attribute.recordType);

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
    const { taskName, taskKind, taskOutcome, errorType } = attribute;
    this.task = new AttributeBook(this.#sort(), taskName, taskKind, taskOutcome, errorType);
    this.group = new AttributeBook(this.#sort(), attribute.groupName, taskOutcome, errorType);
    const queues = this.#sort();
    this.queue = new AttributeBook(queues, attribute.queueName);
    this.queueOperation = new AttributeBook(queues, attribute.queueName, attribute.queueOperation);
    this.queueOutcome = new AttributeBook(queues, attribute.queueName, attribute.queueOutcome);
    const locks = this.#sort();
    this.lock = new AttributeBook(locks, attribute.lockName, attribute.lockType);
    this.lockMode = new AttributeBook(locks, attribute.lockName, attribute.lockType, attribute.lockMode);
    this.lockOutcome = new AttributeBook(locks, attribute.lockName, attribute.lockType, attribute.lockOutcome);
    const retries = this.#sort();
    this.retry = new AttributeBook(retries, attribute.retryName);
    this.retryOutcome = new AttributeBook(retries, attribute.retryName, attribute.retryOutcome, errorType);
    this.retryError = new AttributeBook(retries, attribute.retryName, errorType);
    const breakers = this.#sort();
    const { breakerName, breakerState, breakerPreviousState } = attribute;
    this.breaker = new AttributeBook(breakers, breakerName, breakerState, breakerPreviousState);
    this.breakerOutcome = new AttributeBook(breakers, breakerName, attribute.breakerOutcome, errorType);
    const pools = this.#sort();
    this.pool = new AttributeBook(pools, attribute.poolName, attribute.poolState);
    this.poolOutcome = new AttributeBook(pools, attribute.poolName, attribute.poolOutcome);
    this.poolError = new AttributeBook(pools, attribute.poolName, errorType);
    const { executorName, executorType, executorState } = attribute;
    this.executor = new AttributeBook(this.#sort(), executorName, executorType, executorState);
    const clients = this.#sort();
    this.client = new AttributeBook(clients, attribute.clientName);
    this.clientOutcome = new AttributeBook(clients, attribute.clientName, attribute.clientOutcome);
    const limiters = this.#sort();
    this.limiter = new AttributeBook(limiters, attribute.limiterName);
    this.limiterOutcome = new AttributeBook(limiters, attribute.limiterName, attribute.limiterOutcome);
    this.cache = new AttributeBook(this.#sort(), attribute.cacheName, attribute.cacheResult);
    this.errorKinds = this.#sort();
    this.errors = new AttributeBook(this.#sort(), attribute.errorManagerName, attribute.errorKind);
  }

  /** Names that stand under `_other`. */
  get dropped(): number {
    return this.#names.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  #sort(): Names {
    const names = new Names(this.#maxNames);
    this.#names.push(names);
    return names;
  }
}
