// Builds await reports by hand: every call gives the id of a promise, to be awaited by the next.
import {
  awaitsFormat,
  awaitsVersion,
  type AwaitReport,
  type Combinator,
  type Leaf,
  type LeafKind,
  type PendingPromise,
  type Source,
  type SuspendedFunction,
} from '../../src/report/awaits.ts';
import type { SiteEntry } from '../../src/report/format.ts';

export interface AwaitProgram {
  /** A promise that is settled from outside. */
  readonly leaf: (kind: LeafKind, detail?: string, settledBy?: readonly string[], verdict?: Leaf['verdict']) => number;
  /** The promise of an async function that awaits another. `at` is `file:line`. */
  readonly call: (name: string, awaits: number, at?: string, fields?: Partial<SuspendedFunction>) => number;
  readonly join: (method: Combinator, inputs: readonly number[], total?: number | null) => number;
  /** A promise with whatever settles it. */
  readonly promise: (...settledBy: Source[]) => number;
  /** Changes what settles a promise: for circles. */
  readonly settle: (promise: number, ...settledBy: Source[]) => void;
  readonly whenSettled: (promise: number, callback: SiteEntry) => void;
  readonly report: (fields?: Partial<Omit<AwaitReport, 'functions' | 'promises'>>) => AwaitReport;
}

/** `http.js:12` in the folder of the program, or as it is if it begins with `/` or `node:`. */
export function siteOf(text: string, name = ''): SiteEntry {
  const [, path = '', line = '1', column = '5'] = /^(.*?):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  const file = path.startsWith('/') || path.startsWith('node:') ? path : `/srv/shop/${path}`;
  return { file, line: Number(line), column: Number(column), function: name, exact: true };
}

export function awaitProgram(): AwaitProgram {
  const functions: SuspendedFunction[] = [];
  const promises: PendingPromise[] = [];

  function promise(...settledBy: Source[]): number {
    promises.push({ id: promises.length, settledBy, callbacks: [] });
    return promises.length - 1;
  }
  function change(id: number, fields: Partial<PendingPromise>): void {
    promises[id] = { ...(promises[id] as PendingPromise), ...fields };
  }

  return {
    promise,
    settle: (id, ...settledBy) => change(id, { settledBy }),
    whenSettled: (id, callback) => change(id, { callbacks: [callback] }),
    leaf: (kind, detail = '', settledBy = [], verdict = settledBy.length > 0 ? 'found' : 'unknown') =>
      promise({ type: 'leaf', kind, detail, settledBy, verdict }),
    join: (method, inputs, total = inputs.length) =>
      promise({
        type: 'combinator',
        method,
        total,
        inputs: inputs.map((input, index) => ({ promise: input, index: method === 'race' ? null : index })),
      }),
    call(name, awaits, at = 'app.js:1', fields = {}) {
      const id = functions.length;
      const settles = promise({ type: 'function', function: id });
      functions.push({
        id,
        name,
        kind: 'async function',
        at: siteOf(at, name),
        definedAt: null,
        thread: 0,
        awaits,
        settles: [settles],
        task: null,
        ...fields,
      });
      return settles;
    },
    report: (fields = {}) => ({
      format: awaitsFormat,
      version: awaitsVersion,
      takenAt: '2026-01-01T00:00:00.000Z',
      process: {
        pid: 4242,
        command: '/srv/shop/server.js',
        directory: '/srv/shop',
        node: '24.21.0',
        uptimeMs: 7_380_000,
      },
      reading: {
        via: 'memory',
        tookMs: 300,
        stoppedMs: 0,
        bytes: 37_000_000,
        attempts: 1,
        changed: 0,
        settlers: true,
      },
      threads: [{ id: 0, name: 'main' }],
      notes: [],
      ...fields,
      functions,
      promises,
    }),
  };
}
