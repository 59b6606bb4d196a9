// The packages of OpenTelemetry are optional peers: found where the program has them, and loaded when they are needed.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OpenTelemetry from '@opentelemetry/api';
import { UsageError } from '../errors.ts';

/** What our spans need of `@opentelemetry/api`. */
export type OpenTelemetryApi = Pick<typeof OpenTelemetry, 'context' | 'trace' | 'SpanKind' | 'SpanStatusCode'>;

/**
 * The `require` that finds this package: the program's, because a process should have one copy of it; else our own.
 * @throws UsageError if neither finds it
 */
export function requireOf(name: string): NodeJS.Require {
  const { argv } = process;
  for (const from of [argv[1] ?? join(process.cwd(), 'noop.js'), import.meta.url]) {
    const require = createRequire(from);
    try {
      require.resolve(name);
      return require;
    } catch {
      // not installed there
    }
  }
  throw new UsageError(
    `exporting spans needs ${name}, which is not installed: npm install @opentelemetry/api @opentelemetry/sdk-node`,
  );
}
