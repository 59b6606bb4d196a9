// What does an order wait for? Starts a real Jaeger, runs orders.ts under loopscope, and shows a trace as Jaeger has it.
// Run it: npm run example:jaeger, or npm run example:jaeger -- --install to have Jaeger built first
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findJaeger, howToInstall, installJaeger, startJaeger, type Jaeger } from './jaeger.ts';
import { drawTree, durationMs, hasFailed, spansOf, type Span } from './tree.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Histograms of the run, of which the sum and the count are shown. */
const shown = /^loopscope_(lock_wait_time|executor_wait_time|retry_operation_duration|queue_process_duration)_seconds_/;

async function show(jaeger: Jaeger): Promise<void> {
  console.log(`Jaeger     ${jaeger.url}`);
  const metrics = await runOrders(jaeger.otlp);
  const spans = await settled(() => spansOf(jaeger.url, 'orders'));
  const requests = spans.filter(({ name }) => name === 'run POST /orders');
  const traces = new Set(spans.map(({ traceId }) => traceId));
  console.log(`In Jaeger  ${spans.length} spans in ${traces.size} traces, ${requests.length} of them of orders`);
  const hasRetry = ({ traceId }: Span): boolean => spans.some((span) => span.traceId === traceId && hasFailed(span));
  const [slowest] = requests.filter(hasRetry).toSorted((a, b) => durationMs(b) - durationMs(a));
  if (slowest === undefined) throw new Error('Jaeger has no trace of an order that was paid at the second attempt');
  console.log(`Slowest    of those that were paid at the second attempt:`);
  console.log(`           ${jaeger.url}/trace/${slowest.traceId}\n`);
  console.log(drawTree(slowest, spans).join('\n'));
  console.log(`\nWhat Prometheus reads\n${sumUp(metrics).join('\n')}`);
}

/** Spans go to Jaeger, metrics to Prometheus: this reads what one would read. */
async function runOrders(otlp: string): Promise<string> {
  const child = spawn(
    process.execPath,
    [pathOf('../../dist/src/cli.js'), 'run', '--otlp', otlp, '--prometheus', '0', '--', pathOf('orders.ts')],
    {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...process.env, OTEL_SERVICE_NAME: 'orders', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
    },
  );
  let said = '';
  let metrics = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const reading = setInterval(() => {
    const [url] = /http:\/\/\S+\/metrics/.exec(said) ?? [];
    const read = async (address: string): Promise<void> => {
      const text = await (await fetch(address)).text();
      if (text.includes('loopscope_lock')) metrics = text;
    };
    if (url !== undefined) void read(url).catch(() => {}); // it has ended
  }, 200);
  const [code] = await once(child, 'close');
  clearInterval(reading);
  if (code !== 0) throw new Error(`the order service ended with code ${code}\n${said}`);
  return metrics;
}

/** `lock_wait_time  stock  23 times  3.266 s` */
function sumUp(metrics: string): string[] {
  const lines = metrics.split('\n').filter((line) => shown.test(line) && !line.includes('_bucket'));
  return lines.flatMap((line, index) => {
    const [, metric, name, count] = /^loopscope_(\w+)_seconds_count\{\w+="([^"]*)".*\} (\d+)/.exec(line) ?? [];
    if (metric === undefined || name === undefined) return [];
    const sum = Number(lines[index + 1]?.split(' ').at(-1)).toFixed(3);
    return [`${metric.padEnd(26)}${name.padEnd(18)}${`${count} times`.padStart(9)} ${`${sum} s`.padStart(9)}`];
  });
}

/** Jaeger takes spans in a moment after they were sent: asks until there are no more. */
async function settled(ask: () => Promise<Span[]>): Promise<Span[]> {
  for (let before = -1; ;) {
    const spans = await ask();
    if (spans.length === before && before > 0) return spans;
    before = spans.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

if (findJaeger() === null && process.argv.includes('--install')) installJaeger();
const binary = findJaeger();
if (binary === null) {
  console.error(howToInstall);
  process.exitCode = 1;
} else {
  const jaeger = await startJaeger(binary);
  try {
    await show(jaeger);
    if (process.stdout.isTTY) {
      console.log('\nJaeger runs on until Ctrl-C.');
      await once(process, 'SIGINT');
    }
  } finally {
    jaeger.child.kill('SIGKILL'); // it has nothing to save
  }
}
