// Log records of what somebody should look at: blocks of the loop, breakers, deadlocks, leaks, and tasks that stay pending.
import { AsyncLocalStorage } from 'node:async_hooks';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Attributes, Context, Logger, LoggerProvider } from '@opentelemetry/api';
import { loopBlocked } from '../../channels/loop.ts';
import { breakerChanged } from '../../channels/resource.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { now } from '../../runtime/clock.ts';
import { complain } from '../../runtime/complain.ts';
import { SiteMapper } from '../../runtime/source-map.ts';
import { subscribe } from '../../runtime/subscribe.ts';
import { ofBlock, ofBreaker, type Said } from './log-records.ts';
import { LiveChecks } from './logs-checks.ts';
import { startRegistry } from '../registry.ts';
import { eventName, scopeName } from '../semconv.ts';

const lookEveryMs = 5000;
/** A look takes no more than this share of the time. */
const mostShare = 0.01;
const { setTimeout, clearTimeout } = globalThis; // before anybody fakes the timers
const wallNow = Date.now;
/** Runs in the context in which this module was loaded: a timer would keep that of a task alive. */
const outside = AsyncLocalStorage.snapshot();

// Before it became a part of the API, the API of logs was a package of its own, which keeps the provider here.
const olderKey = Symbol.for('io.opentelemetry.js.api.logs');
const olderVersion = 1;
const older = globalThis as Record<symbol, ((version: number) => LoggerProvider | undefined) | undefined>;

export interface LogsOptions {
  /** The module `@opentelemetry/api`; handed in, because it is an optional peer. Version 1.9 has no logs: see `loggerProvider`. */
  readonly api: Partial<Pick<typeof OpenTelemetry, 'logs'>>;
  /**
   * Takes the records; or what says who does, null for nobody yet. Default: the global one, of the API or of
   * `@opentelemetry/api-logs`, which has it for SDKs before 3.0.
   */
  readonly loggerProvider?: LoggerProvider | (() => LoggerProvider | null);
  /** A task that is pending for longer is said once. Milliseconds; null, the default, for never. */
  readonly pendingAfterMs?: number | null;
  /** How often to look for deadlocks, leaks and pending tasks. Milliseconds, default 5,000. */
  readonly everyMs?: number;
  /** The context of a task's span, so that records of the task are in its trace. */
  readonly contextOf?: (task: TaskRecord) => Context;
  /** Called for each task that is pending for longer, with what its record says. */
  readonly notePending?: (task: TaskRecord, attributes: Attributes) => void;
}

/** What runs while records are made. */
export interface Logs {
  /** Looks now, rather than at the next time that is due: before the end. */
  look(): void;
  /** Makes no more records. May be called twice. */
  stop(): void;
}

/** Starts making log records of this thread. */
export function startLogs(options: LogsOptions): Logs {
  const { pendingAfterMs = null, everyMs = lookEveryMs, contextOf, notePending } = options;
  const registry = startRegistry();
  const checks = new LiveChecks(pendingAfterMs);
  const loggersOf = findLoggers(options);
  const emit = ({ record, task }: Said): void => {
    for (const logger of loggersOf()) {
      logger.emit({
        timestamp: wallNow(),
        ...record,
        ...(task !== null && contextOf !== undefined && { context: contextOf(task) }),
      });
    }
  };
  const subscriptions = [
    subscribe(loopBlocked, (block) => {
      const mapper = new SiteMapper();
      emit(
        ofBlock(
          block,
          block.stack.map((site) => mapper.map(site)),
        ),
      );
    }),
    subscribe(breakerChanged, (change) => emit(ofBreaker(change))),
  ];

  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    for (const said of checks.look(registry.snapshot())) {
      emit(said);
      const { record, task } = said;
      if (record.eventName === eventName.pending && task !== null) notePending?.(task, record.attributes as Attributes);
    }
  };
  const lookEvery = (milliseconds: number): void => {
    timer = outside(() =>
      setTimeout(() => {
        const startedAt = now();
        try {
          look();
        } catch (error) {
          complain('deadlocks, leaks and pending tasks are not looked for any more', error);
          return;
        }
        lookEvery(Math.max(everyMs, (now() - startedAt) / mostShare));
      }, milliseconds).unref(),
    );
  };
  lookEvery(everyMs);
  return {
    look,
    stop() {
      for (const end of subscriptions) end();
      clearTimeout(timer);
    },
  };
}

/** Says who takes records now: those who register later are found, too. */
function findLoggers({ api, loggerProvider }: LogsOptions): () => Iterable<Logger> {
  if (loggerProvider !== undefined) {
    return () => {
      const provider = typeof loggerProvider === 'function' ? loggerProvider() : loggerProvider;
      return provider === null ? [] : [provider.getLogger(scopeName)];
    };
  }
  return () => {
    const providers = new Set([api.logs?.getLoggerProvider(), older[olderKey]?.(olderVersion)]);
    return [...providers].flatMap((provider) => (provider === undefined ? [] : [provider.getLogger(scopeName)]));
  };
}
