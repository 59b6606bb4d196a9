// The instruments of one meter: histograms are recorded when something happens, all else is observed when somebody collects.
import type { Attributes, BatchObservableCallback, Histogram, Meter, Observable } from '@opentelemetry/api';
import { metricTable, type MetricDefinition, type MetricKey } from './metrics-table.ts';
import type { Tally } from './metrics-names.ts';

type KeyOf<Instrument extends MetricDefinition['instrument']> = {
  [Key in MetricKey]: (typeof metricTable)[Key]['instrument'] extends Instrument ? Key : never;
}[MetricKey];

export type HistogramKey = KeyOf<'histogram'>;
export type ObservedKey = Exclude<MetricKey, HistogramKey>;

/** Adds what is to be observed. */
export type Observe = (key: ObservedKey, value: number, attributes?: Attributes) => void;

/** The instruments of one meter. */
export class Instruments {
  readonly #meter: Meter;
  readonly #histograms: ReadonlyMap<string, Histogram>;
  readonly #observables: ReadonlyMap<string, Observable>;
  #callback: BatchObservableCallback | null = null;

  constructor(meter: Meter) {
    this.#meter = meter;
    const entries = Object.entries<MetricDefinition>(metricTable);
    const of = <Made>(make: (definition: MetricDefinition) => Made, isWanted: (isHistogram: boolean) => boolean) =>
      new Map(
        entries
          .filter(([, { instrument }]) => isWanted(instrument === 'histogram'))
          .map(([key, definition]) => [key, make(definition)] as const),
      );
    this.#histograms = of(
      (definition) => createHistogram(meter, definition),
      (isHistogram) => isHistogram,
    );
    this.#observables = of(
      (definition) => createObservable(meter, definition),
      (isHistogram) => !isHistogram,
    );
  }

  /** Records a time that is over. Milliseconds; a clock that was set back is no time. */
  record(key: HistogramKey, milliseconds: number, attributes: Attributes): void {
    this.#histograms.get(key)?.record(Math.max(0, milliseconds) / 1000, attributes);
  }

  /** Calls `collect` whenever somebody collects. What it throws is handed to `failed`, and it is not called again. */
  onCollect(collect: (observe: Observe) => void, failed: (error: unknown) => void): void {
    this.#callback = (result) => {
      try {
        collect((key, value, attributes) => {
          const observable = this.#observables.get(key);
          if (observable !== undefined) result.observe(observable, value, attributes);
        });
      } catch (error) {
        this.stop();
        failed(error);
      }
    };
    this.#meter.addBatchObservableCallback(this.#callback, [...this.#observables.values()]);
  }

  /** May be called twice. */
  stop(): void {
    if (this.#callback === null) return;
    this.#meter.removeBatchObservableCallback(this.#callback, [...this.#observables.values()]);
    this.#callback = null;
  }
}

/** Observes all that was added up. */
export function observeAll(observe: Observe, key: ObservedKey, tally: Tally): void {
  for (const [attributes, value] of tally) observe(key, value, attributes);
}

function createHistogram(meter: Meter, { name, unit, description, boundaries }: MetricDefinition): Histogram {
  return meter.createHistogram(name, {
    unit,
    description,
    ...(boundaries !== undefined && { advice: { explicitBucketBoundaries: [...boundaries] } }),
  });
}

function createObservable(meter: Meter, { name, instrument, unit, description }: MetricDefinition): Observable {
  const options = { unit, description };
  if (instrument === 'counter') return meter.createObservableCounter(name, options);
  if (instrument === 'gauge') return meter.createObservableGauge(name, options);
  return meter.createObservableUpDownCounter(name, options);
}
