// Metrics of tasks, resources and the loop, made with the OpenTelemetry API alone: whichever SDK the process has gets them.
import { AsyncLocalStorage } from 'node:async_hooks';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { MeterProvider } from '@opentelemetry/api';
import { loopBlocked } from '../../channels/loop.ts';
import {
  breakerChanged,
  errorCounted,
  holdEnded,
  poolCreated,
  queueDone,
  queuePut,
  queueRefused,
  queueTaken,
  resourceCreated,
} from '../../channels/resource.ts';
import { taskCreated, taskSettled, taskStarted } from '../../channels/task.ts';
import { waitEnded } from '../../channels/wait.ts';
import { complain } from '../../runtime/complain.ts';
import { subscribe, type Subscription } from '../../runtime/subscribe.ts';
import type { ExportCounts } from '../export/export-queue.ts';
import { Instruments, type Observe } from './metrics-instruments.ts';
import { Labels } from './metrics-labels.ts';
import { LoopMetrics, type LoopReading } from './metrics-loop.ts';
import { OperationMetrics } from './metrics-operations.ts';
import { QueueMetrics } from './metrics-queues.ts';
import { StateMetrics } from './metrics-state.ts';
import { TaskMetrics } from './metrics-tasks.ts';
import { startRegistry } from '../registry.ts';
import { scopeName } from '../semconv.ts';
import type { DroppedSpans } from '../spans/spans.ts';

const lookEveryMs = 1000;
const { setInterval, clearInterval } = globalThis; // before anybody fakes the timers
/** Runs in the context in which this module was loaded: a timer would keep that of a task alive. */
const outside = AsyncLocalStorage.snapshot();

export interface MetricsOptions {
  /** The module `@opentelemetry/api`; handed in, because it is an optional peer. */
  readonly api: Pick<typeof OpenTelemetry, 'metrics' | 'createNoopMeter'>;
  /**
   * Makes the instruments; or what says who does, null for nobody yet. Default: the global one, whenever an SDK registers
   * it: until then nothing is recorded.
   */
  readonly meterProvider?: MeterProvider | (() => MeterProvider | null);
  /** Reads what was measured of the event loop. Default: no metrics of it but blocks. */
  readonly loop?: () => LoopReading | null;
  /** Where spans went, for each destination. Default: no metrics of that. */
  readonly exports?: () => readonly ExportCounts[];
  /** What got no span. */
  readonly spans?: () => DroppedSpans;
  /** The most names of each sort (tasks, queues, locks, …); the rest stand under `_other`. Default 200. */
  readonly maxNames?: number;
  /** The most items of one queue whose time in it is measured. Default 10,000. */
  readonly maxItems?: number;
}

/** What is not in the metrics as it should, because a limit was reached. */
export interface DroppedMetrics {
  /** Different names that stand under `_other`. */
  readonly names: number;
  /** Items of queues whose time in the queue was not measured. */
  readonly items: number;
}

/** What runs while metrics are made. */
export interface Metrics {
  dropped(): DroppedMetrics;
  /** The event loop has nothing left to do: tasks that are pending count as leaked from now on. */
  end(): void;
  /** Makes no more metrics. May be called twice. */
  stop(): void;
}

/** Starts making metrics of this thread. Gauges are read from the registry when somebody collects. */
export function startMetrics(options: MetricsOptions): Metrics {
  const { api, meterProvider } = options;
  startRegistry(); // now: what is created before there is a provider is pending, too
  let maker: Maker | null = null;
  let ending = false;
  let current: MeterProvider | null = null;

  const find = (): MeterProvider | null => {
    if (typeof meterProvider === 'function') return meterProvider();
    return meterProvider ?? api.metrics.getMeterProvider();
  };
  const look = (): void => {
    const provider = find();
    if (provider === current) return;
    current = provider;
    maker?.stop();
    maker = null;
    const meter = provider?.getMeter(scopeName);
    // The API's own stand-in makes instruments that never do anything, not even when an SDK is started later.
    if (meter === undefined || meter === api.createNoopMeter()) return waitForProvider();
    endWaiting();
    maker = new Maker(new Instruments(meter), options);
    if (ending) maker.end();
  };

  let waiting: Subscription[] = [];
  const waitForProvider = (): void => {
    if (waiting.length === 0) waiting = [subscribe(taskCreated, look), subscribe(resourceCreated, look)];
  };
  const endWaiting = (): void => {
    for (const end of waiting) end();
    waiting = [];
  };
  const isFixed = meterProvider !== undefined && typeof meterProvider !== 'function';
  const timer = isFixed ? null : outside(() => setInterval(look, lookEveryMs).unref());
  waitForProvider();
  look();

  return {
    dropped: () => maker?.dropped() ?? { names: 0, items: 0 },
    end() {
      ending = true;
      maker?.end();
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      endWaiting();
      maker?.stop();
      maker = null;
    },
  };
}

