// Ends so many spans, so many a turn of the loop, and says where they went and how long the loop was held up.
// Arguments: the collector, how many spans, how many a turn, and `--patient` to wait for the collector at the end.
import { createTask } from '../../src/primitives/tasks/task.ts';
import { startExport } from '../../src/subscribers/export/export.ts';
import { startSpans } from '../../src/subscribers/spans/spans.ts';

const [endpoint, total, aTurn] = process.argv.slice(2) as [string, string, string];
const exporter = startExport({ otlp: endpoint, maxPending: process.argv.includes('--patient') ? 32_768 : 10_000 });
startSpans(exporter.sdk);

const nothing = (): void => {};
let longestTurnMs = 0;
for (let made = 0; made < Number(total);) {
  const started = performance.now();
  for (const end = made + Number(aTurn); made < end; made++) createTask(nothing, { name: 'work' });
  await new Promise((resolve) => setImmediate(resolve));
  longestTurnMs = Math.max(longestTurnMs, performance.now() - started);
  // A program that is patient makes no more than the collector takes.
  while (process.argv.includes('--patient') && (exporter.counts()[0]?.pending ?? 0) > 20_000) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (process.argv.includes('--steps')) process.stdout.write(`${made} made\n`);
}
if (process.argv.includes('--patient')) {
  for (let waited = 0; waited < 100 && (exporter.counts()[0]?.pending ?? 0) > 0; waited++) await exporter.flush(1000);
}
const stopping = performance.now();
await exporter.stop();
console.log(JSON.stringify({ ...exporter.counts()[0], longestTurnMs, stopMs: performance.now() - stopping }));
