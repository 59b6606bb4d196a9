// Prints what a program can see of bottleneck.
import Bottleneck from 'bottleneck';

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));
let tick = 0;
function start() {
  tick = 0;
  void (async () => {
    for (; tick < 200; tick++) await null;
  })();
}
const at = (what) => (value) => print(what, tick, value?.message ?? value);

print(
  Bottleneck.name,
  Bottleneck.length,
  Reflect.ownKeys(Bottleneck.prototype).join(),
  Bottleneck.prototype._receive.length,
);
const limiter = new (class Mine extends Bottleneck {})({ maxConcurrent: 1, trackDoneStatus: true });
print(limiter instanceof Bottleneck, Reflect.ownKeys(limiter).map(String).join());
for (const name of ['received', 'queued', 'scheduled', 'executing', 'done', 'empty']) {
  limiter.on(name, (info) => print(name, Object.keys(info ?? {}).join()));
}
let retries = 0;
limiter.on('failed', (error) => {
  print('failed', error.message);
  return retries++ === 0 ? 1 : undefined;
});
start();
const scheduled = limiter.schedule(
  { id: 'one' },
  function task(value) {
    print(this?.constructor?.name, value);
    return value;
  },
  1,
);
print(scheduled.constructor.name);
await scheduled.then(at('one'));
await limiter.schedule(() => Promise.reject(new Error('rejected'))).catch(at('rejected'));
await limiter
  .schedule(() => {
    throw new Error('thrown');
  })
  .catch(at('thrown'));
void limiter.schedule(async () => {
  throw new Error('that nobody handles');
});
await new Promise((resolve) => process.once('unhandledRejection', resolve));
await limiter.schedule({ id: 'one' }, async () => 1).catch(at('duplicate'));
await limiter.schedule({ expiration: 5 }, () => new Promise(() => {})).catch(at('expired'));
limiter.submit(
  (value, done) => done(null, value),
  5,
  (error, value) => print('submitted', error, value),
);
print(
  await limiter
    .wrap(async function wrapped(value) {
      return [this?.name, value].join();
    })
    .call({ name: 'context' }, 6),
);
const dropping = new Bottleneck({ maxConcurrent: 1, highWater: 1, strategy: Bottleneck.strategy.LEAK });
dropping.on('dropped', ({ task, promise }) => print('dropped', task.name, promise.constructor.name));
await Promise.all(
  [1, 2, 3].map((value) =>
    dropping
      .schedule(async function three() {
        return value;
      })
      .then(at('kept'), at('gone')),
  ),
);
const chained = new Bottleneck({ maxConcurrent: 1 }).chain(new Bottleneck({ maxConcurrent: 1 }));
start();
await Promise.all([1, 2].map((value) => chained.schedule(async () => value).then(at('chained'))));
print(JSON.stringify(limiter.counts()), JSON.stringify(chained.counts()));
await chained.stop();
await chained.schedule(async () => 1).catch(at('stopped'));
