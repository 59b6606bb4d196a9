// Makes spans as it is told on stdin: `make N`, `flush`, `stop`. Answers each with a line that says where spans went.
import { createInterface } from 'node:readline';
import { createTask } from '../../src/primitives/tasks/task.ts';
import { startExport } from '../../src/subscribers/export/export.ts';
import { startSpans } from '../../src/subscribers/spans/spans.ts';

const exporter = startExport({ otlp: process.argv[2] as string });
startSpans(exporter.sdk);

for await (const line of createInterface({ input: process.stdin })) {
  const [word, number] = line.split(' ');
  if (word === 'make') for (let made = 0; made < Number(number); made++) createTask(() => {}, { name: 'work' });
  if (word === 'flush') await exporter.flush(30_000);
  if (word === 'stop') await exporter.stop();
  console.log(JSON.stringify(exporter.counts()[0]));
  if (word === 'stop') break;
}