/** Makes the metrics of one provider. */
class Maker {
  readonly #options: MetricsOptions;
  readonly #instruments: Instruments;
  readonly #labels: Labels;
  readonly #tasks: TaskMetrics;
  readonly #operations: OperationMetrics;
  readonly #queues: QueueMetrics;
  readonly #loop: LoopMetrics;
  readonly #state: StateMetrics;
  readonly #subscriptions: readonly Subscription[];

  constructor(instruments: Instruments, options: MetricsOptions) {
    const { maxNames = 200, maxItems = 10_000 } = options;
    this.#options = options;
    this.#instruments = instruments;
    const labels = (this.#labels = new Labels(maxNames));
    const tasks = (this.#tasks = new TaskMetrics(instruments, labels));
    const operations = (this.#operations = new OperationMetrics(instruments, labels));
    const queues = (this.#queues = new QueueMetrics(instruments, labels, maxItems));
    const loop = (this.#loop = new LoopMetrics(instruments, labels));
    this.#state = new StateMetrics(labels);
    for (const resource of startRegistry().snapshot().resources) tasks.resourceCreated(resource);
    this.#subscriptions = [
      subscribe(resourceCreated, (resource) => tasks.resourceCreated(resource)),
      subscribe(taskStarted, (task) => tasks.started(task)),
      subscribe(taskSettled, (task) => tasks.settled(task)),
      subscribe(waitEnded, (wait) => {
        const { kind, on } = wait;
        if (kind === 'delay') tasks.delayed(wait);
        else if (on === null || 'origin' in on) return;
        else if (on.kind === 'queue') queues.waited(wait, on);
        else operations.waited(wait, on);
      }),
      subscribe(holdEnded, (hold) => operations.released(hold)),
      subscribe(queuePut, (operation) => queues.put(operation)),
      subscribe(queueTaken, (operation) => queues.taken(operation)),
      subscribe(queueDone, (moment) => queues.done(moment)),
      subscribe(queueRefused, (moment) => queues.refused(moment)),
      subscribe(breakerChanged, (change) => operations.breakerChanged(change)),
      subscribe(poolCreated, (creation) => operations.poolCreated(creation)),
      subscribe(errorCounted, (count) => operations.errorCounted(count)),
      subscribe(loopBlocked, (block) => loop.blocked(block)),
    ];
    instruments.onCollect(
      (observe) => this.#observe(observe),
      (error) => complain('metrics of the present state failed and were taken off', error),
    );
  }

  dropped(): DroppedMetrics {
    return { names: this.#labels.dropped, items: this.#queues.dropped };
  }

  end(): void {
    this.#state.end();
  }

  stop(): void {
    for (const end of this.#subscriptions) end();
    this.#instruments.stop();
  }

  #observe(observe: Observe): void {
    const snapshot = startRegistry().snapshot();
    const { loop, exports: exportsOf, spans } = this.#options;
    this.#state.observe(snapshot, observe);
    this.#tasks.observe(observe);
    this.#operations.observe(observe);
    this.#queues.observe(observe);
    this.#loop.observe(observe, loop?.() ?? null);
    if (exportsOf !== undefined) this.#observeExports(observe, exportsOf());
    const { names, items } = this.dropped();
    const { record } = this.#labels;
    observe('dropped', snapshot.dropped.tasks, record.of('task'));
    observe('dropped', snapshot.dropped.resources, record.of('resource'));
    observe('dropped', names, record.of('name'));
    observe('dropped', items, record.of('item'));
    if (spans === undefined) return;
    const { tasks, operations, itemLinks } = spans();
    observe('dropped', tasks + operations, record.of('span'));
    observe('dropped', itemLinks, record.of('link'));
  }

  #observeExports(observe: Observe, counts: readonly ExportCounts[]): void {
    const sum = (of: (count: ExportCounts) => number): number => counts.reduce((total, one) => total + of(one), 0);
    const { exporter } = this.#labels;
    observe(
      'exporterSpans',
      sum(({ exported }) => exported),
      exporter.of('exported'),
    );
    observe(
      'exporterSpans',
      sum(({ dropped }) => dropped),
      exporter.of('dropped'),
    );
    observe(
      'exporterSpans',
      sum(({ failed }) => failed),
      exporter.of('failed'),
    );
    observe(
      'exporterPending',
      sum(({ pending }) => pending),
    );
  }
}
