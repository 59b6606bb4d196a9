// Limiters of bottleneck that starve, and knows nothing of loopscope.
import Bottleneck from 'bottleneck';

const never = () => new Promise(() => {});

const one = new Bottleneck({ maxConcurrent: 1 });
void one.schedule(async function stuck() {
  await never();
});
void one.schedule(async function next() {});
void one.wrap(never)();

const hourly = new Bottleneck({
  reservoir: 1,
  reservoirRefreshInterval: 3_600_000,
  reservoirRefreshAmount: 1,
  id: 'hourly',
});
await hourly.schedule(async () => 1);
void hourly.schedule({ id: 'import' }, never);

const outer = new Bottleneck({ maxConcurrent: 2 }).chain(one);
void outer.schedule(async function chained() {});

const failing = new Bottleneck({ maxConcurrent: 1 });
failing.on('failed', () => 60_000);
void failing.schedule(async function retried() {
  throw new Error('no');
});
setTimeout(() => process.exit(), 30);
