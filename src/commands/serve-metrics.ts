// `loopscope run --prometheus`: one address for the metrics of all processes of a run, whichever of them came first.
import type { Address } from '../config.ts';
import type { RunDirectory } from '../process/run-directory.ts';
import { readMetrics, serveMetrics } from '../subscribers/metrics/metrics-server.ts';
import { mergeTexts } from '../subscribers/metrics/prometheus-text.ts';

const upName = 'loopscope_process_up';
const upHelp = 'Whether the process gave its metrics: one whose event loop is blocked does not.';

/**
 * Serves what the processes say that are there when somebody asks.
 * @param say says one line to people
 * @returns what ends it
 */
export function serveMetricsOfRun(address: Address, directory: RunDirectory, say: (line: string) => void): () => void {
  return serveMetrics({
    ...address,
    say,
    async render(withinMs) {
      const answers = directory.metricsSockets().map(async ({ pid, path }) => ({
        pid,
        text: await readMetrics(path, withinMs),
      }));
      const all = await Promise.all(answers);
      const ups = all.map(({ pid, text }) => `${upName}{process_pid="${pid}"} ${text === null ? 0 : 1}`);
      const up = [`# HELP ${upName} ${upHelp}`, `# TYPE ${upName} gauge`, ...ups].join('\n');
      return mergeTexts([...all.flatMap(({ text }) => text ?? []), up]);
    },
  });
}
