// Hangs in Web Locks, and knows nothing of loopscope.
const never = () => new Promise(() => {});

function take(name, options, run = never) {
  return navigator.locks.request(name, options, run).catch(() => {});
}

void navigator.locks.request('stock', never);
void take('stock', {}, () => {});
const controller = new AbortController();
void take('stock', { signal: controller.signal });
void take('-', {});
await take('stock', { ifAvailable: true }, (lock) => void lock);
void take('stolen', {});
await take('stolen', { steal: true }, () => 1);
void take('shelf', { mode: 'shared' });
void take('shelf', { mode: 'shared' });
void take('shelf', {});
await take('free', {}, async () => {});
await take('broken', {}, () => {
  throw new Error('at once, and Node keeps it');
});
void take('broken', {});
await new Promise((resolve) => setTimeout(resolve, 20));
controller.abort();
setTimeout(() => process.exit(), 20);
